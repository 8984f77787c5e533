"""What an index says of a file against what the file says of itself: noticed, kept and told, and decides nothing.

So no download waits for it: a file is recorded with the note that it is not compared yet, and a job of the job
process does that (`services.upkeep.compare_fetched`), whatever it takes.
"""

from __future__ import annotations

from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import FileView, Finding, Severity
from pratique.core.clock import Instant
from pratique.core.ecosystem import ArchiveLimits, Ecosystem
from pratique.core.ecosystem_verbs import ComparesListed
from pratique.core.errors import Invalid, TooLarge
from pratique.core.events import new_event
from pratique.core.ports import ReadAt
from pratique.core.sentences import clean
from pratique.store import events, findings
from pratique.store.findings import StoredFinding
from pratique.store.projects import Project

_log = structlog.get_logger(__name__)

NOT_COMPARED = "not_compared"
"""Kind of the note that a file was fetched and is still to be compared with its index."""

CLAIM_FINDING = "claim_differs"
"""Kind of the finding that somebody, a publisher or an index, says something else of a file than the file does."""

UNREADABLE_FINDING = "unreadable"
"""Kind of the finding that a file cannot be compared with what is said of it."""

DIFFERS = "metadata_differs"
"""Kind of the event that an upstream's index says something else of a file than the file does."""

TOLD_BY_LOG = "; the log of the server tells why"
"""What is said of a fault that is not the file's."""

_LONGEST = 500
"""Characters of a reason that are kept with a finding."""


class Comparison(msgspec.Struct, frozen=True):
    """One that is still to be made: these bytes, and how the index listed them when they were fetched."""

    sha256: str
    file: FileView


def note_not_compared(
    connection: Connection, project: Project, ecosystem: Ecosystem, work: Comparison, now: Instant
) -> None:
    """Promise a comparison, where the ecosystem's index says something that can be compared."""
    if isinstance(ecosystem, ComparesListed):
        note = Finding(
            NOT_COMPARED,
            Severity.NOTE,
            "what its index says is not compared with the file yet",
            msgspec.to_builtins(work),
        )
        _add_once(connection, project.id, work.file.version, work.file.filename, note, now)


def comparison_of(note: StoredFinding) -> Comparison:
    """What a note promises.

    Raises:
        msgspec.ValidationError: another version of this server wrote it in a way that is not read here.
    """
    return msgspec.convert(note.finding.detail, Comparison)


def compare(
    ecosystem: Ecosystem, project: str, work: Comparison, artefact: ReadAt, limits: ArchiveLimits
) -> tuple[Finding, ...]:
    """Where the index says something else than the file; also that this cannot be told."""
    if not isinstance(ecosystem, ComparesListed):
        return ()
    try:
        differing = ecosystem.compare_listed(project, work.file, artefact, limits)
    except (Invalid, TooLarge) as error:
        return (unreadable(f": {clean(str(error))[:_LONGEST]}", work),)
    except Exception:  # noqa: BLE001 - what is found decides nothing, so no fault here may either; it is logged
        _log.exception("a file could not be compared with its index", file=work.file.filename)
        return (unreadable(TOLD_BY_LOG, work),)
    if not differing:
        return ()
    told = ", ".join(map(str, differing))
    sentence = f"its index says something else than the file for {told}; what is installed is the file"
    detail: dict[str, Any] = {
        "fields": [one.field for one in differing],
        "listed": {one.field: one.listed for one in differing},
        "found": {one.field: one.found for one in differing},
    }
    return (Finding(CLAIM_FINDING, Severity.WARN, sentence, {**detail, "sha256": work.sha256}),)


def unreadable(why: str, work: Comparison | None) -> Finding:
    """Why a file is not compared with what its index says.

    Args:
        why: the end of the sentence.
        work: what was promised, None if that cannot be told.
    """
    of_bytes = {} if work is None else {"sha256": work.sha256}
    sentence = f"what its index says could not be compared with the file{why}"
    return Finding(UNREADABLE_FINDING, Severity.NOTE, sentence, of_bytes)


def settle(
    connection: Connection, project: Project, note: StoredFinding, found: tuple[Finding, ...], now: Instant
) -> None:
    """Put what was found in the note's place, once; that an index says something else is an event and in the log."""
    if not findings.remove(connection, note.id):
        return
    for one in found:
        added = _add_once(connection, project.id, note.version, note.filename, one, now)
        if added and one.kind == CLAIM_FINDING:
            purl = project.key.purl(note.version)
            _log.warning(
                "an index says something else than the file", purl=purl, file=note.filename, found=one.sentence
            )
            event = new_event(DIFFERS, now, OPERATOR, purl, {"file": note.filename, **one.detail})
            events.append(connection, event)


def _add_once(
    connection: Connection, project_id: int, version: str | None, filename: str | None, found: Finding, now: Instant
) -> bool:
    """Keep a finding; whether it was not there already."""
    earlier = [one.finding for one in findings.of_project(connection, project_id, filename)]
    if any((one.kind, one.detail) == (found.kind, found.detail) for one in earlier):
        return False
    findings.add(connection, project_id, version, filename, found, now)
    return True
