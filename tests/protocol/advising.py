"""Advisories that a test writes, taken in as an operator takes in an export."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pratique.core.actors import OPERATOR
from pratique.services.advisories.import_advisories import import_advisories
from tests.harness.site import Site


def advisory(
    name: str, *, id: str = "GHSA-aaaa-bbbb-cccc", ecosystem: str = "npm", fixed: str = "1.0.1", **more: Any
) -> dict[str, Any]:
    """A record about every version before the fixed one."""
    ranges = [{"type": "SEMVER", "events": [{"introduced": "0"}, {"fixed": fixed}]}]
    return {
        "schema_version": "1.7.0",
        "id": id,
        "modified": "2026-05-02T00:00:00Z",
        "published": "2026-05-01T00:00:00Z",
        "summary": "reads files it should not",
        "affected": [{"package": {"ecosystem": ecosystem, "name": name}, "ranges": ranges}],
        **more,
    }


async def advise(site: Site, folder: Path, *records: dict[str, Any]) -> None:
    """Import the records."""
    export = folder / "export"
    export.mkdir(exist_ok=True)
    for number, record in enumerate(records):
        (export / f"{number}.json").write_text(json.dumps(record))
    done = await import_advisories(site.ports, str(export), OPERATOR)
    assert not done.rejected, done.rejected
