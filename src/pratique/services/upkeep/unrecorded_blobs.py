"""Put away bytes that nothing here names: what was refused or broken off after it had been kept. Idempotent."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.events import new_event
from pratique.services.ports import Ports
from pratique.store import blob_use, events, files

_PARTS = 256

_FEW = 20
_MOST_OF_A_HUNDRED = 5
"""More than a few and more than this share are no left-overs: then it is the database that lacks them."""

log = structlog.get_logger(__name__)


async def put_away_unrecorded(ports: Ports) -> int:
    """Put away blobs without a row that were kept at least a day ago; how many. They can be found for a month.

    Bytes are kept before the transaction that names them, so whoever is recording them now has kept them
    moments ago, also if the same bytes lay there before: the store moves nothing that was kept again since.
    Where no blob at all has a row, or so many have none that an older database must have been restored, all
    stay, and an event says so.
    """
    unrecorded, stored = await _find_unrecorded(ports)
    if len(unrecorded) > _FEW and len(unrecorded) * 100 > stored * _MOST_OF_A_HUNDRED:
        log.error("many stored bytes are named by nothing; was an older database restored?", blobs=len(unrecorded))
        await ports.db.write(_record_many, len(unrecorded), stored, ports.clock.now())
        return 0
    if not await ports.db.read(files.any_blob):
        return 0
    away = sum([await _put_away(ports, sha256) for sha256 in unrecorded])
    for sha256 in await asyncio.to_thread(ports.blobs.remove_put_away):
        log.info("removed bytes that nothing had named for a month", sha256=sha256)
    return away


async def _find_unrecorded(ports: Ports) -> tuple[list[str], int]:
    """Settled blobs without a row, and how many blobs there are."""
    found, count = [], 0
    for part in range(_PARTS):
        stored = await asyncio.to_thread(ports.blobs.stored, part)
        recorded = await ports.db.read(files.blob_digests, stored) if stored else {}
        await _take_back(ports, stored)
        for sha256 in stored:
            if sha256 not in recorded and await asyncio.to_thread(ports.blobs.is_settled, sha256):
                found.append(sha256)
        count += len(stored)
    return found, count


async def _take_back(ports: Ports, stored: tuple[str, ...]) -> None:
    """What was called gone and is here counts again: an object store may have done what it did not answer.

    It is looked for once more after the record was read, as that is written when the bytes are gone.
    """
    gone = await ports.db.read(blob_use.gone_of, stored) if stored else ()
    here = [sha256 for sha256 in gone if await asyncio.to_thread(ports.blobs.is_settled, sha256)]
    if here:
        await ports.db.write(blob_use.take_back, here)


async def _put_away(ports: Ports, sha256: str) -> bool:
    """Whether it is away; one that the disk does not let go keeps no other back."""
    try:
        away = await asyncio.to_thread(ports.blobs.put_away_settled, sha256)
    except OSError as error:
        log.error("bytes that nothing names cannot be put away", sha256=sha256, why=str(error))
        return False
    if away:
        log.info("put away bytes that nothing names", sha256=sha256)
    return away


def _record_many(connection: Connection, count: int, stored: int, now: Instant) -> None:
    body = {"unrecorded": count, "stored": stored}
    events.append(connection, new_event("blobs_unrecorded", now, OPERATOR, "server", body))
