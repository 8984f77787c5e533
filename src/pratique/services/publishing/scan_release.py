"""What becomes of an own release between its publish and its first download: scanned, then clear or in quarantine.

A file waits by a row (`store.awaiting_scans`) that is written with it and goes with what its scan says, so that
whatever dies in between, nothing goes out unscanned and nothing is forgotten.
"""

from __future__ import annotations

import asyncio

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.artifacts import Clearance, Origin
from pratique.core.clock import MINUTE, SECOND, Instant
from pratique.core.decisions import Mode
from pratique.core.errors import PratiqueError, Unavailable
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.rules import scan_result, under_review
from pratique.rules.policy import read_policy
from pratique.scan.shared.turns import Hurry
from pratique.services.judging import cases
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from pratique.services.ports import Ports
from pratique.services.scanning.scan_artefact import scan_stored
from pratique.store import awaiting_scans, events, files, policy, projects, release_cases, releases, revisions
from pratique.store.awaiting_scans import Awaiting
from pratique.store.files import FileRow
from pratique.store.release_cases import StoredCase
from pratique.store.releases import Release
from pratique.store.scans import Artefact

SCAN_JOB = "scan_release"
SCAN_LEFT_JOB = "scan_left"

_CLAIM = 2 * MINUTE
"""A job that is at a file is believed dead after so long."""

_LOOK_AGAIN = 0.1
"""Seconds between two looks at whether somebody else is done with a file."""

_PATIENCE = 30.0
"""Seconds for which a job waits for whoever is at its file."""

_KEEPING = (under_review.NAME, scan_result.NAME)
"""Rules of which either keeps an own release in quarantine."""

_LEFT_AFTER = MINUTE
_LEFT_AT_ONCE = 100

_log = structlog.get_logger(__name__)


class ScanWork(msgspec.Struct, frozen=True):
    """Payload: releases as (ecosystem, name, version)."""

    repository_id: int
    releases: tuple[tuple[str, str, str], ...]


class Standing(msgspec.Struct, frozen=True):
    """How one own release stands.

    Attributes:
        clearance: of the release.
        waits: a file of it is still to be scanned.
        case: what waits for a person.
        enforced: what is in quarantine is kept from everybody; else the rule is on trial, or off.
    """

    clearance: Clearance
    waits: bool
    case: StoredCase | None
    enforced: bool


class _Work(msgspec.Struct, frozen=True):
    file: FileRow
    key: ProjectKey
    repository_id: int

    @property
    def artefact(self) -> Artefact:
        return Artefact(str(self.file.sha256), self.key.ecosystem, self.key.name, self.file.version, self.file.filename)


async def scan_releases(ports: Ports, work: ScanWork) -> None:
    """Scan what waits of each release, then decide on it by all that policy says. A job, idempotent.

    Raises:
        Unavailable: there is no scanner, or somebody else is at it; what waits goes on waiting.
    """
    for ecosystem, name, version in work.releases:
        await scan_waiting(ports, work.repository_id, ProjectKey(EcosystemId(ecosystem), name), version)
    await recheck_releases(ports, Recheck(work.repository_id, work.releases))


async def scan_left(ports: Ports) -> None:
    """Scan what has waited for a minute and nobody is at: what was promised is done, and this finds nothing to do."""
    now = ports.clock.now()
    for one in await ports.db.read(awaiting_scans.left, Instant(now - _LEFT_AFTER), now, _LEFT_AT_ONCE):
        release = (one.key.ecosystem, one.key.name, one.version)
        try:
            await scan_releases(ports, ScanWork(one.repository_id, (release,)))
        except (PratiqueError, OSError) as error:
            _log.warning("a release could not be scanned", purl=one.key.purl(one.version), why=str(error))


async def scan_waiting(ports: Ports, repository_id: int, key: ProjectKey, version: str, claim: int = _CLAIM) -> None:
    """Scan every file of a release that waits, and note what follows.

    Args:
        ports: the wired parts.
        repository_id: where it was published.
        key: its project.
        version: the release.
        claim: milliseconds for which nobody else begins, whatever becomes of this process.

    Raises:
        Unavailable, OSError: as `scan_releases`.
    """
    for work in await ports.db.read(_waiting, repository_id, key, version):
        if await _claimed(ports, work.file.id, claim):
            await _scan(ports, work)


async def scanned_in_time(ports: Ports, repository_id: int, key: ProjectKey, version: str) -> Standing | None:
    """Scan a release that was just published, for as long as its publisher waits; how it stands then.

    Whatever keeps the scan from ending, the job that was promised with the release does it.
    """
    wait = ports.publish_limits.scan_wait
    try:
        async with asyncio.timeout(wait / SECOND):
            await scan_waiting(ports, repository_id, key, version, wait + SECOND)
    except TimeoutError:
        _log.info("the answer to a publish did not wait for its scan", purl=key.purl(version))
    except (PratiqueError, OSError) as error:
        _log.warning("a release could not be scanned at once", purl=key.purl(version), why=str(error))
    return await ports.db.read(_standing, repository_id, key, version)


