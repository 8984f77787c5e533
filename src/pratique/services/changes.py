"""What every change of accounts, tokens and policy has in common: leave, an event, a new revision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Forbidden
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.store import events, projects, revisions
from pratique.trust.permissions import authorise, names_in_words


def permit(actor: Actor, operation: Operation, now: Instant) -> None:
    """Return if the actor may do this to something; what it is about is checked when it is known.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: as `trust.permissions` says.
    """
    authorise(actor, operation, None, role=None, visibility=None, anonymous_read=False, now=now)


def permit_on(actor: Actor, operation: Operation, names: ProjectKey, now: Instant) -> None:
    """Return if the actor may do this to a project, or to all whose names a glob covers.

    A `*` of the glob is matched by a `*` of the token's scope only, so that no glob reaches further than the token.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: as `trust.permissions` says.
    """
    authorise(actor, operation, names, role=None, visibility=None, anonymous_read=False, now=now)


def permit_everywhere(actor: Actor, operation: Operation, now: Instant) -> None:
    """Return if the actor may do this to the server or to a whole repository.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: as `trust.permissions` says.
        Forbidden: the token is limited to some names or ecosystems.
    """
    permit(actor, operation, now)
    if actor.scope is not None and not actor.scope.is_everywhere:
        ecosystems = ", ".join(sorted(actor.scope.ecosystems)) or "every ecosystem"
        raise Forbidden(
            f"this concerns the whole server, and the token's scope reaches only: {ecosystems}, "
            f"names {names_in_words(actor.scope)}"
        )


def outdate_alike(connection: Connection, repository_id: int, key: ProjectKey, twin: str) -> None:
    """Outdate every answer about a name, and about the names here that are one with it.

    Of a twin that nobody has asked for yet there is no answer; the document that makes it known outdates what was read.

    Args:
        twin: the ecosystem's `twin_key` of the name.
    """
    alike = projects.of_twin(connection, repository_id, key.ecosystem, twin)
    for name in sorted({key, *(one.key for one in alike)}):
        revisions.bump(connection, repository_id, name)


def note_change(
    connection: Connection,
    kind: str,
    subject: str,
    body: dict[str, Any],
    *,
    actor: Actor,
    now: Instant,
    repository_id: int = revisions.SERVER,
    key: ProjectKey | None = None,
) -> None:
    """Write the event of a change and bump what it touches, in the transaction of the change.

    Args:
        connection: the transaction.
        kind: the event's kind.
        subject: what changed.
        body: JSON values without floats or secrets.
        actor: who did it.
        now: when.
        repository_id: the repository that is decided differently from now on.
        key: the project; None for all of the repository.
    """
    events.append(connection, new_event(kind, now, actor, subject, body))
    revisions.bump(connection, repository_id, key)
