"""A long import of advisories does not keep the database from others who write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pratique.core.limits import DatabaseLimits
from pratique.services.advisories import import_advisories
from pratique.store.database import Database
from tests.harness.site import Site
from tests.protocol.advising import advise, advisory
from tests.protocol.conftest import ON_SQLITE


@ON_SQLITE
async def test_between_two_batches_of_an_import_another_process_can_write(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other process is one that does not wait at all."""
    other = Database.open(site.ports.db.url, DatabaseLimits(patience=0))
    pause, written = import_advisories._let_others_write, []

    def pause_and_write() -> None:
        pause()
        written.append(other.write_now(lambda c: c.execute(sa.text("UPDATE advisory SET source = source")).rowcount))

    monkeypatch.setattr(import_advisories, "_BATCH", 2)
    monkeypatch.setattr(import_advisories, "_let_others_write", pause_and_write)
    await advise(site, tmp_path, *(advisory("left", id=f"A-{number}") for number in range(5)))
    other.close()

    assert written == [2, 4]


async def test_the_end_of_an_import_asks_for_the_projects_of_many_names_at_once(site: Site, tmp_path: Path) -> None:
    statements: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        statements.append(statement)

    sa.event.listen(site.ports.db.engine, "before_cursor_execute", note)
    await advise(site, tmp_path, *(advisory(f"left{number}", id=f"A-{number}") for number in range(100)))

    assert len(statements) < 50
