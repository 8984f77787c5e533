"""Scan one release through the server, which fetches what is not stored yet as for any other download."""

from __future__ import annotations

from typing import Any

import msgspec

from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import FileView
from pratique.core.errors import Invalid, NotFound
from pratique.core.refused import Refused
from pratique.scan.shared.turns import Hurry
from pratique.services.changes import permit_everywhere
from pratique.services.installing.file_answers import Stored
from pratique.services.installing.get_file import get_file
from pratique.services.judging.find_project import FoundProject, find_project
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named, read_purl
from pratique.services.scanning.before_serving import artefact_of
from pratique.services.scanning.scan_artefact import scan_stored
from pratique.services.visits import visit_repository
from pratique.store import scans
from pratique.store.scans import StoredScan

MOST_FILES = 100


class ScanRelease(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scan all files of a release."""

    purl: str
    repository: str = "main"


class FileScanned(msgspec.Struct, frozen=True):
    """What a scan found in one file.

    Attributes:
        finished: false: the scanner failed at it.
        findings: the worst first, with the fields that `pratique scan --json` has.
        compared: whether a release before was stored to compare it with.
    """

    filename: str
    sha256: str
    verdict: str
    score: int
    finished: bool
    findings: tuple[dict[str, Any], ...]
    compared: bool


class ReleaseScanned(msgspec.Struct, frozen=True):
    """What scans found in a release."""

    purl: str
    files: tuple[FileScanned, ...]


async def scan_release(ports: Ports, request: ScanRelease, actor: Actor) -> ReleaseScanned:
    """Scan it now, whatever is known of it.

    A release that is held by a scan is not fetched again: then what is known is told.

    Raises:
        Forbidden, Unauthorised: only administrators may, with a token that reaches everything.
        Invalid, InvalidName: the purl names no release.
        NotFound: there is no such release.
        Refused: policy keeps it away for another reason, and it is not stored.
        BadUpstream, Unavailable: it could not be fetched, or not be scanned.
    """
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    named = read_purl(request.purl, ports.ecosystems)
    if named.version is None:
        raise Invalid(f"{named.purl} names no release; write for example pkg:npm/left-pad@1.3.0")
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    found = await find_project(ports, visit, named.key)
    for file in _files(visit, found, named, named.version):
        await _scan(ports, visit, found, file)
    told = await ports.db.read(scans.of_release, named.key, named.version)
    return ReleaseScanned(named.purl, tuple(_shown(one) for one in told))


def _files(visit: Visit, found: FoundProject, named: Named, version: str) -> list[FileView]:
    canonical = visit.ecosystem.canonical_version
    files = [file for file in found.source.view.files if canonical(file.version) == version]
    if not files:
        raise NotFound(f"there is no release {named.key.name}@{version}")
    return files[:MOST_FILES]


async def _scan(ports: Ports, visit: Visit, found: FoundProject, file: FileView) -> None:
    key = found.known.key
    row = found.known.files.get(file.filename)
    if row is not None and row.sha256 is not None:
        artefact = artefact_of(key, file, row.sha256)
        if await scan_stored(ports, artefact, hurry=Hurry.INSTALL) is not None:
            return
    try:
        answer = await get_file(ports, visit, key.name, file.filename, whole=True)
    except Refused:
        if await ports.db.read(scans.of_release, key, file.version):
            return  # that is why
        raise
    answer.body.let_go()
    if isinstance(answer.body, Stored):
        await scan_stored(ports, artefact_of(key, file, answer.body.sha256), hurry=Hurry.INSTALL)


def _shown(one: StoredScan) -> FileScanned:
    result, findings = one.result, msgspec.json.decode(one.findings, type=tuple[dict[str, Any], ...])
    return FileScanned(
        one.artefact.filename,
        result.sha256,
        result.verdict.value,
        result.score,
        result.finished,
        findings,
        compared=one.previous is not None,
    )
