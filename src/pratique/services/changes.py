"""What every change of accounts, tokens and policy has in common: leave, an event, a new revision."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.store import events, revisions
from pratique.trust.permissions import authorise

SERVER = 0
"""Stands for the whole server where a revision wants a repository: only the global counter moves."""


def permit(actor: Actor, operation: Operation, now: Instant) -> None:
    """Return if the actor may do this to the server or to a whole repository.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: as `trust.permissions` says.
    """
    authorise(actor, operation, None, role=None, visibility=None, anonymous_read=False, now=now)


def note_change(
    connection: Connection,
    kind: str,
    subject: str,
    body: dict[str, Any],
    *,
    actor: Actor,
    now: Instant,
    repository_id: int = SERVER,
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
