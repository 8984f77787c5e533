"""A download is one line of the record, whoever writes it down."""

from __future__ import annotations

import asyncio
import sqlite3

from pratique.core.actors import NOBODY, OPERATOR
from pratique.core.artifacts import FileView
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.governing.exposure import exposure
from pratique.services.installing.download_log import DownloadLog
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE


async def test_two_who_write_the_record_at_once_write_each_download_once(site: Site, registry: PlainRegistry) -> None:
    registry.npm("left", "1.0.0")
    assert (await site.get("/main/npm/left/-/left-1.0.0.tgz")).status == 200

    await asyncio.gather(*(site.ports.downloads.flush() for _ in range(3)))

    assert len((await exposure(site.ports, "main", "pkg:npm/left", OPERATOR)).downloads) == 1


@ON_SQLITE
async def test_a_log_that_stops_while_it_writes_writes_each_download_once(site: Site) -> None:
    file = FileView("left-1.0.0.tgz", "1.0.0")
    log = DownloadLog(site.ports.db)
    log.start()
    log.note(1, ProjectKey(EcosystemId("npm"), "left"), file, NOBODY, site.ports.clock.now())
    other = sqlite3.connect(site.data / "pratique.db", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    begun = asyncio.create_task(log.flush())
    while not site.ports.db._write_turn.locked():
        await asyncio.sleep(0)
    begun.cancel()
    stopped = asyncio.create_task(log.stop())
    await asyncio.sleep(0)
    other.execute("COMMIT")
    await stopped

    assert len((await exposure(site.ports, "main", "pkg:npm/left", OPERATOR)).downloads) == 1


async def test_who_has_the_file_or_asks_for_a_part_outside_of_it_fetched_nothing(
    site: Site, registry: PlainRegistry
) -> None:
    registry.npm("left", "1.0.0")
    path, asked = "/main/npm/left/-/left-1.0.0.tgz", []
    etag = (await site.get(path)).headers["ETag"]
    for _ in range(2):  # decided anew, and as it stands
        for headers in ({"If_None_Match": etag}, {"Range": "bytes=9999999-"}, {"Range": "bytes=0-9"}):
            asked.append((await site.get(path, site.token, **headers)).status)

    seen = await exposure(site.ports, "main", "pkg:npm/left", OPERATOR)

    assert asked == [304, 416, 206] * 2
    assert len(seen.downloads) == 1 + asked.count(206)
