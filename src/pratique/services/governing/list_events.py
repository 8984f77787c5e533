"""What changed, when, and by whom: the record as people read it."""

from __future__ import annotations

from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import to_iso
from pratique.core.events import Event
from pratique.services.changes import permit, permit_everywhere, permit_on
from pratique.services.ports import Ports
from pratique.services.purls import read_purl
from pratique.store import events

_AT_MOST = 1_000


class ListEvents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List the latest events.

    Attributes:
        about: a purl as the event names it, with or without a version; None for everything.
        limit: so many at most.
    """

    about: str | None = None
    limit: int = 50


class EventShown(msgspec.Struct, frozen=True):
    """One event. The time is RFC 3339; `sha256` is of the canonical bytes."""

    id: str
    kind: str
    at: str
    actor: str
    subject: str
    body: dict[str, Any]
    sha256: str


class Events(msgspec.Struct, frozen=True):
    """Newest first."""

    events: tuple[EventShown, ...]


async def list_events(ports: Ports, request: ListEvents, actor: Actor) -> Events:
    """Read the record.

    Raises:
        Forbidden: only administrators may, with a token that reaches what is asked about.
        Invalid: `about` is not a purl.
    """
    now = ports.clock.now()
    permit(actor, Operation.EXPOSURE, now)
    about = read_purl(request.about, ports.ecosystems) if request.about else None
    if about is None:
        permit_everywhere(actor, Operation.EXPOSURE, now)
    else:
        permit_on(actor, Operation.EXPOSURE, about.key, now)
    subject = about.purl if about else None
    limit = max(1, min(request.limit, _AT_MOST))
    return Events(tuple(_shown(one) for one in await ports.db.read(_read, subject, limit)))


def _read(connection: Connection, subject: str | None, limit: int) -> tuple[Event, ...]:
    return events.recent(connection, limit) if subject is None else events.of_subject(connection, subject, limit)


def _shown(event: Event) -> EventShown:
    body = msgspec.json.decode(event.canonical).get("body", {})
    return EventShown(event.id, event.kind, to_iso(event.at), event.actor, event.subject, body, event.sha256)
