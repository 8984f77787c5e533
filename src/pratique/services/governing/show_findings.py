"""What was noticed about files, for people to read: beside a decision, and in the list of a project's releases."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pratique.core.artifacts import Severity
from pratique.core.clock import to_iso
from pratique.services.judging.file_facts import BYTES_FINDING
from pratique.store.findings import StoredFinding


class FindingShown(msgspec.Struct, frozen=True):
    """One thing noticed, with its time (RFC 3339)."""

    kind: str
    severity: str
    sentence: str
    at: str


def shown_of_file(found: Iterable[StoredFinding], filename: str | None) -> tuple[FindingShown, ...]:
    """What was noticed about one file, in the order in which it was; nothing where no file is named."""
    return tuple(
        FindingShown(one.finding.kind, one.finding.severity.value, one.finding.sentence, to_iso(one.at))
        for one in found
        if filename is not None and one.filename == filename and _is_for_people(one)
    )


def shown_of_release(found: Iterable[StoredFinding], version: str) -> tuple[str, ...]:
    """What was noticed about the files of a release, as sentences."""
    return tuple(
        f"{one.filename}: {one.finding.sentence}" if one.filename else one.finding.sentence
        for one in found
        if one.version == version and _is_for_people(one)
    )


def _is_for_people(one: StoredFinding) -> bool:
    """All but the facts that are kept of stored bytes for rules to read."""
    return one.finding.kind != BYTES_FINDING or one.finding.severity is not Severity.NOTE
