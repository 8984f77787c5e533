"""What has to be scanned before anybody gets it: young releases of upstreams, where the rule counts."""

from __future__ import annotations

from functools import partial

import msgspec
import structlog

from pratique.core.artifacts import FileView
from pratique.core.errors import Unavailable
from pratique.core.facts import SCAN_RESULT, Absent, Facts, Seen
from pratique.core.names import ProjectKey
from pratique.core.ports import ReadAt
from pratique.core.scans import ScanResult
from pratique.scan.shared.turns import Hurry
from pratique.services.ports import Ports
from pratique.services.scanning.scan_artefact import scan_artefact, scan_stored
from pratique.store import scans
from pratique.store.scans import Artefact

_log = structlog.get_logger(__name__)


def is_awaited(facts: Facts) -> bool:
    """Whether these listing facts leave open what a scan says, and a download has to wait for it."""
    return SCAN_RESULT.name not in facts.values


def artefact_of(key: ProjectKey, file: FileView, sha256: str) -> Artefact:
    """A listed file with these bytes."""
    return Artefact(sha256, key.ecosystem, key.name, file.version, file.filename)


async def scan_seen(ports: Ports, key: ProjectKey, file: FileView, seen: Seen, content: ReadAt) -> Seen:
    """What was seen of bytes that have just arrived, with what a scan says of them."""
    artefact = artefact_of(key, file, str(seen.digests.sha256))
    known = await ports.db.read(scans.find, key, artefact.sha256)
    result: ScanResult | Absent
    if known is not None:
        result = known.result
    else:
        try:
            result = await scan_artefact(ports, artefact, content, hurry=Hurry.INSTALL)
        except (Unavailable, OSError) as error:
            result = _absent(file, error)
    return msgspec.structs.replace(seen, facts={**seen.facts, SCAN_RESULT.name: result})


async def with_scan(ports: Ports, key: ProjectKey, file: FileView, facts: Facts, sha256: str) -> Facts:
    """Facts about a stored file, with what a scan says of it, which may have to be made now.

    Raises:
        Unavailable: it takes longer than a client is kept waiting; it goes on.
    """
    artefact = artefact_of(key, file, sha256)
    begin = partial(_scan_stored, ports, artefact)
    result = await ports.scans_under_way.wait_for((key, sha256), begin, file.filename)
    return msgspec.structs.replace(facts, values={**facts.values, SCAN_RESULT.name: result})


async def _scan_stored(ports: Ports, artefact: Artefact) -> ScanResult | Absent:
    try:
        result = await scan_stored(ports, artefact, hurry=Hurry.INSTALL)
    except (Unavailable, OSError) as error:
        return _absent(FileView(artefact.filename, artefact.version), error)
    return Absent("its bytes are not here", passing=True) if result is None else result


def _absent(file: FileView, error: Exception) -> Absent:
    """Without a scan it is not served: whoever can keep the scanner from working must not get anything past it."""
    _log.error("a file could not be scanned", file=file.filename, why=str(error))
    return Absent("the scanner does not work at this moment", passing=True)
