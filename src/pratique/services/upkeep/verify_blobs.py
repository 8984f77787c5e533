"""Read stored bytes again, now and then: disks and people damage files without telling. A job, idempotent."""

from __future__ import annotations

import asyncio
import hashlib
from enum import StrEnum

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.events import new_event
from pratique.core.ports import BlobFile
from pratique.services.ports import Ports
from pratique.store import events, files

VERIFY_JOB = "verify_blobs"

TURNS = 168
"""Hourly turns until every blob was read once: a week."""

MOST_BYTES = 16 << 30
"""One turn reads no more. It begins at another blob in each round, so that none is left out for ever."""

_PIECE = 1 << 20
_PAUSE = 0.02
"""Seconds between two pieces, so that reading takes at most 50 MB/s from whoever waits for a download."""

_LOOKS = 3
_PATIENCE = 250
"""Pauses before the second look, and twice as many before the third: 5 and 10 seconds."""

log = structlog.get_logger(__name__)


class Damage(StrEnum):
    """What is wrong with a stored blob, or that nobody can tell."""

    MISSING = "missing"
    SIZE = "other size"
    BYTES = "other bytes"
    UNREADABLE = "unreadable"
    """The disk does not say what is there. Nothing is done: bytes that come back whole must still be in place."""


class _Look(msgspec.Struct, frozen=True):
    """What one look said, and of which bytes."""

    damage: Damage | None
    identity: tuple[int, ...] = ()


async def verify_blobs(ports: Ports, turn: int, most_bytes: int = MOST_BYTES, pause: float = _PAUSE) -> int:
    """Verify one turn's share of the blobs, one after the other; how many are damaged.

    A damaged blob is set aside, logged, and recorded as an event. From then on it is missing: an upstream's
    file is fetched again by the next download, an own one is refused until it is restored or published again.
    One that cannot be read is logged and recorded, stays where it is, and is tried again in the next round.
    """
    share = _in_turn(await ports.db.read(files.blobs_of_share, turn % TURNS, TURNS), turn // TURNS)
    damaged = taken = 0
    for sha256, size in share:
        if taken + size > most_bytes and taken:
            break
        taken += size
        look = await _find_damage(ports, sha256, size, pause)
        if look.damage is not None and await _is_out_of_service(ports, sha256, look):
            damaged += look.damage is not Damage.UNREADABLE
            await _tell(ports, sha256, look.damage)
    return damaged


def _in_turn(share: list[tuple[str, int]], number: int) -> list[tuple[str, int]]:
    begin = number * 7 % len(share) if share else 0
    return share[begin:] + share[:begin]


async def _find_damage(ports: Ports, sha256: str, size: int, pause: float) -> _Look:
    """What several looks say alike: a network's disk fails in passing, and may even say that nothing is there."""
    seen = set()
    for number in range(_LOOKS):
        await asyncio.sleep(number * pause * _PATIENCE)
        look = await _look_at(ports, sha256, size, pause)
        if look.damage is None:
            return look
        seen.add(look.damage)
    return look if len(seen) == 1 else _Look(Damage.UNREADABLE)


async def _look_at(ports: Ports, sha256: str, size: int, pause: float) -> _Look:
    try:
        blob = await asyncio.to_thread(ports.blobs.open_original, sha256)
    except FileNotFoundError:
        return _Look(Damage.MISSING)
    except OSError:
        return _Look(Damage.UNREADABLE)
    try:
        return _Look(await _read(blob, sha256, size, pause), blob.identity)
    finally:
        blob.close()


async def _read(blob: BlobFile, sha256: str, size: int, pause: float) -> Damage | None:
    try:
        if blob.size != size:
            return Damage.SIZE
        digest, offset = hashlib.sha256(), 0
        while offset < size:
            piece = await asyncio.to_thread(blob.read_at, offset, _PIECE)
            if not piece:
                return Damage.SIZE
            await asyncio.to_thread(digest.update, piece)
            offset += len(piece)
            await asyncio.sleep(pause)
        return None if digest.hexdigest() == sha256 else Damage.BYTES
    except OSError:
        return Damage.UNREADABLE


async def _is_out_of_service(ports: Ports, sha256: str, look: _Look) -> bool:
    """Set aside what was read and is damaged; False if whole bytes have taken its place since."""
    if look.damage not in (Damage.SIZE, Damage.BYTES):
        return True
    return await asyncio.to_thread(ports.blobs.set_aside, sha256, look.identity)


async def _tell(ports: Ports, sha256: str, damage: Damage) -> None:
    if damage is Damage.UNREADABLE:
        log.error("a stored blob cannot be read; look at the disk", sha256=sha256)
    else:
        log.error("a stored blob is damaged; restore it from a backup", sha256=sha256, damage=damage.value)
    await ports.db.write(_record, sha256, damage, ports.clock.now())


def _record(connection: Connection, sha256: str, damage: Damage, now: Instant) -> None:
    kind = "blob_unreadable" if damage is Damage.UNREADABLE else "blob_damaged"
    event = new_event(kind, now, OPERATOR, f"sha256:{sha256}", {"damage": damage.value})
    events.append(connection, event)
