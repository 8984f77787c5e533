"""Compare what was fetched with what its index says of it. A job, idempotent; no download waits for it.

A file that cannot be compared, for whatever reason, is told to be such and makes no other wait: each note is tried
once a turn.
"""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Finding
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Unavailable
from pratique.services.judging.index_claims import (
    NOT_COMPARED,
    TOLD_BY_LOG,
    Comparison,
    compare,
    comparison_of,
    settle,
    unreadable,
)
from pratique.services.ports import Ports
from pratique.store import findings, projects
from pratique.store.findings import StoredFinding
from pratique.store.projects import Project

COMPARE_JOB = "compare_fetched"

PATIENCE = 45.0
"""Seconds after which a turn begins no further comparison: the next turn, a minute later, goes on."""

LONGEST = 300.0
"""Seconds that one comparison may take; a turn with one of them and `PATIENCE` is well within the job's time limit."""

_PORTION = 50

_log = structlog.get_logger(__name__)


async def compare_fetched(ports: Ports, patience: float = PATIENCE, longest: float = LONGEST) -> int:
    """Compare files one after the other, the oldest first; how many.

    Args:
        ports: the wired parts.
        patience: seconds after which nothing new is begun.
        longest: seconds that one comparison may take.

    Raises:
        Unavailable: the database cannot be read or written; the next turn goes on.
    """
    loop = asyncio.get_running_loop()
    end, done, after = loop.time() + patience, 0, 0
    while waiting := await ports.db.read(_waiting, after):
        for project, note in waiting:
            if loop.time() > end:
                return done
            found = await _found(ports, project, note, longest)
            done += await _settled(ports, project, note, found)
            after = note.id
    return done


def _waiting(connection: Connection, after: int) -> list[tuple[Project, StoredFinding]]:
    return [
        (projects.by_id(connection, project_id), note)
        for project_id, note in findings.of_kind(connection, NOT_COMPARED, _PORTION, after)
    ]


async def _settled(ports: Ports, project: Project, note: StoredFinding, found: tuple[Finding, ...]) -> bool:
    """Whether the note is done with; one that cannot be settled is tried again in the next turn."""
    try:
        await ports.db.write(settle, project, note, found, ports.clock.now(), durable=False)
    except Unavailable:
        raise
    except Exception:  # noqa: BLE001 - the notes behind it must not wait for somebody to mend this one
        _log.exception("what a comparison found could not be kept", file=note.filename)
        return False
    return True


async def _found(ports: Ports, project: Project, note: StoredFinding, longest: float) -> tuple[Finding, ...]:
    ecosystem = ports.ecosystems.get(project.key.ecosystem)
    if ecosystem is None:
        return ()
    work: Comparison | None = None
    try:
        work = comparison_of(note)
        async with asyncio.timeout(longest):
            return await asyncio.to_thread(_compare_stored, ports, ecosystem, project.key.name, work)
    except msgspec.ValidationError as error:
        _log.warning("a promised comparison cannot be read", file=note.filename, error=str(error))
    except TimeoutError:
        _log.warning("a fetched file took too long to compare with its index", file=note.filename)
        return (unreadable(f" within {longest:g} s", work),)
    except Exception:  # noqa: BLE001 - as in `_settled`
        _log.exception("a fetched file could not be compared with its index", file=note.filename)
    return (unreadable(TOLD_BY_LOG, work),)


def _compare_stored(ports: Ports, ecosystem: Ecosystem, project: str, work: Comparison) -> tuple[Finding, ...]:
    """Nothing where the bytes are gone by now: whoever fetches them again promises the comparison again.

    All of it on one thread, which closes what it opened also if nobody waits for it any longer.
    """
    try:
        blob = ports.blobs.open(work.sha256)
    except OSError as error:
        _log.warning("a fetched file is not compared with its index", file=work.file.filename, error=str(error))
        return ()
    try:
        return compare(ecosystem, project, work, blob, ports.publish_limits.archive)
    finally:
        blob.close()
