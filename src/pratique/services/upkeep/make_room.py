"""Keep upstreams' files within a limit: the least used ones go, if they can be fetched again. A job, idempotent."""

from __future__ import annotations

import asyncio
import time

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Digests, ProjectView
from pratique.core.clock import HOUR, Instant
from pratique.core.errors import BadUpstream
from pratique.services.ports import Ports
from pratique.store import blob_use, documents, files, projects, repositories
from pratique.store.blob_use import CachedBlob, CachedFile
from pratique.store.documents import Document
from pratique.store.projects import Project

MAKE_ROOM_JOB = "make_room"

PATIENCE = 45.0
"""Seconds after which a turn begins no further portion: the next turn, a minute later, goes on."""

UNUSED_FOR = HOUR
"""Milliseconds for which nobody may have been handed a file that goes: uses are noted to the hour."""

_SETTLING = 2.0
"""Seconds between the choice and the mark: what was handed out in the moment of the choice is noted by then."""

_PORTION = 100
_ENOUGH = 0.95
"""Share of the limit that is left; less than all, so that not every minute has something to remove."""

_FOUND = 200

log = structlog.get_logger(__name__)


class Held(msgspec.Struct, frozen=True):
    """A file with the project it belongs to and its upstream's document, if one is kept."""

    file: CachedFile
    project: Project
    document: Document | None


async def make_room(
    ports: Ports, limit: int, *, unused_for: int = UNUSED_FOR, settling: float = _SETTLING, patience: float = PATIENCE
) -> int:
    """Remove bytes of upstreams' files until they take less than the limit; how many bytes.

    Own releases' files stay, and so does what its upstream does not list any more or lists with other bytes: it
    could not be fetched again. What was handed out within the hour stays. The record of a file stays, with the
    digest that was first accepted: the next download fetches the file again, and it has to be the same.

    Args:
        ports: the wired parts.
        limit: bytes; 0: none.
        unused_for: milliseconds.
        settling: seconds.
        patience: seconds.

    Raises:
        Unavailable: the database or the object store cannot be used; the next turn goes on.
    """
    if not limit:
        return 0
    await _remove(ports, await ports.db.read(blob_use.leaving), unused_for)
    cached = (await ports.db.read(blob_use.sizes)).cached
    if cached <= limit:
        return 0
    wanted, removed, end = cached - int(limit * _ENOUGH), 0, time.monotonic() + patience
    before, last = Instant(ports.clock.now() - unused_for), None
    while removed < wanted and time.monotonic() < end:
        portion = await ports.db.read(blob_use.least_used, before, _PORTION, last)
        if not portion:
            log.warning(
                "files of upstreams take more than their limit, and no more of them can go", bytes=cached - removed
            )
            break
        last = portion[-1]
        removed += await _remove_some(ports, portion, wanted - removed, unused_for, settling)
    if removed:
        log.info("removed files of upstreams that were not used for long", bytes=removed)
    return removed


async def _remove_some(
    ports: Ports, portion: tuple[CachedBlob, ...], wanted: int, unused_for: int, settling: float
) -> int:
    """Remove as many of a portion as are wanted; their bytes."""
    chosen: list[CachedBlob] = []
    for one in portion:
        if sum(each.size for each in chosen) >= wanted:
            break
        if await _can_come_back(ports, one):
            chosen.append(one)
    if not chosen:
        return 0
    await asyncio.sleep(settling)
    marked = await ports.db.write(blob_use.mark_leaving, tuple(chosen))
    gone = await _remove(ports, tuple(one.sha256 for one in marked), unused_for)
    return sum(one.size for one in marked if gone.get(one.sha256))


async def _remove(ports: Ports, sha256s: tuple[str, ...], unused_for: int) -> dict[str, bool]:
    """Remove bytes that are marked, and settle of each whether it is gone. Raises Unavailable."""
    gone: dict[str, bool] = {}
    try:
        for sha256 in sha256s:
            # By the disk's time, not by the test clock. Who keeps a blob records it long before this has passed.
            gone[sha256] = await asyncio.to_thread(ports.blobs.drop, sha256, time.time() - unused_for / 1_000)
    except OSError as error:
        log.error("files cannot be removed to make room", why=str(error))
    if gone:
        await ports.db.write(blob_use.settle, gone)
    return gone


async def _can_come_back(ports: Ports, one: CachedBlob) -> bool:
    """Whether each of its files is listed by its upstream, by the document that is kept, with these bytes."""
    held, digests = await ports.db.read(_held, one.sha256)
    return bool(held) and all([await asyncio.to_thread(_is_listed, ports, each, digests) for each in held])


def _held(connection: Connection, sha256: str) -> tuple[tuple[Held, ...], Digests]:
    found = []
    for each in blob_use.files_of(connection, sha256):
        project = projects.by_id(connection, each.project_id)
        asked = repositories.upstreams(connection, project.repository_id, project.key.ecosystem)
        is_asked = project.upstream_id in [upstream.id for upstream in asked]
        document = documents.find(connection, project.upstream_id or 0, project.key.name) if is_asked else None
        found.append(Held(each, project, document))
    return tuple(found), files.blob_digests(connection, [sha256]).get(sha256, Digests())


def _is_listed(ports: Ports, held: Held, digests: Digests) -> bool:
    view = _view(ports, held)
    if view is None:
        return False
    listed = next((file for file in view.files if file.filename == held.file.filename), None)
    if listed is None or listed.gone or not digests.same_bytes(listed.digests):
        return False
    return ports.ecosystems[held.project.key.ecosystem].kept_back(view, held.file.filename) is None


def _view(ports: Ports, held: Held) -> ProjectView | None:
    document, key = held.document, held.project.key
    if document is None or document.status != _FOUND or key.ecosystem not in ports.ecosystems:
        return None
    try:
        content = document.uncompressed()
        return ports.ecosystems[key.ecosystem].read_listing(key.name, content, document.content_type, document.url)
    except BadUpstream:
        return None
