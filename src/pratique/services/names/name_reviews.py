"""New names that wait for a person: which, why, and what was decided."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.core.likeness import ReviewState
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit, permit_everywhere, permit_on
from pratique.services.judging.recheck_release import enqueue_project_rechecks
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Enqueue, Ports
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import name_reviews
from pratique.store.name_reviews import StoredReview

MOST_SHOWN = 500
"""Reviews in one answer."""

_EVENTS = {ReviewState.APPROVED: "name_approved", ReviewState.REFUSED: "name_refused"}


class ListReviews(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List new names that wait for a person.

    Attributes:
        every: also those that were decided.
        after: the last number of the answer before.
    """

    every: bool = False
    after: int = 0
    repository: str = "main"


class DecideReview(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say whether a new name may be used."""

    ecosystem: str
    name: str
    reason: str
    repository: str = "main"


class ReviewShown(msgspec.Struct, frozen=True):
    """One name. Times are RFC 3339.

    Attributes:
        state: waiting, approved or refused.
        verdict: hold or review.
        targets: what it could be taken for, the likeliest first.
        score: from 0 to 1, as text.
        by: who published its first release.
    """

    id: int
    ecosystem: str
    name: str
    state: str
    verdict: str
    targets: tuple[str, ...]
    kind: str
    score: str
    why: str
    by: str
    at: str
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None


class Reviews(msgspec.Struct, frozen=True):
    """Some of them, in the order in which they came; `more` if there are further ones."""

    reviews: tuple[ReviewShown, ...]
    more: bool = False


async def list_reviews(ports: Ports, request: ListReviews, actor: Actor) -> Reviews:
    """What waits. Raises Forbidden to all but administrators: it tells of private names."""
    permit_everywhere(actor, Operation.APPROVE, ports.clock.now())
    return await ports.db.read(_list, request)


def _list(connection: Connection, request: ListReviews) -> Reviews:
    repository = find_repository(connection, request.repository)
    state = None if request.every else ReviewState.WAITING
    found = name_reviews.in_state(connection, repository.id, state, MOST_SHOWN + 1, request.after)
    return Reviews(tuple(map(_shown, found[:MOST_SHOWN])), len(found) > MOST_SHOWN)


async def approve_name(ports: Ports, request: DecideReview, actor: Actor) -> ReviewShown:
    """Let a new name be used: its releases are offered from now on, unless something else holds them.

    Raises:
        NotFound: the name waits for nobody.
        Conflict: it was approved already.
        Invalid, InvalidName: there is no such ecosystem or name, or no reason.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    return await _decide(ports, request, actor, ReviewState.APPROVED)


async def refuse_name(ports: Ports, request: DecideReview, actor: Actor) -> ReviewShown:
    """Refuse a new name: nothing of it is served, and nothing more is published into it. Raises as `approve_name`."""
    return await _decide(ports, request, actor, ReviewState.REFUSED)


async def _decide(ports: Ports, request: DecideReview, actor: Actor, state: ReviewState) -> ReviewShown:
    now = ports.clock.now()
    permit(actor, Operation.APPROVE, now)
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem)
    key = ProjectKey(EcosystemId(ecosystem.id), ecosystem.canonical(request.name))
    permit_on(actor, Operation.APPROVE, key, now)
    reason = read_reason(request.reason)
    if not reason:
        raise Invalid("say why with --reason: it is kept with the decision, and a publisher who is refused reads it")
    asked = msgspec.structs.replace(request, reason=reason)
    return await write_as(ports.db, actor, now, _settle, asked, ecosystem, key, state, actor, now, ports.enqueue)


def _settle(
    connection: Connection,
    request: DecideReview,
    ecosystem: Ecosystem,
    key: ProjectKey,
    state: ReviewState,
    actor: Actor,
    now: Instant,
    enqueue: Enqueue,
) -> ReviewShown:
    repository = find_repository(connection, request.repository)
    found = name_reviews.find(connection, repository.id, key)
    if found is None:
        raise NotFound(f"{key.name} of {ecosystem.id} does not wait for a person; `pratique review` lists what does")
    if found.state is state:
        raise Conflict(f"{key.name} was {state} already by {found.decided_by}")
    name_reviews.decide(connection, found.id, state, actor.name, request.reason, now)
    body = {"reason": request.reason, "targets": list(found.likeness.targets), "repository": repository.name}
    note_change(
        connection, _EVENTS[state], key.purl(), body, actor=actor, now=now, repository_id=repository.id, key=key
    )
    enqueue_project_rechecks(connection, repository.id, (key,), f"name_{state}:{found.id}:{now}", enqueue)
    decided = name_reviews.find(connection, repository.id, key)
    return _shown(decided if decided is not None else found)


def _shown(one: StoredReview) -> ReviewShown:
    likeness = one.likeness
    return ReviewShown(
        id=one.id,
        ecosystem=one.key.ecosystem,
        name=one.key.name,
        state=one.state,
        verdict=likeness.verdict,
        targets=likeness.targets,
        kind=likeness.kind,
        score=f"{likeness.score / 1_000:.3f}",
        why=likeness.why,
        by=one.by,
        at=to_iso(one.at),
        decided_by=one.decided_by,
        decided_at=None if one.decided_at is None else to_iso(one.decided_at),
        reason=one.reason,
    )
