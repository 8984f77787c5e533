"""The scheduled import: what fails is on record, in sight, and tried again."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pratique.app import job_kinds
from pratique.cli.main import main
from pratique.core.actors import OPERATOR
from pratique.core.clock import from_iso
from pratique.core.errors import BadUpstream
from pratique.jobs.kinds import JobRun
from pratique.services.advisories.import_each import IMPORT_JOB, import_each, import_missing
from pratique.services.verbs.advisories import ShowAdvisories, show_advisories
from pratique.settings import load_settings
from pratique.store import events
from tests.harness.site import Site, running_site

TURN = from_iso("2026-11-23T03:00:00Z")

RECORD = {
    "id": "MAL-2026-1",
    "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "npm", "name": "left"}, "ranges": [], "versions": ["1.0.0"]}],
}


@pytest.fixture
def good(tmp_path: Path) -> Path:
    folder = tmp_path / "good"
    folder.mkdir()
    (folder / "MAL-2026-1.json").write_text(json.dumps(RECORD))
    return folder


@pytest.fixture
def late(tmp_path: Path) -> Path:
    """A source that is not there yet."""
    return tmp_path / "late"


@pytest.fixture
async def site(tmp_path: Path, good: Path, late: Path) -> AsyncIterator[Site]:
    sources = json.dumps([str(late), str(good)])
    async with running_site(tmp_path / "site", f"[advisories]\nsources = {sources}\n") as running:
        yield running


async def fail_once(site: Site) -> None:
    with pytest.raises(BadUpstream, match="1 of 2 sources failed"):
        await import_each(site.ports, site.ports.advisory_sources)


async def test_a_source_that_fails_keeps_no_other_back_and_says_when_and_why(site: Site, late: Path) -> None:
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)

    bad, good = sorted(
        (await show_advisories(site.ports, ShowAdvisories(), OPERATOR)).sources, key=lambda one: one.failed is None
    )
    assert (bad.imported, bad.records, bad.failed) == (None, 0, "2026-11-23T12:00:00.000Z")
    assert bad.why == f'there is nothing at "{late}"; give an OSV export such as all.zip'
    assert (good.records, good.failed, good.why) == (1, None, "")


async def test_a_failure_after_a_success_leaves_both_in_sight_and_the_next_success_ends_it(
    site: Site, late: Path, good: Path
) -> None:
    late.mkdir()
    (late / "MAL-2026-1.json").write_text(json.dumps(RECORD))
    site.clock.set("2026-11-22T12:00:00Z")
    await import_each(site.ports, site.ports.advisory_sources)
    (late / "MAL-2026-1.json").unlink()
    late.rmdir()
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)

    shown = {one.failed: one for one in (await show_advisories(site.ports, ShowAdvisories(), OPERATOR)).sources}
    assert shown["2026-11-23T12:00:00.000Z"].imported == "2026-11-22T12:00:00.000Z"

    good.rename(late)
    site.clock.set("2026-11-23T14:00:00Z")
    await import_missing(site.ports, site.ports.advisory_sources, TURN)
    assert not any(one.failed for one in (await show_advisories(site.ports, ShowAdvisories(), OPERATOR)).sources)


async def test_only_what_failed_is_fetched_again(site: Site, late: Path, good: Path) -> None:
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)
    good.rename(late)
    site.clock.set("2026-11-23T12:01:00Z")

    await import_missing(site.ports, site.ports.advisory_sources, TURN)  # the other is gone, and would fail

    latest = await site.ports.db.read(events.recent, 3, {"advisories_imported", "advisories_failed"})
    assert [one.kind for one in latest[:1]] == ["advisories_imported"]


async def test_a_failure_that_cannot_be_noted_keeps_no_source_back_and_is_tried_again(
    site: Site, late: Path, good: Path
) -> None:
    site.clock.set("2026-11-23T12:00:00Z")
    await site.ports.db.write(refuse_notes)
    await fail_once(site)

    (taken,) = await site.ports.db.read(events.recent, 3, {"advisories_imported", "advisories_failed"})
    assert taken.kind == "advisories_imported"

    good.rename(late)
    await import_missing(site.ports, site.ports.advisory_sources, TURN)  # the good one is gone, and would fail
    assert len(await site.ports.db.read(events.recent, 3, {"advisories_imported"})) == 2


async def test_the_second_attempt_of_the_job_fetches_what_its_turn_has_not(site: Site, late: Path, good: Path) -> None:
    site.clock.set("2026-11-22T12:00:00Z")
    late.mkdir()
    (late / "MAL-2026-1.json").write_text(json.dumps(RECORD))
    await import_each(site.ports, site.ports.advisory_sources)  # of the turn before
    (late / "MAL-2026-1.json").unlink()
    late.rmdir()
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)
    good.rename(late)
    kinds = {one.name: one for one in job_kinds(site.ports, load_settings(site.data / "pratique.toml", {}))}

    await kinds[IMPORT_JOB].handler(JobRun("import_advisories:2026-11-23", b'{"turn":"2026-11-23"}', 2))

    assert not any(one.failed for one in (await show_advisories(site.ports, ShowAdvisories(), OPERATOR)).sources)


def refuse_notes(connection: Connection) -> None:
    """A database that takes no event of a failure, as a full disk or a busy one may."""
    connection.exec_driver_sql(
        "CREATE TRIGGER refuse BEFORE INSERT ON event WHEN NEW.kind = 'advisories_failed' "
        "BEGIN SELECT RAISE(ABORT, 'no room'); END"
    )


async def test_the_start_page_and_readyz_tell_of_it(site: Site) -> None:
    assert "advisories" not in (await site.get("/readyz")).json()
    assert "never" in (await site.get("/")).text
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)

    assert "was tried on 2026-11-23 12:00 UTC and failed: " in (await site.get("/")).text
    assert (await site.get("/readyz")).json() == {"status": "ready", "jobs": "missing", "advisories": "failing"}


async def test_the_command_prints_the_sentence(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    site.clock.set("2026-11-23T12:00:00Z")
    await fail_once(site)

    assert await asyncio.to_thread(main, ["advisories", "status", "--data", str(site.data)]) == 0

    assert "was tried on 2026-11-23 12:00 UTC and failed: " in capsys.readouterr().out


async def test_it_is_tried_again_all_day_and_never_more_than_two_hours_later(site: Site) -> None:
    kinds = {one.name: one for one in job_kinds(site.ports, load_settings(site.data / "pratique.toml", {}))}
    kind = kinds[IMPORT_JOB]
    pauses = [kind.pause_before(attempt) for attempt in range(2, kind.attempts + 1)]

    assert pauses[:3] == [60, 240, 960]
    assert max(pauses) == 7_200
    assert 20 * 3_600 < sum(pauses) < 24 * 3_600
