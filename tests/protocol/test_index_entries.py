"""What own releases say of themselves: bounded where every listing reads it, and not read where nobody asks for it."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, RemoveEntries, add_entry, remove_entries
from pratique.services.judging import recheck_release as recheck_module
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from tests.harness import packages
from tests.harness.site import Site, running_site
from tests.protocol.speakers import NpmSpeaker, PypiSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")
PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path, '[publish]\nmax_entries = "30 KB"\n') as running:
        yield running


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement that any database runs meanwhile."""
    seen: list[str] = []

    def note(_connection, _cursor, statement, *_more) -> None:
        seen.append(statement)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def kept(site: Site) -> list[Path]:
    return [path for path in (site.data / "blobs").rglob("*") if path.is_file()]


async def test_a_package_json_that_no_listing_should_carry_is_refused_by_field_and_limit(site: Site) -> None:
    answer = await NPM.upload(site, "ours", "1.0.0", site.token, manifest={"keywords": ["k" * 100] * 6_000})

    assert answer.status == 413
    assert "'keywords'" in answer.text
    assert "setting publish.max_entry" in answer.text
    assert kept(site) == []


async def test_a_long_readme_is_no_part_of_what_a_listing_carries(site: Site) -> None:
    answer = await NPM.upload(site, "ours", "1.0.0", site.token, manifest={"readme": "r" * 2_000_000, "x": {"y": 1}})

    assert answer.status == 201
    listed = (await NPM.listing(site, "ours", site.token)).json()["versions"]["1.0.0"]
    assert (listed["x"], listed.get("readme")) == ({"y": 1}, None)


async def test_a_long_description_is_no_part_of_a_listing_and_comes_back_byte_for_byte(site: Site) -> None:
    filename, content = packages.wheel("ours", "1.0.0", description="ü" * 200_000)
    answer = await PYPI.upload(site, "ours", "1.0.0", site.token, content=content)
    metadata = await site.get(PYPI.path("ours", "1.0.0") + ".metadata", site.token)

    assert answer.status == 200, answer.text
    stated = (await PYPI.listing(site, "ours", site.token)).json()["files"][0]
    assert stated["filename"] == filename
    assert stated["core-metadata"] == {"sha256": hashlib.sha256(metadata.body).hexdigest()}
    assert metadata.body == packages.metadata("ours", "1.0.0") + ("ü" * 200_000).encode()


async def test_all_releases_of_a_project_together_have_a_limit_and_other_projects_have_their_own(small: Site) -> None:
    answers = [
        await NPM.upload(small, "ours", f"1.0.{number}", small.token, manifest={"keywords": ["k" * 100] * 80})
        for number in range(4)
    ]

    assert [answer.status for answer in answers] == [201, 201, 201, 413]
    assert "setting publish.max_entries" in answers[-1].text
    assert len(kept(small)) == 3
    other = await NPM.upload(small, "other", "1.0.0", small.token, manifest={"keywords": ["k" * 100] * 80})
    assert other.status == 201


async def test_a_download_reads_no_description_of_any_release(site: Site, client: Speaker) -> None:
    for version in ("1.0.0", "1.0.1"):
        await client.upload(site, "ours", version, site.token)

    with statements() as seen:
        answer = await site.get(client.path("ours", "1.0.0"), site.token)

    assert answer.status == 200
    assert seen
    assert not [one for one in seen if "manifest" in one]


async def test_a_listing_that_is_rendered_already_reads_no_description_again(site: Site, speaker: Speaker) -> None:
    await speaker.upload(site, "ours", "1.0.0", site.token)
    first = await speaker.listing(site, "ours", site.token)

    with statements() as seen:
        again = await speaker.listing(site, "ours", site.token)

    assert again.body == first.body
    assert not [one for one in seen if "manifest" in one]


async def test_a_recheck_that_changes_nothing_waits_for_nobody_who_writes(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    writer = sqlite3.connect(site.data / "pratique.db", isolation_level=None)
    writer.execute("BEGIN IMMEDIATE")
    try:
        await recheck_releases(site.ports, Recheck(1, ((client.ecosystem, "ours", "1.0.0"),)))
    finally:
        writer.close()


async def test_a_recheck_judges_again_what_changed_while_it_judged(
    site: Site, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    purl = f"pkg:{client.ecosystem}/ours@1.0.0"
    work = Recheck(1, ((client.ecosystem, "ours", "1.0.0"),))
    await client.upload(site, "ours", "1.0.0", site.token)
    real, done = recheck_module._judge, []
    loop = asyncio.get_running_loop()

    def stepped(*arguments):
        found = real(*arguments)
        if not done:
            done.append(True)
            given_up = remove_entries(site.ports, RemoveEntries(kind=EntryKind.DENY, purl=purl), OPERATOR)
            asyncio.run_coroutine_threadsafe(given_up, loop).result()
        return found

    await add_entry(site.ports, AddEntry(kind=EntryKind.DENY, purl=purl, reason="leaks"), OPERATOR)
    monkeypatch.setattr(recheck_module, "_judge", stepped)

    await recheck_releases(site.ports, work)

    found = await site.ports.db.read(lambda c: c.exec_driver_sql("select clearance from release").scalar_one())
    assert (done, found) == ([True], "live")