async def _claimed(ports: Ports, file_id: int, claim: int) -> bool:
    """Whether it is ours to scan now; False if it waits no more.

    Raises:
        Unavailable: somebody else is at it for long.
    """
    for _ in range(int(_PATIENCE / _LOOK_AGAIN)):
        now = ports.clock.now()
        if await ports.db.write(awaiting_scans.claim, file_id, now, Instant(now + claim)):
            return True
        if await ports.db.read(awaiting_scans.find, file_id) is None:
            return False
        await asyncio.sleep(_LOOK_AGAIN)
    raise Unavailable("another process is scanning it", retry_after=5)


async def _scan(ports: Ports, work: _Work) -> None:
    done = False
    try:
        result = await scan_stored(ports, work.artefact, hurry=Hurry.PUBLISH)
        if result is None:
            raise Unavailable(f"the stored bytes of {work.file.filename} are missing", retry_after=600)
        await ports.db.write(settle_scan, work.repository_id, work.key, work.file, ports.clock.now())
        done = True
    finally:
        if not done:
            await ports.db.write(awaiting_scans.release_claim, work.file.id)


def _waiting(connection: Connection, repository_id: int, key: ProjectKey, version: str) -> list[_Work]:
    project = projects.find(connection, repository_id, key)
    if project is None:
        return []
    rows = files.of_project(connection, project.id).values()
    mine = [row for row in rows if row.version == version and row.release_id is not None and row.sha256 is not None]
    return [_Work(row, key, repository_id) for row in mine if awaiting_scans.find(connection, row.id)]


def settle_scan(connection: Connection, repository_id: int, key: ProjectKey, file: FileRow, now: Instant) -> None:
    """One transaction: the file waits no more, its release is live or in quarantine, event and revision.

    What the scan found was noted with it, and with that the case (`services.judging.cases`).
    """
    waited = awaiting_scans.find(connection, file.id)
    project = projects.find(connection, repository_id, key)
    if waited is None or project is None or not awaiting_scans.remove(connection, file.id):
        return
    release_cases.note_time(connection, cases.FIRST_VERDICT, now - waited.since, now)
    release = releases.find(connection, project.id, file.version)
    if release is not None:
        _move(connection, repository_id, key, release, waited, now)
    revisions.bump(connection, repository_id, key)


def _move(
    connection: Connection, repository_id: int, key: ProjectKey, release: Release, waited: Awaiting, now: Instant
) -> None:
    """What was revoked or taken away meanwhile stays so."""
    case = release_cases.find(connection, repository_id, key, release.version)
    held = cases.is_held(case)
    if held:
        release_cases.note_time(connection, cases.TO_QUARANTINE, now - waited.since, now)
    state = Clearance.QUARANTINED if held and _is_enforced(connection, repository_id) else Clearance.LIVE
    moves = (Clearance.SCANNING,) if state is Clearance.LIVE else (Clearance.SCANNING, Clearance.LIVE, Clearance.YANKED)
    if release.unpublished is not None or release.clearance not in moves:
        return
    releases.set_clearance(connection, release.id, state)
    why = {} if case is None or not held else {"why": case.why}
    kind = "quarantined" if state is Clearance.QUARANTINED else "cleared"
    events.append(
        connection, new_event(kind, now, cases.SCANNER, key.purl(release.version), {"rules": ["scan"], **why})
    )


def _is_enforced(connection: Connection, repository_id: int) -> bool:
    said = read_policy(policy.rule_settings(connection, repository_id), repository=repository_id)
    return any(one.rule.name in _KEEPING and one.mode is Mode.ENFORCE for one in said.rules)


def _standing(connection: Connection, repository_id: int, key: ProjectKey, version: str) -> Standing | None:
    project = projects.find(connection, repository_id, key)
    release = releases.find(connection, project.id, version) if project and project.origin is Origin.OWN else None
    if release is None:
        return None
    case = release_cases.find(connection, repository_id, key, version)
    return Standing(
        release.clearance,
        bool(_waiting(connection, repository_id, key, version)),
        case if cases.is_held(case) else None,
        _is_enforced(connection, repository_id),
    )


def told(key: ProjectKey, version: str, repository: str, standing: Standing, note: str) -> str:
    """What the publisher is told: `note` if nothing keeps the release back, else what does and what can be done."""
    what = f"{key.name}@{version}"
    if standing.waits:
        return f"{what} is stored in {repository} and being scanned; it is public when it is clear"
    if standing.case is None:
        return note
    found = f"its scan found: {standing.case.why}"
    if not standing.enforced:
        return f"{note}; note: {found}; the rule {under_review.NAME} is on trial, so that it is offered all the same"
    return (
        f"{what} is stored in {repository}, in quarantine and not offered: {found}; a person looks at it. If it is "
        f"harmless, say why: `pratique appeal {key.purl(version)} --why ...`"
    )
