"""Compare what was fetched with what its index says of it. A job, idempotent; no download waits for it."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Finding
from pratique.core.ports import BlobFile
from pratique.services.judging.index_claims import NOT_COMPARED, compare, comparison_of, settle
from pratique.services.ports import Ports
from pratique.store import findings, projects
from pratique.store.findings import StoredFinding
from pratique.store.projects import Project

COMPARE_JOB = "compare_fetched"

PATIENCE = 45.0
"""Seconds after which a turn begins no further comparison: the next turn, a minute later, goes on."""

_PORTION = 50

_log = structlog.get_logger(__name__)


async def compare_fetched(ports: Ports, patience: float = PATIENCE) -> int:
    """Compare files one after the other, the oldest first; how many."""
    loop = asyncio.get_running_loop()
    end, done = loop.time() + patience, 0
    while waiting := await ports.db.read(_waiting):
        for project, note in waiting:
            if loop.time() > end:
                return done
            found = await _found(ports, project, note)
            await ports.db.write(settle, project, note, found, ports.clock.now(), durable=False)
            done += 1
    return done


def _waiting(connection: Connection) -> list[tuple[Project, StoredFinding]]:
    return [
        (projects.by_id(connection, project_id), note)
        for project_id, note in findings.of_kind(connection, NOT_COMPARED, _PORTION)
    ]


async def _found(ports: Ports, project: Project, note: StoredFinding) -> tuple[Finding, ...]:
    """Nothing where the bytes are gone by now: whoever fetches them again promises the comparison again."""
    work = comparison_of(note)
    ecosystem = ports.ecosystems.get(project.key.ecosystem)
    if ecosystem is None:
        return ()
    try:
        blob: BlobFile = await asyncio.to_thread(ports.blobs.open, work.sha256)
    except OSError as error:
        _log.warning("a fetched file is not compared with its index", file=work.file.filename, error=str(error))
        return ()
    try:
        limits = ports.publish_limits.archive
        return await asyncio.to_thread(compare, ecosystem, project.key.name, work, blob, limits)
    finally:
        blob.close()
