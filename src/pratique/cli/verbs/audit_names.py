"""`pratique names audit`: names of a project that somebody else could take in public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter

from pratique.app import ECOSYSTEMS
from pratique.cli.asking import HERE, Where, ask
from pratique.cli.project_files import NameFound, Unread, names_below
from pratique.cli.showing import say, say_aside, show_json, show_table
from pratique.core.errors import Invalid
from pratique.core.sentences import clean
from pratique.naming.private_names import is_known, looks_private
from pratique.services.names.known_names import MAX_NAMES, LookUpNames, NameState
from pratique.services.names.reserve_names import MAX_AT_ONCE, ReserveNames
from pratique.services.verbs import table

REASON = "found by an audit"


class Risk(StrEnum):
    """What is the matter with a name.

    `TAKEN`: it looks private, and somebody has it in public. `FREE`: nobody has it in public, so anybody can take it.
    `NOT_ASKED`: it looks private, and no public registry was told of it.
    """

    TAKEN = "taken"
    FREE = "free"
    NOT_ASKED = "not asked"


class NameAtRisk(msgspec.Struct, frozen=True):
    """A name that is neither reserved nor an own project's.

    Attributes:
        why: what says that it is private; empty where nothing does.
        reserved: it is by now.
    """

    ecosystem: str
    name: str
    risk: Risk
    why: str
    files: tuple[str, ...]
    reserved: bool = False


class NamesAudited(msgspec.Struct, frozen=True):
    """What an audit found.

    Attributes:
        names: how many were looked at.
        files: in how many files.
        unknown: of how many others nothing is known, because nobody was or could be asked.
    """

    names: int
    files: int
    at_risk: tuple[NameAtRisk, ...]
    unknown: int
    unread: tuple[Unread, ...]


def audit(
    folder: Path,
    *,
    offline: Annotated[bool, Parameter(negative=())] = False,
    ask_all: Annotated[bool, Parameter(name="--ask", negative=())] = False,
    reserve: Annotated[bool, Parameter(negative=())] = False,
    reason: str = REASON,
    repository: str = "main",
    where: Where = HERE,
) -> int:
    """Find names in manifests and lockfiles that others could take in public; exit code 1 if there are any.

    Args:
        folder: of the project; what is below it is read, links and folders like node_modules are not.
        offline: ask nobody; names are compared with the well-known ones only.
        ask_all: let public registries hear of names that look private, too.
        reserve: reserve what was found, so that no upstream is asked for it.
        reason: of the reservations.
        repository: where.
        where: data folder or server.
    """
    if offline and ask_all:
        raise Invalid("--offline asks nobody and --ask asks for every name: give one of the two")
    found = names_below(folder)
    marked = [with_looks(one) for one in found.names]
    asked = [] if offline else [one for one in marked if _is_served(one.ecosystem)]
    alone = marked if offline else [one for one in marked if not _is_served(one.ecosystem)]
    (risky, unknown), (more, others) = _offline(alone), _asked(asked, repository, where, ask_all=ask_all)
    risky, unknown = risky + more, unknown + others
    if reserve:
        served = [one for one in risky if _is_served(one.ecosystem)]
        risky = [one for one in risky if one not in served] + list(_reserved(served, reason, repository, where))
    result = NamesAudited(len(marked), found.files, tuple(risky), unknown, found.unread)
    if where.json:
        show_json(result)
    else:
        _show(result)
    return 1 if any(not one.reserved for one in risky) else 0


def with_looks(one: NameFound) -> NameFound:
    """The same name, with what it says of itself where the files say nothing."""
    return msgspec.structs.replace(one, private=one.private or looks_private(one.ecosystem, one.name))


def _is_served(ecosystem: str) -> bool:
    """Whether servers of this version know the ecosystem: of another one nothing can be asked or reserved there."""
    return any(one.id == ecosystem for one in ECOSYSTEMS)


def _offline(names: Iterable[NameFound]) -> tuple[list[NameAtRisk], int]:
    others = [one for one in names if not is_known(one.ecosystem, one.name)]
    private = [_at_risk(one, Risk.NOT_ASKED) for one in others if one.private]
    return private, len(others) - len(private)


def _asked(names: list[NameFound], repository: str, where: Where, *, ask_all: bool) -> tuple[list[NameAtRisk], int]:
    """What a server knows; it asks upstreams for names that do not look private, for others only if it may."""
    risky: list[NameAtRisk] = []
    unknown = 0
    for ecosystem, some in _portions(names):
        heard = tuple(one.name for one in some if ask_all or not one.private)
        request = LookUpNames(ecosystem, tuple(one.name for one in some), heard, repository)
        answer = ask(table.NAMES_KNOWN, request, replace(where, json=False))
        states = answer.states if answer else {}
        for one in some:
            risk = _risk(one, states.get(one.name, NameState.UNKNOWN))
            if risk is not None:
                risky.append(_at_risk(one, risk))
            elif states.get(one.name) in (NameState.UNKNOWN, NameState.UNCLEAR):
                unknown += 1
    return risky, unknown


def _risk(one: NameFound, state: NameState) -> Risk | None:
    if state is NameState.FREE:
        return Risk.FREE
    if not one.private or is_known(one.ecosystem, one.name):
        return None
    return {NameState.PUBLIC: Risk.TAKEN, NameState.UNKNOWN: Risk.NOT_ASKED}.get(state)


def _portions(names: Iterable[NameFound]) -> Iterator[tuple[str, list[NameFound]]]:
    by_ecosystem: dict[str, list[NameFound]] = {}
    for one in names:
        by_ecosystem.setdefault(one.ecosystem, []).append(one)
    for ecosystem, all_of_it in by_ecosystem.items():
        for start in range(0, len(all_of_it), MAX_NAMES // 4):
            yield ecosystem, all_of_it[start : start + MAX_NAMES // 4]


def _at_risk(one: NameFound, risk: Risk) -> NameAtRisk:
    return NameAtRisk(one.ecosystem, one.name, risk, one.private, one.files)


def _reserved(risky: list[NameAtRisk], reason: str, repository: str, where: Where) -> Iterator[NameAtRisk]:
    literal = [one for one in risky if "*" not in one.name]
    for one in risky:
        if one not in literal:
            say_aside(clean(f"not reserved: {one.name}: it would reserve every name of that form"))
            yield one
    for ecosystem in sorted({one.ecosystem for one in literal}):
        mine = [one for one in literal if one.ecosystem == ecosystem]
        for start in range(0, len(mine), MAX_AT_ONCE):
            some = mine[start : start + MAX_AT_ONCE]
            request = ReserveNames(ecosystem, tuple(one.name for one in some), reason, repository, found=True)
            ask(table.NAMES_RESERVE, request, replace(where, json=False))
            yield from (msgspec.structs.replace(one, reserved=True) for one in some)


_WORDS = {
    Risk.TAKEN: "somebody has it in public",
    Risk.FREE: "nobody has it in public: anybody can take it",
    Risk.NOT_ASKED: "no public registry was asked (--ask)",
}


def _show(result: NamesAudited) -> None:
    rows = [(one.ecosystem, clean(one.name), _sentence(one), clean(", ".join(one.files[:3]))) for one in result.at_risk]
    show_table(("ecosystem", "name", "what", "where"), rows, "no name that others could take")
    say(f"{result.names} names in {result.files} files were looked at")
    if result.unknown:
        say(f"of {result.unknown} more nothing is known: they are not among the well-known ones, and nobody was asked")
    apart = ", ".join(sorted({one.ecosystem for one in result.at_risk if not _is_served(one.ecosystem)}))
    if apart:
        say(f"nobody was asked about {apart}, and nothing can be reserved there: this version does not serve it")
    for one in result.unread:
        say_aside(clean(f"not read: {one.path}: {one.why}"))
    if any(not one.reserved for one in result.at_risk):
        say("--reserve reserves them: then no upstream is asked for them, and only own projects answer to them")


def _sentence(one: NameAtRisk) -> str:
    end = "; reserved now" if one.reserved else ""
    return clean(f"{_WORDS[one.risk]}; it {one.why}{end}" if one.why else f"{_WORDS[one.risk]}{end}")
