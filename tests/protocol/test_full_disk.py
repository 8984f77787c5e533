"""On a full disk nothing is done that cannot be written down; listings go on, and all else once there is room."""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Concatenate, TypeVar

import pytest
import sqlalchemy as sa

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.errors import DiskFull
from pratique.core.ports import BlobDraft
from pratique.services.governing.exposure import exposure
from pratique.services.governing.revoke import revoke
from pratique.services.installing.download_log import DownloadLog
from pratique.store import blob_use, events, processes
from pratique.store.blobs_file import FileBlobs
from pratique.store.database import Database
from pratique.store.reserve import WHOLE
from tests.harness.full_disk import FullDatabase
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import Speaker

pytestmark = ON_SQLITE  # whose errors are those of a full disk of this machine

T = TypeVar("T")


class FullBlobs(FileBlobs):
    """The real store on a disk that takes no byte more."""

    def draft(self) -> BlobDraft:
        real = super().draft()

        def refuse(_chunk: bytes) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        real.write = refuse  # type: ignore[method-assign]
        return real


class NearlyFull(FullDatabase):
    """The real database on a disk on which a quarter of the reserve is all that can be had."""

    reserve = Path()

    def write_now(
        self, fn: Callable[Concatenate[sa.Connection, ...], T], *args: Any, durable: bool = True, **kwargs: Any
    ) -> T:
        has_room = self.reserve.stat().st_size <= WHOLE // 4
        base = Database if has_room else FullDatabase
        return base.write_now(self, fn, *args, durable=durable, **kwargs)


class LateLog(DownloadLog):
    """The real record, which has no room any more when it is asked for the second time."""

    asked = 0

    async def room(self) -> None:
        self.asked += 1
        if self.asked > 1:
            raise DiskFull("downloads cannot be recorded")


def fill(site: Site) -> None:
    site.ports.db.__class__ = FullDatabase


def make_room(site: Site) -> None:
    site.ports.db.__class__ = Database
    site.ports.blobs.__class__ = FileBlobs


async def stuck(site: Site) -> None:
    """Let a download wait for its record for longer than may be lost, without waiting in the test."""
    with pytest.raises(DiskFull):
        await site.ports.downloads.flush()
    site.ports.downloads._waiting = type(site.ports.downloads._waiting)(
        (noted - 10.0, row) for noted, row in site.ports.downloads._waiting
    )


@pytest.fixture
async def kept(site: Site, registry: PlainRegistry, client: Speaker) -> AsyncIterator[str]:
    """Path of a file that is stored here."""
    client.released(registry, "left", "1.0.0")
    path = client.path("left", "1.0.0")
    assert (await site.get(path)).status == 200
    await site.ports.downloads.flush()
    yield path
    make_room(site)


async def test_stored_files_are_handed_out_for_a_moment_then_refused_and_every_one_is_recorded_once_there_is_room(
    site: Site, client: Speaker, kept: str
) -> None:
    fill(site)
    assert (await site.get(kept)).status == 200
    await stuck(site)

    refused = await site.get(kept)

    assert refused.status == 503
    assert "downloads cannot be recorded, so nothing is handed out until they can" in refused.text
    assert "disk of the data folder is full" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert (await client.listing(site, "left")).status == 200
    ready = await site.get("/readyz")
    assert ready.status == 503
    assert "downloads cannot be recorded: the disk" in ready.json()["error"]
    assert "the database cannot be written: the disk" in ready.json()["error"]

    make_room(site)
    await site.ports.downloads.flush()
    assert (await site.get(kept)).status == 200
    assert (await site.get("/readyz")).status == 200
    purl = f"pkg:{client.ecosystem}/left"
    assert len((await exposure(site.ports, "main", purl, OPERATOR)).downloads) == 3


async def test_a_first_download_whose_record_cannot_be_promised_asks_no_upstream(
    site: Site, registry: PlainRegistry, client: Speaker, kept: str
) -> None:
    release = client.released(registry, "right", "1.0.0")
    fill(site)
    assert (await site.get(kept)).status == 200
    await stuck(site)

    assert (await site.get(client.path("right", "1.0.0"))).status == 503
    assert registry.downloads(release.filename) == 0


async def test_a_file_whose_record_cannot_be_promised_any_more_once_it_is_here_is_let_go(
    site: Site, client: Speaker, kept: str
) -> None:
    site.ports.downloads.__class__ = LateLog
    refused = await site.get(kept)
    site.ports.downloads.__class__ = DownloadLog

    assert refused.status == 503
    blobs = str(site.data / "blobs")
    assert not [one for one in map(os.path.realpath, Path("/proc/self/fd").iterdir()) if str(one).startswith(blobs)]
    assert (await site.get(kept)).status == 200


