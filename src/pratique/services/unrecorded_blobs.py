"""Remove bytes that nothing here names: what was refused or broken off after it had been kept. Idempotent."""

from __future__ import annotations

import asyncio

import structlog

from pratique.services.ports import Ports
from pratique.store import files

_PARTS = 256

log = structlog.get_logger(__name__)


async def remove_unrecorded(ports: Ports) -> int:
    """Remove blobs without a row that were kept at least a day ago; how many.

    Bytes are kept before the transaction that names them, so whoever is recording them now has kept them
    moments ago, also if the same bytes lay there before: the store removes nothing that was kept again since.
    Where no blob at all has a row, the database is not the one that these blobs belong to, and all stay.
    """
    if not await ports.db.read(files.any_blob):
        return 0
    removed = 0
    for part in range(_PARTS):
        stored = await asyncio.to_thread(ports.blobs.stored, part)
        recorded = await ports.db.read(files.blob_digests, stored) if stored else {}
        for sha256 in stored:
            if sha256 not in recorded and await asyncio.to_thread(ports.blobs.remove_settled, sha256):
                removed += 1
    if removed:
        log.info("removed bytes that nothing names", blobs=removed)
    return removed
