"""What a release does that the one before did not: the main sign of a release that somebody else made."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading.contract import Ability
from pratique.scan.seen import Artefact, Hook, Outline

ID = "difference"
VERSION = 1
WANTS = Wants()

_HARMLESS_HOOKS = frozenset(("prepare", "preprepare", "postprepare", "backend-path", "attr"))
_NEW_UNASKED = {
    Ability.NETWORK: "connects to hosts",
    Ability.PROCESS: "starts programs",
    Ability.EVALUATES: "evaluates text as code",
    Ability.DECODES: "decodes data",
    Ability.READS_CREDENTIALS: "reads credential files",
    Ability.READS_ENVIRONMENT: "reads the whole environment",
    Ability.READS_SYSTEM: "asks who and where this machine is",
    Ability.WALLET_ADDRESSES: "looks for wallet addresses",
    Ability.HOOKS_REQUESTS: "takes hold of other code's requests",
    Ability.WRITES_PROGRAM: "makes files into programs",
}
_EARLY = (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
_TIMES = 8
_AT_LEAST = 150_000
"""Bytes by which one code file has to have grown to be told."""


def judge(artefact: Artefact) -> Iterator[Finding]:
    """New hooks, new abilities of what runs unasked, new hosts, programs, dependencies, people; sudden growth."""
    before, now = artefact.previous, artefact.outline
    if before is None:
        return
    new_hooks = list(_new_hooks(before, now))
    for hook in new_hooks:
        says = f"The hook {hook.name} is new in this release"
        yield _finding(Severity.HIGH, hook.point, hook.file, hook.command or hook.file, says, telling=True)
    yield from _abilities(before, now, hooked=bool(new_hooks))
    yield from _files(before, now)
    yield from _small(artefact, before)


def _new_hooks(before: Outline, now: Outline) -> Iterator[Hook]:
    """Hooks whose kind the release before did not have, and those whose command or file is another."""
    names = {hook.name for hook in before.hooks}
    known = {(hook.name, hook.command, hook.file) for hook in before.hooks}
    for hook in now.hooks:
        if hook.name in _HARMLESS_HOOKS or not hook.point.is_unasked:
            continue
        same_kind = hook.name in names and (hook.name, hook.command, hook.file) not in known and not hook.command
        if hook.name not in names or ((hook.name, hook.command, hook.file) not in known and not same_kind):
            yield hook


def _abilities(before: Outline, now: Outline, *, hooked: bool) -> Iterator[Finding]:
    rank = {point: place for place, point in enumerate(ExecutionPoint)}
    for ability, says in _NEW_UNASKED.items():
        point = now.abilities.get(ability.value, ExecutionPoint.NONE)
        earlier = before.abilities.get(ability.value, ExecutionPoint.NONE)
        if not point.is_unasked or rank[earlier] <= rank[point]:
            continue
        early = point in _EARLY
        never = earlier is ExecutionPoint.NONE
        severity = Severity.HIGH if early and never and not hooked else Severity.MEDIUM
        yield _finding(
            severity, point, "", ability.value, f"Code that runs unasked {says}, which the release before did not"
        )
    new_hosts = sorted(now.domains - before.domains)
    if (
        new_hosts
        and before.files
        and not before.domains
        and any(now.abilities.get(one.value, ExecutionPoint.NONE).is_unasked for one in (Ability.NETWORK,))
    ):
        yield _finding(
            Severity.MEDIUM, ExecutionPoint.START, "", " ".join(new_hosts[:5]), "Names hosts for the first time"
        )
    elif new_hosts:
        yield _finding(Severity.LOW, ExecutionPoint.RUN, "", " ".join(new_hosts[:5]), "Names new hosts")


def _files(before: Outline, now: Outline) -> Iterator[Finding]:
    sizes = {one.path: one.size for one in before.files}
    total = sum(sizes.values())
    natives = {one.path for one in before.files if one.kind.is_native}
    had_natives = bool(natives)
    for one in now.files:
        if one.kind.is_native and one.path not in natives and not had_natives and before.files:
            yield _finding(
                Severity.MEDIUM,
                one.point,
                one.path,
                one.kind.value,
                "Is compiled code, of which the release before had none",
            )
        elif (
            one.kind.is_code
            and one.point.is_unasked
            and one.size > _TIMES * max(sizes.get(one.path, total), 1)
            and one.size > _AT_LEAST
        ):
            severity = Severity.HIGH if one.point in _EARLY else Severity.MEDIUM
            yield _finding(severity, one.point, one.path, f"{one.size} bytes", "Is many times as large as before")


def _small(artefact: Artefact, before: Outline) -> Iterator[Finding]:
    known = {one.name for one in before.dependencies}
    new = [
        one.name for one in artefact.outline.dependencies if one.group in ("run", "optional") and one.name not in known
    ]
    if new:
        yield _finding(
            Severity.LOW,
            ExecutionPoint.INSTALL,
            "",
            " ".join(new[:10]),
            "Asks for packages that it did not need before",
        )
    people = sorted(artefact.outline.people - before.people)
    if people and before.people and not artefact.outline.people & before.people:
        yield _finding(
            Severity.MEDIUM, ExecutionPoint.NONE, "", " ".join(people[:5]), "Names nobody whom the release before named"
        )


def _finding(
    severity: Severity, point: ExecutionPoint, file: str, text: str, says: str, *, telling: bool = False
) -> Finding:
    specificity = Specificity.TELLING if telling else Specificity.UNUSUAL
    return Finding(ID, VERSION, severity, specificity, point, file, 0, excerpt_of(text), says)
