"""What was noticed about files."""

from __future__ import annotations

from typing import Any

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Finding, Severity
from pratique.core.clock import Instant
from pratique.store.schema import finding


class StoredFinding(msgspec.Struct, frozen=True):
    """A finding with the file it is about and when it was made."""

    id: int
    version: str | None
    filename: str | None
    finding: Finding
    at: Instant


def add(
    c: sa.Connection, project_id: int, version: str | None, filename: str | None, found: Finding, now: Instant
) -> None:
    """Note a finding about a project, a release or a file."""
    values = {
        "project_id": project_id,
        "version": version,
        "filename": filename,
        "kind": found.kind,
        "severity": found.severity.value,
        "sentence": found.sentence,
        "detail": msgspec.json.encode(found.detail).decode(),
        "at": now,
    }
    c.execute(finding.insert().values(values))


def of_project(c: sa.Connection, project_id: int, filename: str | None = None) -> tuple[StoredFinding, ...]:
    """Findings about a project, or about one of its files, in the order in which they were made."""
    wanted = sa.select(finding).where(finding.c.project_id == project_id)
    if filename is not None:
        wanted = wanted.where(finding.c.filename == filename)
    return tuple(_read(row) for row in c.execute(wanted.order_by(finding.c.id)).mappings())


def of_kind(c: sa.Connection, kind: str, most: int, after: int = 0) -> list[tuple[int, StoredFinding]]:
    """Findings of one kind with the id of their project, the oldest first; those after the finding with that id."""
    wanted = sa.select(finding).where(finding.c.kind == kind, finding.c.id > after)
    rows = c.execute(wanted.order_by(finding.c.id).limit(most)).mappings()
    return [(row["project_id"], _read(row)) for row in rows]


def remove(c: sa.Connection, finding_id: int) -> bool:
    """Forget one; whether it was there."""
    return c.execute(finding.delete().where(finding.c.id == finding_id)).rowcount > 0


def _read(row: sa.RowMapping) -> StoredFinding:
    detail = msgspec.json.decode(row["detail"], type=dict[str, Any])
    found = Finding(row["kind"], Severity(row["severity"]), row["sentence"], detail)
    return StoredFinding(row["id"], row["version"], row["filename"], found, Instant(row["at"]))
