"""A limit for upstreams' files: the least used ones go, and come back as they were when somebody wants them."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.services.ports import Ports
from pratique.services.upkeep import make_room as module
from pratique.services.upkeep.make_room import make_room
from pratique.services.upkeep.unrecorded_blobs import put_away_unrecorded
from pratique.services.upkeep.verify_blobs import TURNS, verify_blobs
from pratique.store import blob_use
from tests.harness.plain_registry import PlainRegistry
from tests.harness.seaweedfs import KEY, SECRET, object_store
from tests.harness.site import Site, running_site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import SPEAKERS, Speaker

ONE_CLIENT = pytest.mark.parametrize("client", [SPEAKERS[0]], ids=["npm"])


@pytest.fixture(params=["file", "s3"])
async def either(request: pytest.FixtureRequest, tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    """A site with its files in a folder, or in a bucket."""
    where = where_after = ""
    if request.param == "s3":
        credentials = tmp_path / "credentials"
        credentials.write_text(f'access_key_id = "{KEY}"\nsecret_access_key = "{SECRET}"\n')
        credentials.chmod(0o600)
        where = f'blobs = "s3://files/{object_store().new_prefix()}"\n'
        where_after = f'\n[object_store]\nendpoint = "{object_store().endpoint}"\ncredentials_file = "{credentials}"\n'
    async with running_site(tmp_path, where + registry.settings + where_after) as running:
        yield running


def sha256_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


async def fetched(site: Site, client: Speaker, name: str) -> bytes:
    answer = await site.get(client.path(name, "1.0.0"))
    assert answer.status == 200, answer.text
    await site.ports.downloads.flush()
    return answer.body


async def brought_in(site: Site, registry: PlainRegistry, client: Speaker) -> bytes:
    """What the upstream has under the name `left` is stored here."""
    client.released(registry, "left", "1.0.0")
    return await fetched(site, client, "left")


async def room(site: Site, limit: int) -> int:
    """As the job does, but without leaving alone what was used within the hour."""
    return await make_room(site.ports, limit, unused_for=0, settling=0)


@ON_SQLITE
async def test_over_the_limit_the_least_used_go_own_ones_never_and_the_next_download_brings_them_back(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    own = (await site.get(client.path("mine", "1.0.0"), site.token)).body
    content = {}
    for hour, name in enumerate(("old", "middle", "young")):
        client.released(registry, name, "1.0.0")
        site.clock.set(f"+{hour}h")
        content[name] = await fetched(site, client, name)
    site.clock.set("+5h")
    await fetched(site, client, "old")  # so that the middle one is the longest unused
    site.clock.set("+9h")
    assert len({sha256_of(one) for one in content.values()}) == 3

    assert await room(site, 10_000_000) == 0
    assert await room(site, len(content["old"]) + len(content["young"])) >= len(content["middle"])

    there = [name for name, one in content.items() if site.ports.blobs.exists(sha256_of(one))]
    assert "middle" not in there
    assert "old" in there
    assert await room(site, 1) > 0
    assert (await site.ports.db.read(blob_use.sizes)).cached == 0
    assert (await site.get(client.path("mine", "1.0.0"), site.token)).body == own
    assert await fetched(site, client, "middle") == content["middle"]
    assert site.ports.blobs.exists(sha256_of(content["middle"]))
    assert (await site.ports.db.read(blob_use.sizes)).cached == len(content["middle"])


@ONE_CLIENT
async def test_whoever_reads_a_blob_that_goes_reads_it_to_its_end(
    either: Site, registry: PlainRegistry, client: Speaker
) -> None:
    content = await brought_in(either, registry, client)
    reading = either.ports.blobs.open(sha256_of(content))

    assert await room(either, 1) == len(content)

    assert not either.ports.blobs.exists(sha256_of(content))
    assert reading.read_at(0, len(content)) == content
    reading.close()
    assert await fetched(either, client, "left") == content
    assert either.ports.blobs.exists(sha256_of(content))


@ONE_CLIENT
async def test_whoever_asks_while_room_is_made_gets_all_of_it(
    either: Site, registry: PlainRegistry, client: Speaker
) -> None:
    content = await brought_in(either, registry, client)

    async def ask() -> None:
        for _ in range(8):
            answer = await either.get(client.path("left", "1.0.0"))
            if "is changing at this moment" not in answer.text:  # as all records of a project are made one by one
                assert (answer.status, answer.body) == (200, content), answer.text

    async def remove() -> None:
        for _ in range(8):
            await room(either, 1)

    await asyncio.gather(ask(), ask(), remove())

    assert await fetched(either, client, "left") == content


@ON_SQLITE
@ONE_CLIENT
async def test_what_was_handed_out_within_the_hour_stays(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    content = await brought_in(site, registry, client)

    assert await make_room(site.ports, 1, settling=0) == 0

    assert site.ports.blobs.exists(sha256_of(content))


@ON_SQLITE
@ONE_CLIENT
async def test_what_is_handed_out_after_it_was_chosen_stays(
    site: Site, registry: PlainRegistry, client: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = await brought_in(site, registry, client)
    site.clock.set("+3h")
    real = module._can_come_back

    async def wanted_meanwhile(ports: Ports, one: blob_use.CachedBlob) -> bool:
        await fetched(site, client, "left")
        return await real(ports, one)

    monkeypatch.setattr(module, "_can_come_back", wanted_meanwhile)

    assert await room(site, 1) == 0
    assert site.ports.blobs.exists(sha256_of(content))


@ON_SQLITE
@ONE_CLIENT
@pytest.mark.parametrize("change", ["no longer listed", "other bytes", "project gone", "no longer an upstream"])
async def test_what_could_not_be_fetched_again_stays(
    site: Site, registry: PlainRegistry, client: Speaker, change: str
) -> None:
    release = client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    content = await fetched(site, client, "left")
    if change == "no longer listed":
        release.listed = False
    elif change == "other bytes":
        release.content = bytes(len(content))
    elif change == "project gone":
        registry.releases.clear()
    else:
        await site.ports.db.write(_without_upstreams)
    await client.listing(site, "left")

    assert await room(site, 1) == 0

    assert site.ports.blobs.exists(sha256_of(content))


def _without_upstreams(connection) -> None:  # type: ignore[no-untyped-def]
    connection.exec_driver_sql("UPDATE upstream SET position = -1")


@ON_SQLITE
@ONE_CLIENT
async def test_what_went_and_has_no_upstream_any_more_is_a_sentence(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    content = await fetched(site, client, "left")
    await room(site, 1)

    registry.away = True
    away = await site.get(client.path("left", "1.0.0"))
    assert away.status in (502, 503)
    assert away.text
    registry.away = False
    release.listed = False
    await client.listing(site, "left")
    gone = await site.get(client.path("left", "1.0.0"))

    assert (gone.status, "not here any more, and nobody offers them" in gone.text) == (404, True)
    assert not site.ports.blobs.exists(sha256_of(content))


@ON_SQLITE
@ONE_CLIENT
async def test_what_comes_back_has_to_be_what_was_first_accepted(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    await fetched(site, client, "left")
    await room(site, 1)
    release.content = b"other" + release.content

    answer = await site.get(client.path("left", "1.0.0"))

    assert answer.status in (403, 409, 502), answer.text
    assert answer.body != release.content


@ON_SQLITE
@ONE_CLIENT
async def test_what_went_is_no_damage_and_no_left_over(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    for name in ("left", "right"):
        client.released(registry, name, "1.0.0")
        await fetched(site, client, name)
    await room(site, 1)

    assert sum([await verify_blobs(site.ports, turn, pause=0) for turn in range(TURNS)]) == 0
    assert await put_away_unrecorded(site.ports) == 0


@ON_SQLITE
@ONE_CLIENT
async def test_a_removal_that_was_broken_off_is_finished_by_the_next_turn(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    content = await brought_in(site, registry, client)
    chosen = await site.ports.db.read(blob_use.least_used, site.ports.clock.now() + 1, 10)
    assert await site.ports.db.write(blob_use.mark_leaving, chosen) == chosen
    assert await fetched(site, client, "left") == content

    await room(site, 10_000_000)

    assert await site.ports.db.read(blob_use.place_of, chosen[0].sha256) is blob_use.Place.GONE
    assert not site.ports.blobs.exists(chosen[0].sha256)
    assert await fetched(site, client, "left") == content


@ON_SQLITE
@ONE_CLIENT
async def test_bytes_that_are_here_although_they_are_called_gone_count_again_after_a_day(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    content = await brought_in(site, registry, client)
    sha256 = sha256_of(content)
    chosen = await site.ports.db.read(blob_use.least_used, site.ports.clock.now() + 1, 10)
    await site.ports.db.write(blob_use.mark_leaving, chosen)
    await site.ports.db.write(blob_use.settle, {sha256: True})
    os.utime(site.data / "blobs" / sha256[:2] / sha256[2:4] / sha256, (0, 0))

    await put_away_unrecorded(site.ports)

    assert (await site.ports.db.read(blob_use.sizes)).cached == len(content)


@ON_SQLITE
@ONE_CLIENT
async def test_what_is_published_as_ones_own_while_it_is_removed_stays(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    """The publisher has kept the bytes again: they are young."""
    content = await brought_in(site, registry, client)
    chosen = await site.ports.db.read(blob_use.least_used, site.ports.clock.now() + 1, 10)
    await site.ports.db.write(blob_use.mark_leaving, chosen)
    draft = site.ports.blobs.draft()
    draft.write(content)
    draft.keep()
    draft.discard()

    await make_room(site.ports, 10_000_000)

    assert site.ports.blobs.exists(sha256_of(content))
    assert await site.ports.db.read(blob_use.place_of, sha256_of(content)) is None
