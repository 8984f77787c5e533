"""What would be said of a name, before anybody publishes it: for the asker, by the same check."""

from __future__ import annotations

import msgspec

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import InvalidName
from pratique.core.names import ProjectKey
from pratique.naming.check import At, Verdict, check
from pratique.services.judging.judge import know
from pratique.services.judging.new_names import check_new_name
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports, Visit
from pratique.services.visits import visit_repository
from pratique.trust.permissions import authorise


class CheckName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what a new project so called would be taken for.

    Attributes:
        at: publish, or install: is something meant that is downloaded a hundred times more?
    """

    ecosystem: str
    name: str
    at: At = At.PUBLISH
    repository: str = "main"


class NameChecked(msgspec.Struct, frozen=True):
    """The answer.

    Attributes:
        verdict: ok, note, review or hold.
        score: from 0 to 1, as text.
        targets: known names that it could be taken for, the likeliest first.
        kind: in what way; empty where all is well.
        why: one sentence.
    """

    name: str
    verdict: str
    score: str
    targets: tuple[str, ...]
    kind: str
    why: str


async def check_name(ports: Ports, request: CheckName, actor: Actor) -> NameChecked:
    """What the name would be taken for. Names that the asker may not know of count for nothing.

    Raises:
        Invalid: there is no such ecosystem here.
        NotFound: there is no such repository.
        Unauthorised, Forbidden: the asker may not read there.
    """
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    visit = await visit_repository(ports, request.repository, ecosystem.id, actor)
    try:
        key = visit.key(request.name)
    except InvalidName:
        _admit(visit, None, ports.clock.now())
        return _shown(await ports.names.run(_check_no_name, ports, ecosystem.id, request))
    _admit(visit, key, ports.clock.now())
    known = await know(ports, visit, key)
    return _shown(await check_new_name(ports, actor, known, request.name, request.at))


def _admit(visit: Visit, key: ProjectKey | None, now: Instant) -> None:
    """Whether the asker may read such names here; whether there is one makes no difference."""
    anonymous = visit.repository.anonymous_read
    authorise(visit.actor, Operation.READ, key, role=None, visibility=None, anonymous_read=anonymous, now=now)


def _check_no_name(ports: Ports, ecosystem: str, request: CheckName) -> Verdict:
    return check(ports.names.snapshot(ecosystem), request.name, request.at)


def _shown(verdict: Verdict) -> NameChecked:
    score = f"{verdict.score:.3f}"
    return NameChecked(verdict.name, verdict.verdict.value, score, verdict.targets, verdict.kind, verdict.why)
