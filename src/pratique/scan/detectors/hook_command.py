"""What the commands of hooks do by themselves, without any file of the package."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import WHEN
from pratique.scan.findings import Finding, Severity, Specificity, excerpt_of
from pratique.scan.reading import words
from pratique.scan.reading.commands import abilities_of
from pratique.scan.reading.contract import Ability
from pratique.scan.reading.deeds import deeds_of
from pratique.scan.reading.inline import inline_code
from pratique.scan.seen import Artefact, Hook

ID = "hook-command"
VERSION = 1
WANTS = Wants()

_SAYS: dict[Ability, tuple[Severity, str]] = {
    Ability.RUNS_DOWNLOADED: (Severity.CRITICAL, "fetches something and runs it"),
    Ability.RUNS_DECODED: (Severity.CRITICAL, "decodes something that nobody can read and runs it"),
    Ability.REVERSE_SHELL: (Severity.CRITICAL, "gives another host a shell on this machine"),
    Ability.SENDS_SECRETS: (Severity.CRITICAL, "sends the environment or credentials to another host"),
    Ability.SENDS_SYSTEM: (Severity.CRITICAL, "tells another host who and where this machine is"),
    Ability.RESOLVES_SECRETS: (Severity.CRITICAL, "looks up a host name that carries data of this machine"),
    Ability.AGENT_CALL: (Severity.CRITICAL, "starts an AI agent with its permission checks switched off"),
    Ability.PUBLISHES: (Severity.CRITICAL, "publishes packages"),
    Ability.SCANS_SECRETS: (Severity.CRITICAL, "starts a search for secrets on this machine"),
    Ability.DESTROYS: (Severity.CRITICAL, "deletes the user's files"),
    Ability.MINES: (Severity.CRITICAL, "mines cryptocurrency"),
    Ability.DROP_HOST: (Severity.HIGH, "names a host for dropping data or fetching code anonymously"),
    Ability.STAYS: (Severity.HIGH, "arranges to be started again"),
    Ability.READS_CREDENTIALS: (Severity.HIGH, "reads files in which others keep tokens or keys"),
    Ability.DEFENCES: (Severity.HIGH, "switches off what protects this machine"),
    Ability.AGENT_SETTINGS: (Severity.HIGH, "changes what AI agents are told or allowed"),
    Ability.WORKFLOWS: (Severity.HIGH, "touches the workflows of the repository it is installed in"),
    Ability.NETWORK: (Severity.HIGH, "connects to a host"),
    Ability.SENDS: (Severity.HIGH, "sends something to a host"),
    Ability.EVALUATES: (Severity.LOW, "runs code that stands in the command itself"),
}


def judge(artefact: Artefact) -> Iterator[Finding]:
    """The worst thing that each hook's command does."""
    for hook in artefact.outline.hooks:
        if not hook.command or not hook.point.is_unasked:
            continue
        found = {*abilities_of(hook.command), *words.abilities_in(hook.command)}
        for code in inline_code(hook.command, hook.file, hook.point):
            found |= deeds_of(code).abilities.keys()
        worst = next((ability for ability in _SAYS if ability in found), None)
        if worst is not None:
            yield _finding(hook, artefact, worst)
        elif hook.command and artefact.ecosystem == "npm" and hook.point.value == "install":
            yield _finding(hook, artefact, None)


def _finding(hook: Hook, artefact: Artefact, worst: Ability | None) -> Finding:
    severity, says = _SAYS[worst] if worst is not None else (Severity.LOW, "runs a command")
    return Finding(
        detector=ID,
        version=VERSION,
        severity=severity,
        specificity=Specificity.TELLING if severity is not Severity.LOW else Specificity.COMMON,
        point=hook.point,
        file="package.json" if artefact.ecosystem == "npm" else hook.file,
        line=0,
        excerpt=excerpt_of(hook.command),
        sentence=f"The hook {hook.name} {says}, {WHEN[hook.point]}",
    )
