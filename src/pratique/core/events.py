"""The append-only record: canonical bytes and their hash, committed with the change they tell of."""

from __future__ import annotations

import hashlib
import uuid
from typing import Any

import msgspec

from pratique.core.actors import Actor
from pratique.core.clock import Instant

_CANONICAL = msgspec.json.Encoder(order="sorted", decimal_format="string")


class Event(msgspec.Struct, frozen=True):
    """One entry.

    Attributes:
        id: a uuid4; also the id of the job it starts.
        kind: `published`, `revoked`, `unrevoked`, `waived`, ...
        subject: purl or other name of what changed.
        canonical: the bytes that are hashed and later logged.
        sha256: hex digest of `canonical`.
    """

    id: str
    kind: str
    at: Instant
    actor: str
    subject: str
    canonical: bytes
    sha256: str


def canonical_bytes(value: Any) -> bytes:
    """Sorted JSON without floats or white space: the form that is hashed."""
    return _CANONICAL.encode(value)


def new_event(kind: str, at: Instant, actor: Actor, subject: str, body: dict[str, Any]) -> Event:
    """Make an event; `body` holds JSON values without floats and no secrets."""
    identity = str(uuid.uuid4())
    who = f"{actor.kind}:{actor.name}"
    content = canonical_bytes({"id": identity, "kind": kind, "at": at, "actor": who, "subject": subject, "body": body})
    return Event(identity, kind, at, who, subject, content, hashlib.sha256(content).hexdigest())
