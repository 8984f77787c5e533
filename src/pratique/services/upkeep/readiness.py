"""Can this process decide, record and answer? Tried on the way a request takes."""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.clock import SECOND, Instant
from pratique.core.errors import PratiqueError, Unavailable
from pratique.core.names import ProjectKey
from pratique.core.ports import Blobs
from pratique.services.advisories.source_health import failing_sources
from pratique.services.disk import NO_ROOM
from pratique.services.judging.knowledge import read_knowledge
from pratique.services.ports import Ports
from pratique.services.upkeep.threads_in_time import are_answers_late, late_threads
from pratique.store import processes, readiness, repositories
from pratique.store.clocks import SystemClock

SILENT_AFTER = 30 * SECOND
"""Milliseconds without a heartbeat until a process counts as missing; each beats every second."""

_PROBE_BYTES = 4_096

log = structlog.get_logger(__name__)


class Readiness(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found.

    Attributes:
        status: `ready`, or `not ready`: then nothing is sent here.
        jobs: `alive` or `missing`. Without the job process downloads stay safe, but nothing is imported or
            judged again.
        advisories: `failing` if a source could not be taken in when it was last tried; what is known grows old.
        files: why files cannot be stored. Installs go on: what cannot be stored is passed on.
        busy: kinds of work whose threads are all taken: `uploads`, `audits`, `descriptions`. Installs go on.
        error: why it is not ready.
    """

    status: str
    jobs: str = ""
    advisories: str = ""
    files: str = ""
    busy: tuple[str, ...] = ()
    error: str = ""


async def readiness_of(ports: Ports) -> Readiness:
    """Try it."""
    if await are_answers_late():
        return Readiness("not ready", error="all threads that answer are taken; listings and files wait")
    try:
        await ports.revisions.current()
        jobs = await ports.db.read(_try_deciding, ports, SystemClock().now())
        failing = await ports.db.read(failing_sources, ports.advisory_sources)
        unwritable, files = await _unwritable(ports), await _unstorable(ports)
    except PratiqueError as error:
        return Readiness("not ready", error=str(error))
    except Exception:
        log.exception("not ready: the database cannot be used")
        return Readiness("not ready", error="the database is damaged or of another version; see the server's log")
    if unwritable:
        return Readiness("not ready", error=". ".join(unwritable))
    busy = await late_threads(ports)
    return Readiness("ready", "alive" if jobs else "missing", "failing" if failing else "", files, busy)


async def _unwritable(ports: Ports) -> list[str]:
    """What cannot be written, a sentence each. All is tried: there may be several disks."""
    found = []
    if ports.downloads.trouble:
        found.append(f"downloads cannot be recorded: {ports.downloads.trouble}")
    try:
        await ports.db.write(readiness.try_writing, durable=False)
    except Unavailable as error:
        found.append(f"the database cannot be written: {error}")
    return found


async def _unstorable(ports: Ports) -> str:
    try:
        await asyncio.to_thread(_try_storing, ports.blobs)
    except OSError as error:
        return f"cannot be stored: {'their disk is full' if error.errno in NO_ROOM else error.strerror}"
    return ""


def _try_storing(blobs: Blobs) -> None:
    """Write a little, as the beginning of an upload would be; nothing of it stays. Raises OSError."""
    draft = blobs.draft()
    try:
        draft.write(bytes(_PROBE_BYTES))
    finally:
        draft.discard()


def _try_deciding(connection: Connection, ports: Ports, now: Instant) -> bool:
    """Read what a decision reads; whether the job process lives."""
    readiness.try_reading(connection)
    for repository in repositories.repositories(connection):
        for ecosystem in ports.ecosystems.values():
            read_knowledge(connection, repository.id, ProjectKey(ecosystem.id, "readiness"), ecosystem.twin_key)
    return any(one.kind == "jobs" for one in processes.living(connection, Instant(now - SILENT_AFTER)))