async def test_a_first_download_that_cannot_be_stored_is_passed_on_and_recorded_and_stored_once_there_is_room(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    """The disk of the files is full, the database's is not."""
    release = client.released(registry, "right", "1.0.0")
    path, sha256 = client.path("right", "1.0.0"), hashlib.sha256(release.content).hexdigest()
    site.ports.blobs.__class__ = FullBlobs

    for times in (1, 2):
        assert (await site.get(path)).body == release.content
        assert registry.downloads(release.filename) == times
    part = await site.get(path, Range="bytes=1-5")
    assert (part.status, "disk is full, so the file cannot be stored" in part.text) == (503, True)
    ready = await site.get("/readyz")
    assert (ready.status, ready.json()["files"]) == (200, "cannot be stored: their disk is full")
    assert (await client.upload(site, "ours", "1.0.0", site.token)).status == 503
    assert not list((site.data / "tmp").iterdir())
    assert await site.ports.db.read(blob_use.place_of, sha256) is blob_use.Place.GONE
    assert len((await exposure(site.ports, "main", f"pkg:{client.ecosystem}/right", OPERATOR)).downloads) == 2

    make_room(site)
    assert (await site.get(path)).body == release.content
    assert site.ports.blobs.exists(sha256)
    assert await site.ports.db.read(blob_use.place_of, sha256) is None


async def test_what_is_passed_on_unstored_has_to_be_what_was_first_accepted(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "right", "1.0.0")
    site.ports.blobs.__class__ = FullBlobs
    assert (await site.get(client.path("right", "1.0.0"))).status == 200
    release.content = b"other" + release.content

    answer = await site.get(client.path("right", "1.0.0"))

    assert answer.status in (403, 409, 502)
    make_room(site)
    assert (await site.get(client.path("right", "1.0.0"))).status in (403, 409, 502)


async def test_a_listing_whose_change_cannot_be_kept_stays_as_it_was(
    site: Site, registry: PlainRegistry, client: Speaker, kept: str
) -> None:
    before = client.offered(await client.listing(site, "left"))
    client.released(registry, "left", "1.0.1")
    fill(site)

    during = await client.listing(site, "left")

    assert (during.status, client.offered(during)) == (200, before)
    make_room(site)
    assert (await client.listing(site, "left")).status == 200  # seen for the first time, which its age counts from
    site.clock.set("+60h")
    assert sorted(client.offered(await client.listing(site, "left"))) == ["1.0.0", "1.0.1"]


async def test_what_policy_refuses_is_refused_in_its_words_although_that_cannot_be_stored(
    site: Site, registry: PlainRegistry, client: Speaker, kept: str
) -> None:
    client.released(registry, "left", "1.0.1", days=0)
    assert (await client.listing(site, "left")).status == 200
    fill(site)

    answer = await site.get(client.path("left", "1.0.1"))

    assert answer.status == 403
    assert "cooldown" in answer.text


async def test_an_upload_that_cannot_be_recorded_is_told_so_and_nothing_of_it_can_be_had(
    site: Site, client: Speaker
) -> None:
    fill(site)

    answer = await client.upload(site, "ours", "1.0.0", site.token)

    assert answer.status == 503
    assert "disk of the data folder is full; nothing was changed" in answer.text
    assert not list((site.data / "tmp").iterdir())
    make_room(site)
    assert (await client.listing(site, "ours", site.token)).status == 404
    assert (await client.upload(site, "ours", "1.0.0", site.token)).status in (200, 201)
    assert (await site.get(client.path("ours", "1.0.0"), site.token)).status == 200


async def test_a_revocation_that_cannot_be_recorded_is_an_error_and_done_nowhere(
    site: Site, client: Speaker, kept: str
) -> None:
    purl = f"pkg:{client.ecosystem}/left@1.0.0"
    before = await site.ports.db.read(events.recent, 100)
    fill(site)

    with pytest.raises(DiskFull, match="nothing was changed"):
        await revoke(site.ports, "main", purl, None, "malware", OPERATOR)

    make_room(site)
    assert await site.ports.db.read(events.recent, 100) == before
    assert (await site.get(kept)).status == 200


async def test_a_revocation_takes_as_much_of_the_reserve_as_it_needs_and_nothing_else_does(
    site: Site, client: Speaker, kept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    reserve = site.data / "reserve"
    reserve.write_bytes(bytes(WHOLE))
    monkeypatch.setattr(NearlyFull, "reserve", reserve)
    site.ports.db.__class__ = NearlyFull

    assert (await client.upload(site, "ours", "1.0.0", site.token)).status == 503
    assert reserve.stat().st_size == WHOLE
    await revoke(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", None, "malware", OPERATOR)

    assert reserve.stat().st_size == WHOLE // 4
    refused = await site.get(kept)
    assert (refused.status, "malware" in refused.text) == (403, True)


async def test_the_probe_leaves_nothing_and_finds_a_full_disk_although_no_download_waits(site: Site) -> None:
    assert (await site.get("/readyz")).status == 200
    assert await site.ports.db.read(processes.living, Instant(0)) == ()
    fill(site)
    answer = await site.get("/readyz")
    make_room(site)
    assert (answer.status, answer.json()["error"].partition(":")[0]) == (503, "the database cannot be written")
