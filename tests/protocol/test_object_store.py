"""Files in an object store, as clients of every ecosystem see it: fine, and when the store fails."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import obstore
import pytest

from pratique.core.actors import OPERATOR
from pratique.services.governing.revoke import revoke
from pratique.services.upkeep.verify_blobs import TURNS, verify_blobs
from pratique.store import events
from tests.harness.faulty_proxy import FaultyProxy, half_a_body, internal_error, other_bytes
from tests.harness.plain_registry import PlainRegistry
from tests.harness.seaweedfs import KEY, SECRET, object_store
from tests.harness.site import Site, running_site
from tests.protocol.speakers import SPEAKERS, Speaker


@pytest.fixture
def proxy() -> Iterator[FaultyProxy]:
    with FaultyProxy(object_store().endpoint) as running:
        yield running


@pytest.fixture
def prefix() -> str:
    return object_store().new_prefix()


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry, proxy: FaultyProxy, prefix: str) -> AsyncIterator[Site]:
    credentials = tmp_path / "credentials"
    credentials.write_text(f'access_key_id = "{KEY}"\nsecret_access_key = "{SECRET}"\n')
    credentials.chmod(0o600)
    patience = '\n[object_store]\nretry_for = "1 s"\n'
    where = f'blobs = "s3://files/{prefix}"\n'
    endpoint = f'endpoint = "{proxy.url}"\ncredentials_file = "{credentials}"\n'
    async with running_site(tmp_path, where + registry.settings + patience + endpoint) as running:
        yield running


@pytest.fixture
def one_client() -> Speaker:
    """What does not depend on the ecosystem is tried with one."""
    return SPEAKERS[0]


def forget_copies(site: Site) -> None:
    """As if the node were new."""
    shutil.rmtree(site.data / "copies" / "blobs")
    (site.data / "copies" / "blobs").mkdir()


def key_of(content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    return f"blobs/{sha256[:2]}/{sha256}"


async def own_file(site: Site, client: Speaker) -> bytes:
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    return (await site.get(client.path("mine", "1.0.0"), site.token)).body


async def test_own_and_upstream_files_are_in_the_bucket_and_come_from_it(
    site: Site, registry: PlainRegistry, client: Speaker, prefix: str
) -> None:
    release = client.released(registry, "left", "1.0.0")
    path = client.path("left", "1.0.0")
    assert (await site.get(path)).body == release.content
    own = await own_file(site, client)
    bucket = object_store().bucket(prefix)
    for content in (own, release.content):
        assert bytes(obstore.get(bucket, key_of(content)).bytes()) == content

    registry.away = True
    forget_copies(site)

    assert (await site.get(path)).body == release.content
    assert (await site.get(client.path("mine", "1.0.0"), site.token)).body == own
    part = await site.get(path, Range="bytes=-5")
    assert (part.status, part.body) == (206, release.content[-5:])


async def test_while_the_store_is_away_copies_and_first_downloads_go_on_and_all_else_is_503_with_a_sentence(
    site: Site, registry: PlainRegistry, client: Speaker, proxy: FaultyProxy
) -> None:
    release = client.released(registry, "left", "1.0.0")
    other = client.released(registry, "other", "1.0.0")
    path = client.path("left", "1.0.0")
    assert (await site.get(path)).status == 200

    proxy.break_it(internal_error)
    assert (await site.get(path)).body == release.content
    assert (await site.get(client.path("other", "1.0.0"))).body == other.content
    answer = await client.upload(site, "mine", "1.0.0", site.token)
    assert (answer.status, "the object store of files failed (500)" in answer.text) == (503, True)
    forget_copies(site)
    answer = await site.get(path)
    assert (answer.status, "the object store of files" in answer.text) == (503, True)
    assert answer.headers["Retry-After"]

    proxy.mend()
    assert (await site.get(path)).body == release.content
    assert (await site.get(client.path("other", "1.0.0"))).body == other.content
    assert registry.downloads(other.filename) == 2
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)


@pytest.mark.parametrize("fault", [half_a_body, other_bytes])
async def test_cut_or_other_bytes_of_the_store_reach_nobody_whole(
    site: Site, registry: PlainRegistry, one_client: Speaker, proxy: FaultyProxy, fault: object
) -> None:
    release = one_client.released(registry, "left", "1.0.0")
    path = one_client.path("left", "1.0.0")
    assert (await site.get(path)).status == 200
    forget_copies(site)
    proxy.break_it(fault, only="GET ")  # type: ignore[arg-type]

    try:
        answer = await site.get(path)
        assert (answer.status, "file" in answer.text) == (503, True)
    except aiohttp.ClientError:
        pass  # cut
    proxy.mend()
    while (answer := await site.get(path)).status == 503:  # the store is left alone for a moment after silence
        await asyncio.sleep(0.2)
    assert answer.body == release.content


async def test_what_is_damaged_in_the_bucket_is_found_set_aside_and_fetched_again(
    site: Site, registry: PlainRegistry, one_client: Speaker, prefix: str
) -> None:
    release = one_client.released(registry, "left", "1.0.0")
    path, bucket = one_client.path("left", "1.0.0"), object_store().bucket(prefix)
    assert (await site.get(path)).status == 200
    obstore.put(bucket, key_of(release.content), bytes(len(release.content)))

    assert sum([await verify_blobs(site.ports, turn, pause=0) for turn in range(TURNS)]) == 1

    (event,) = await site.ports.db.read(events.recent, 10, {"blob_damaged"})
    assert "other bytes" in event.canonical.decode()
    forget_copies(site)
    assert (await site.get(path)).body == release.content
    assert bytes(obstore.get(bucket, key_of(release.content)).bytes()) == release.content


async def test_a_revoked_file_is_refused_though_a_copy_of_it_is_here(site: Site, one_client: Speaker) -> None:
    await own_file(site, one_client)

    await revoke(site.ports, "main", f"pkg:{one_client.ecosystem}/mine@1.0.0", None, "steals tokens", OPERATOR)

    assert (await site.get(one_client.path("mine", "1.0.0"), site.token)).status == 403


@pytest.mark.parametrize("damage", ["missing", "cut short"])
async def test_an_object_that_is_missing_or_cut_is_fetched_again_and_an_own_one_is_a_sentence(
    site: Site, registry: PlainRegistry, one_client: Speaker, prefix: str, damage: str
) -> None:
    release, bucket = one_client.released(registry, "left", "1.0.0"), object_store().bucket(prefix)
    path = one_client.path("left", "1.0.0")
    assert (await site.get(path)).status == 200
    own = await own_file(site, one_client)
    forget_copies(site)
    for content in (own, release.content):
        if damage == "missing":
            obstore.delete(bucket, key_of(content))
        else:
            obstore.put(bucket, key_of(content), content[:50])

    answer = await site.get(one_client.path("mine", "1.0.0"), site.token)
    assert (answer.status, "restore them from a backup" in answer.text) == (503, True)
    assert (await site.get(path)).body == release.content
    assert bytes(obstore.get(bucket, key_of(release.content)).bytes()) == release.content
