"""`/readyz` says ready only of a server that can decide and record."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from pratique.services.upkeep import threads_in_time
from pratique.store import processes
from pratique.store.clocks import SystemClock
from pratique.store.processes import Process
from tests.harness.site import Site, running_site


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path, "") as running:
        yield running


def change(site: Site, statement: str) -> None:
    with closing(sqlite3.connect(site.data / "pratique.db", isolation_level=None)) as database:
        database.execute(statement)


async def test_a_server_without_job_process_is_ready_and_says_what_is_missing(site: Site) -> None:
    answer = await site.get("/readyz")
    assert (answer.status, answer.json()) == (200, {"status": "ready", "jobs": "missing"})

    now = SystemClock().now()
    await site.ports.db.write(processes.register, Process("j", "jobs", "host", 1, now, now))
    assert (await site.get("/readyz")).json()["jobs"] == "alive"


@pytest.mark.parametrize("table", ["revocation", "waiver", "file", "revision", "download"])
async def test_a_server_whose_decisions_would_fail_is_not_ready(site: Site, table: str) -> None:
    change(site, f'ALTER TABLE "{table}" RENAME TO lost')
    answer = await site.get("/readyz")
    assert answer.status == 503
    assert answer.json()["status"] == "not ready"


async def test_a_policy_that_cannot_be_read_is_not_ready(site: Site) -> None:
    change(
        site,
        "INSERT INTO rule_setting (repository_id, rule, mode, options, version) "
        "VALUES (1, 'cooldown', 'garbage', '{}', 1) ON CONFLICT DO UPDATE SET mode = 'garbage'",
    )
    assert (await site.get("/readyz")).status == 503


async def test_a_server_that_records_no_downloads_is_not_ready(site: Site) -> None:
    await site.ports.downloads.stop()
    answer = await site.get("/readyz")
    assert answer.status == 503
    assert "recorded" in answer.json()["error"]


async def test_many_who_ask_at_once_are_all_answered(site: Site) -> None:
    answers = await asyncio.gather(*(site.get("/readyz") for _ in range(20)))
    assert {one.status for one in answers} == {200}


async def test_a_server_whose_threads_are_all_taken_is_not_ready(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads_in_time, "PATIENCE", 0.05)
    end = threading.Event()
    taken = [asyncio.create_task(asyncio.to_thread(end.wait)) for _ in range(64)]  # more than there are threads
    try:
        answer = await site.get("/readyz")
    finally:
        end.set()
        await asyncio.gather(*taken)

    assert answer.status == 503
    assert answer.json()["error"] == "all threads that answer are taken; listings and files wait"
    monkeypatch.undo()
    assert (await site.get("/readyz")).status == 200


async def test_work_that_waits_for_threads_of_its_own_is_named_and_installs_go_on(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(threads_in_time, "PATIENCE", 0.5)
    end = threading.Event()
    rooms = (site.ports.uploads, site.ports.questions)
    taken = [asyncio.create_task(room.run(end.wait)) for room in rooms for _ in range(8)]
    try:
        answer = await site.get("/readyz")
    finally:
        end.set()
        await asyncio.gather(*taken)

    assert (answer.status, answer.json()["busy"][:2]) == (200, ["uploads", "audits"])
