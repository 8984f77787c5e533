"""`pratique check`: what would become of the lockfiles of a project."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import msgspec
from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.lockfiles import lockfiles_in, read_text
from pratique.cli.showing import say, show_json
from pratique.core.actors import ActorKind
from pratique.core.errors import Invalid, NotFound, TooLarge
from pratique.core.sentences import clean
from pratique.formats.web_addresses import read_address
from pratique.services.installing.check_lockfile import CheckLockfile, LockfileChecked, PinShown, Verdict
from pratique.services.installing.goes_round import in_words
from pratique.services.verbs import table

_WORDS = {Verdict.OTHER_BYTES: "other bytes", Verdict.OTHER_ADDRESS: "other address"}
_WIDEST = 48
"""Columns that a release may take before its sentence begins further right."""


class NotChecked(msgspec.Struct, frozen=True):
    """A lockfile of a folder that could not be checked, and why."""

    filename: str
    error: str


Found = TypeVar("Found", LockfileChecked, LockfileChecked | NotChecked)


def check(
    lockfile: Path,
    *,
    as_kind: Annotated[Literal["user", "ci", "agent", "service", "nobody"], Parameter(name="--as")] = "user",
    may_use: tuple[str, ...] = (),
    repository: str = "main",
    where: Where = HERE,
) -> int:
    """Say which pins of a lockfile would not install from here, and which never ask here; exit code 1 for either.

    Args:
        lockfile: package-lock.json, npm-shrinkwrap.json, yarn.lock, pnpm-lock.yaml, bun.lock, uv.lock, poetry.lock,
            pylock.toml, pdm.lock, Pipfile.lock, requirements.txt or Cargo.lock; or a folder, for all that are in it.
        as_kind: for which kind of actor it is judged.
        may_use: another server that the project may use beside this one (`https://crates.example.test`); again for
            each.
        repository: where.
        where: data folder or server.
    """
    kind, others = ActorKind(as_kind), _origins(may_use)
    if not lockfile.is_dir():
        found = _without(_ask(lockfile, kind, repository, where), others)
        if where.json:
            show_json(found)
        else:
            _show(found)
        return _code(found)
    paths = lockfiles_in(lockfile)
    if not paths:
        raise NotFound(f'there is no lockfile in "{lockfile}" that can be read here')
    checked = [_without(_try(path, kind, repository, where), others) for path in paths]
    if where.json:
        show_json(checked)
    else:
        for one in checked:
            _show(one)
    return max(_code(one) for one in checked)


def _ask(lockfile: Path, kind: ActorKind, repository: str, where: Where) -> LockfileChecked:
    request = CheckLockfile(lockfile.name, read_text(lockfile), kind, repository)
    found = ask(table.CHECK, request, replace(where, json=False))
    assert found is not None
    return found


def _try(lockfile: Path, kind: ActorKind, repository: str, where: Where) -> LockfileChecked | NotChecked:
    """One of several: what is wrong with it keeps nobody from hearing of the others."""
    try:
        return _ask(lockfile, kind, repository, where)
    except (Invalid, NotFound, TooLarge) as error:
        return NotChecked(lockfile.name, str(error))


def _origins(may_use: tuple[str, ...]) -> frozenset[str]:
    addresses = [(said, read_address(said)) for said in may_use]
    for said, address in addresses:
        if address is None:
            raise Invalid(f"--may-use: {said[:100]!a} is no address; write it like https://crates.example.test")
    return frozenset(address.origin for _, address in addresses if address is not None)


def _without(found: Found, others: frozenset[str]) -> Found:
    """Without the servers that the project may use beside this one."""
    if isinstance(found, NotChecked):
        return found
    left = tuple(one for one in found.goes_round if one.origin not in others)
    return msgspec.structs.replace(found, goes_round=left, mend=found.mend if left else "")


def _code(found: LockfileChecked | NotChecked) -> int:
    return 1 if isinstance(found, NotChecked) or found.wrong or found.goes_round else 0


def _show(found: LockfileChecked | NotChecked) -> None:
    if isinstance(found, NotChecked):
        say(clean(f"{found.filename} was not checked: {found.error}"))
        return
    good = found.pins - len({one.purl for one in found.wrong})
    say(f"{good} of {found.pins} pins of {clean(found.filename)} install from here")
    rows = [(_WORDS.get(one.verdict, str(one.verdict)), one.purl, _sentence(one)) for one in found.wrong]
    left = max((len(word) for word, _, _ in rows), default=0)
    middle = min(_WIDEST, max((len(purl) for _, purl, _ in rows), default=0))
    for word, purl, sentence in rows:
        say(f"  {word:<{left}}  {purl:<{middle}}  {sentence}")
    for place in found.goes_round:
        say(f"  goes round this server: {in_words(place)}")
    if found.mend:
        say(f"  mend: point the client here (`pratique configure`), then: {found.mend}")
    if found.elsewhere:
        say(f"  {found.elsewhere} more come from other registries; they were not looked at")
    if found.not_from_registry:
        say(f"  not from a registry: {', '.join(found.not_from_registry)}")


def _sentence(one: PinShown) -> str:
    return one.sentence if one.files == 1 else f"{one.sentence} (and {one.files - 1} more of its files)"
