"""What would be said of a name, before anybody publishes it: for the asker, by the same check and the same rules."""

from __future__ import annotations

import asyncio
from typing import Annotated

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.decisions import Action
from pratique.core.errors import InvalidName, NotFound
from pratique.core.names import ProjectKey
from pratique.core.sentences import clean
from pratique.naming.check import At, Outcome, Verdict, check
from pratique.services.judging.founding import ask_whether_public, decide_founding
from pratique.services.judging.gather import as_nobodys
from pratique.services.judging.judge import admit_reader, inquire, know
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.name_likeness import judge_for_asker
from pratique.services.judging.refuse_hidden import in_its_place, is_hidden
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports, Visit
from pratique.services.visits import visit_repository
from pratique.trust.permissions import authorise

MAX_NAMES = 100
LONGEST = 512
"""Characters of one name in a list; no registry takes more."""
_AT_ONCE = 4
UPSTREAMS_NOT_ASKED = "upstreams were not asked whether they have it: that is done for who has a credential"


class CheckName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what a new project so called would be taken for, and whether a publish would be let in.

    Attributes:
        at: publish, or install: is something meant that is downloaded a hundred times more?
    """

    ecosystem: str
    name: str
    at: At = At.PUBLISH
    repository: str = "main"


class CheckNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The same of many names."""

    ecosystem: str
    names: Annotated[
        tuple[Annotated[str, msgspec.Meta(max_length=LONGEST)], ...], msgspec.Meta(min_length=1, max_length=MAX_NAMES)
    ]
    at: At = At.PUBLISH
    repository: str = "main"


class NameChecked(msgspec.Struct, frozen=True):
    """The answer.

    Attributes:
        verdict: ok, note, review or hold.
        score: from 0 to 1, as text.
        targets: known names that it could be taken for, the likeliest first.
        kind: in what way; `taken` where it is somebody's here, the rule's name where a publish is refused; empty where
            all is well.
        why: one sentence.
        not_asked: what a publish would look at and this answer did not, a sentence; empty for nothing.
    """

    name: str
    verdict: str
    score: str
    targets: tuple[str, ...]
    kind: str
    why: str
    not_asked: str = ""


class NamesChecked(msgspec.Struct, frozen=True):
    """The answers, in the order of the names."""

    names: tuple[NameChecked, ...]


async def check_name(ports: Ports, request: CheckName, actor: Actor) -> NameChecked:
    """What the name would be taken for. Names that the asker may not know of count for nothing.

    Raises:
        Invalid: there is no such ecosystem here.
        NotFound: there is no such repository.
        Unauthorised, Forbidden: the asker may not read there.
    """
    visit = await _visit(ports, request.ecosystem, request.repository, actor)
    return await _checked(ports, visit, request.name, request.at)


async def check_names(ports: Ports, request: CheckNames, actor: Actor) -> NamesChecked:
    """The same of many names, each by itself. Raises as `check_name`."""
    visit = await _visit(ports, request.ecosystem, request.repository, actor)
    turns = asyncio.Semaphore(_AT_ONCE)

    async def in_turn(name: str) -> NameChecked:
        async with turns:
            return await _checked(ports, visit, name, request.at)

    return NamesChecked(tuple(await asyncio.gather(*map(in_turn, request.names))))


async def _visit(ports: Ports, ecosystem: str, repository: str, actor: Actor) -> Visit:
    return await visit_repository(ports, repository, ecosystem_named(ports.ecosystems, ecosystem).id, actor)


async def _checked(ports: Ports, visit: Visit, name: str, at: At) -> NameChecked:
    try:
        key = visit.key(name)
    except InvalidName:
        _admit(visit, None, ports.clock.now())
        return _shown(await ports.names.run(_check_no_name, ports, visit.ecosystem.id, name, at))
    _admit(visit, key, ports.clock.now())
    known = await know(ports, visit, key)
    likeness = await judge_for_asker(ports, visit.actor, known, name, at)
    if at is At.INSTALL:
        return _shown(likeness)
    refused = await _refused(ports, visit, known, name)
    not_asked = UPSTREAMS_NOT_ASKED if visit.actor.kind is ActorKind.NOBODY else ""
    return _shown(likeness if refused is None else refused, not_asked)


def _admit(visit: Visit, key: ProjectKey | None, now: Instant) -> None:
    """Whether the asker may read such names here; whether there is one makes no difference."""
    anonymous = visit.repository.anonymous_read
    authorise(visit.actor, Operation.READ, key, role=None, visibility=None, anonymous_read=anonymous, now=now)


def _check_no_name(ports: Ports, ecosystem: str, name: str, at: At) -> Verdict:
    return check(ports.names.snapshot(ecosystem), name, at)


async def _refused(ports: Ports, visit: Visit, known: Knowledge, name: str) -> Verdict | None:
    """What a publish would say of the name, whatever it resembles; None if it would let a new project have it.

    Of a name that the asker may not know of, what would be said if nobody had it: upstreams are asked for another one.
    """
    instead = None
    if is_hidden(known) and not _may_know(visit, known, ports.clock.now()):
        known, instead = as_nobodys(known), in_its_place(ports, known.key)
    if known.origin is Origin.OWN:
        return None if visit.actor.admin or known.role is not None else _taken(name, "it is a project of others here")
    if known.has_own_twin:
        return _taken(name, "a project here has this name, written in another way")
    public = None
    if known.reservation is None:
        nobody = visit.actor.kind is ActorKind.NOBODY
        public = False if nobody else await ask_whether_public(ports, known.repository_id, known.key, instead)
    decision = decide_founding(inquire(ports, visit, known), public_exists=public)
    if decision.action is not Action.DENY or decision.vote is None:
        return None
    return Verdict(
        name, Outcome.HOLD, 1.0, (), decision.vote.rule, clean(f"a publish is refused: it {decision.vote.why}")
    )


def _may_know(visit: Visit, known: Knowledge, now: Instant) -> bool:
    try:
        admit_reader(visit, known, now)
    except NotFound:
        return visit.actor.admin
    return True


def _taken(name: str, why: str) -> Verdict:
    return Verdict(name, Outcome.HOLD, 1.0, (), "taken", why)


def _shown(verdict: Verdict, not_asked: str = "") -> NameChecked:
    score = f"{verdict.score:.3f}"
    return NameChecked(
        verdict.name, verdict.verdict.value, score, verdict.targets, verdict.kind, verdict.why, not_asked
    )
