"""Bytes that were damaged on the disk are never handed out as whole, and come back where anybody has them."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path
from typing import Any

import pytest

from pratique.services.upkeep.verify_blobs import TURNS, verify_blobs
from pratique.store import events
from pratique.store.blobs_file import FileBlob, FileBlobs
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


def blob_of(site: Site, content: bytes) -> Path:
    sha256 = hashlib.sha256(content).hexdigest()
    return site.data / "blobs" / sha256[:2] / sha256[2:4] / sha256


async def verified(site: Site) -> int:
    return sum([await verify_blobs(site.ports, turn, pause=0) for turn in range(TURNS)])


async def own_file(site: Site, client: Speaker) -> bytes:
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    return (await site.get(client.path("mine", "1.0.0"), site.token)).body


async def test_an_own_file_that_was_cut_short_on_the_disk_is_refused_with_what_to_do(
    site: Site, client: Speaker
) -> None:
    content = await own_file(site, client)
    os.truncate(blob_of(site, content), len(content) // 2)

    answer = await site.get(client.path("mine", "1.0.0"), site.token)

    assert answer.status == 503
    assert "missing or damaged" in answer.text
    assert "backup" in answer.text


async def test_an_upstreams_file_that_was_cut_short_on_the_disk_is_fetched_again(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    path = client.path("left", "1.0.0")
    assert (await site.get(path)).status == 200
    os.truncate(blob_of(site, release.content), 10)

    again = await site.get(path)

    assert (again.status, again.body) == (200, release.content)
    assert blob_of(site, release.content).read_bytes() == release.content


@pytest.mark.parametrize("damage", ["other bytes", "other size", "missing"])
async def test_verification_finds_a_damaged_blob_records_it_and_serves_it_no_more(
    site: Site, client: Speaker, damage: str
) -> None:
    content = await own_file(site, client)
    blob = blob_of(site, content)
    assert await verified(site) == 0
    if damage == "missing":
        blob.unlink()
    else:
        blob.write_bytes(b"X" * (len(content) - (damage == "other size")))

    assert await verified(site) == 1

    (event,) = await site.ports.db.read(events.recent, 10, {"blob_damaged"})
    assert event.subject == f"sha256:{blob.name}"
    assert damage in event.canonical.decode()
    assert (await site.get(client.path("mine", "1.0.0"), site.token)).status == 503


@pytest.mark.parametrize("failures", [1, 100])
async def test_a_disk_that_cannot_be_read_for_a_while_takes_nothing_out_of_service(
    site: Site, client: Speaker, monkeypatch: pytest.MonkeyPatch, failures: int
) -> None:
    content = await own_file(site, client)
    real, left = FileBlob.read_at, [failures]

    def failing(self: FileBlob, offset: int, length: int) -> bytes:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(errno.EIO, "Input/output error")
        return real(self, offset, length)

    monkeypatch.setattr(FileBlob, "read_at", failing)
    damaged = await verified(site)
    monkeypatch.undo()

    assert damaged == 0
    assert (await site.get(client.path("mine", "1.0.0"), site.token)).body == content
    told = await site.ports.db.read(events.recent, 10, {"blob_damaged", "blob_unreadable"})
    assert [event.kind for event in told] == ["blob_unreadable"] * (failures == 100)


async def test_bytes_that_are_kept_again_while_damage_is_found_stay_in_service(
    site: Site, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await own_file(site, client)
    blob = blob_of(site, content)
    blob.write_bytes(b"X" * len(content))
    real = FileBlobs.set_aside

    def kept_first(self: FileBlobs, sha256: str, *given: Any) -> Any:
        draft = self.draft()
        draft.write(content)
        draft.keep()
        draft.discard()
        return real(self, sha256, *given)

    monkeypatch.setattr(FileBlobs, "set_aside", kept_first)

    assert await verified(site) == 0

    assert blob.read_bytes() == content
    assert await site.ports.db.read(events.recent, 10, {"blob_damaged"}) == ()
    assert (await site.get(client.path("mine", "1.0.0"), site.token)).body == content


async def test_publishing_the_same_bytes_again_mends_a_damaged_blob(site: Site, client: Speaker) -> None:
    content = await own_file(site, client)
    blob_of(site, content).write_bytes(b"X" * len(content))

    await client.upload(site, "mine", "1.0.0", site.token)

    assert (await site.get(client.path("mine", "1.0.0"), site.token)).body == content


async def test_what_verification_set_aside_is_fetched_again(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    path = client.path("left", "1.0.0")
    await site.get(path)
    blob_of(site, release.content).write_bytes(b"X" * len(release.content))

    assert await verified(site) == 1

    assert (await site.get(path)).body == release.content
    assert await verified(site) == 0
