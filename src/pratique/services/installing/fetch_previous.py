"""Fetch the release before one that was served with nothing to compare it with, and scan it again. A job, idempotent.

What is new in a release is the best sign of one that was taken over, and whoever installed it did not wait for that.
"""

from __future__ import annotations

import asyncio

import structlog

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import FileView
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import BadUpstream, PratiqueError, Unavailable
from pratique.services.installing.get_file import get_file
from pratique.services.judging.find_project import find_project
from pratique.services.ports import Ports, Visit
from pratique.services.scanning.previous import kinship
from pratique.services.scanning.rescan import scan_one
from pratique.services.scanning.scan_fetched import PATIENCE, uncompared
from pratique.services.visits import find_repository_by_id
from pratique.store import scans
from pratique.store.scans import Artefact

_log = structlog.get_logger(__name__)


async def compare_with_previous(ports: Ports, patience: float = PATIENCE) -> int:
    """Compare young artefacts with the release before, the newest first; how many.

    Where there is none, or policy keeps it away, that is noted, and nobody tries again; where an upstream fails at this
    moment, the next turn does.

    Raises:
        Unavailable: the scanner does not work, or the database; the next turn goes on.
    """
    end, done = asyncio.get_running_loop().time() + patience, 0
    for repository_id, artefact in await uncompared(ports):
        if asyncio.get_running_loop().time() > end:
            break
        repository = await ports.db.read(find_repository_by_id, repository_id)
        visit = Visit(OPERATOR, repository, ports.ecosystems[artefact.ecosystem], ports.public_url)
        try:
            is_here = await _fetched(ports, visit, artefact)
        except (BadUpstream, Unavailable) as error:
            _log.info("the release before could not be fetched now", file=artefact.filename, why=str(error))
            continue
        done += await scan_one(ports, artefact) if is_here else 0
        await ports.db.write(scans.has_no_previous, artefact, durable=False)
    return done


async def _fetched(ports: Ports, visit: Visit, artefact: Artefact) -> bool:
    """Whether the release before is stored now. Raises BadUpstream, Unavailable where that may be so soon."""
    try:
        found = await find_project(ports, visit, artefact.key)
        file = _previous(visit.ecosystem, found.source.view.files, artefact)
        if file is None:
            return False
        answer = await get_file(ports, visit, artefact.name, file.filename, whole=True)
        answer.body.let_go()
    except (BadUpstream, Unavailable):
        raise
    except PratiqueError as error:
        _log.info("there is no release before to compare with", file=artefact.filename, why=str(error))
        return False
    return True


def _previous(ecosystem: Ecosystem, files: tuple[FileView, ...], artefact: Artefact) -> FileView | None:
    """The listed file of the newest lower release that is most like the artefact; none of those that are yanked."""
    lower = []
    try:
        mine = ecosystem.version_key(artefact.version)
    except ValueError:
        return None
    for number, file in enumerate(files):
        try:
            key = ecosystem.version_key(file.version)
        except ValueError:
            continue
        if key < mine and file.yanked is None and not file.gone:
            lower.append((*kinship(file.filename, artefact.filename, key), number))
    return files[max(lower)[-1]] if lower else None
