"""Listing and download through the server, in every form."""

from __future__ import annotations

from pathlib import Path

from pratique.core.actors import OPERATOR
from pratique.services.governing.revoke import revoke, unrevoke
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


async def test_an_old_release_is_listed_and_its_bytes_are_the_upstreams(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    release = speaker.released(registry, "left", "1.0.0")

    listing = await speaker.listing(site, "left")
    file = await site.get(speaker.path("left", "1.0.0"))

    assert speaker.offered(listing) == ["1.0.0"]
    assert (file.status, file.body) == (200, release.content)


async def test_no_address_of_the_upstream_leaks_into_a_listing(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    said = (await speaker.listing(site, "left")).text
    if speaker.ecosystem == "cargo":  # whose addresses stand apart
        said += (await site.get("/main/cargo/index/config.json")).text
    assert registry.url not in said
    assert site.url in said


async def test_a_release_younger_than_two_days_is_held_in_listing_and_download(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    young = speaker.released(registry, "left", "1.0.1", days=1 / 24)

    listing = await speaker.listing(site, "left")
    file = await site.get(speaker.path("left", "1.0.1"))

    assert speaker.offered(listing) == ["1.0.0"]
    assert "Blocked by policy cooldown: left@1.0.1 is 1 hour old" in speaker.told(listing)
    assert file.status == 403
    assert file.reason.startswith("Blocked by policy cooldown: left@1.0.1 is 1 hour old; 48 hours are needed")
    assert "allowed: 1.0.0; do not retry or substitute; see " in file.reason
    assert registry.downloads(young.filename) == 0


async def test_a_held_release_is_offered_once_it_is_old_enough(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0", days=1)
    assert speaker.offered(await speaker.listing(site, "left")) == []

    site.clock.set("+25h")

    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0"]
    assert (await site.get(speaker.path("left", "1.0.0"))).status == 200


async def test_an_unchanged_listing_is_answered_with_304(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    speaker.released(registry, "left", "1.0.0")
    first = await speaker.listing(site, "left")
    again = await speaker.listing(site, "left", If_None_Match=first.headers["ETag"])
    assert (again.status, again.body) == (304, b"")


async def test_a_revocation_changes_the_listing_and_refuses_the_bytes_and_unrevoke_undoes_it(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    speaker.released(registry, "left", "1.0.1")
    before = await speaker.listing(site, "left")
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 200
    purl = f"pkg:{speaker.ecosystem}/left@1.0.1"

    revoked = await revoke(site.ports, "main", purl, None, "stolen account", OPERATOR)

    after = await speaker.listing(site, "left", If_None_Match=before.headers["ETag"])
    file = await site.get(speaker.path("left", "1.0.1"))
    assert after.status == 200
    assert speaker.offered(after) == ["1.0.0"]
    assert file.status == 403
    assert "stolen account" in file.reason
    assert [one.filename for one in revoked.exposure.downloads] == [speaker.path("left", "1.0.1").rsplit("/", 1)[-1]]

    await unrevoke(site.ports, "main", purl, None, OPERATOR)

    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 200


async def test_bytes_that_are_not_what_the_index_promises_are_refused_and_leave_the_listing(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    lie = speaker.released(registry, "left", "1.0.1")
    await speaker.listing(site, "left")
    lie_listed_as, lie.content = lie.content, lie.content + b"x"
    registry.listed_content[lie.filename] = lie_listed_as

    file = await site.get(speaker.path("left", "1.0.1"))
    listing = await speaker.listing(site, "left")

    assert file.status == 403
    assert "Blocked by policy digest_mismatch" in file.reason
    assert speaker.offered(listing) == ["1.0.0"]


async def test_an_upstream_that_swaps_bytes_under_a_name_is_refused_while_ours_stay(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    first = await site.get(client.path("left", "1.0.0"))
    release.content = first.body + b"swapped"

    file = await site.get(client.path("left", "1.0.0"))

    assert first.status == 200
    assert file.status == 403
    assert "digest_mismatch" in file.reason


async def test_a_file_that_the_upstream_removed_is_served_to_pins_and_offered_to_nobody(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    gone = speaker.released(registry, "left", "1.0.1")
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 200
    gone.listed = False

    listing = await speaker.listing(site, "left")
    file = await site.get(speaker.path("left", "1.0.1"))

    assert speaker.offered(listing) == ["1.0.0"]
    assert (file.status, file.body) == (200, gone.content)


async def test_a_range_of_a_file_and_a_range_outside_of_it(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    part = await site.get(client.path("left", "1.0.0"), Range="bytes=10-19")
    outside = await site.get(client.path("left", "1.0.0"), Range="bytes=99999999-")
    assert (part.status, part.body) == (206, release.content[10:20])
    assert outside.status == 416


async def test_head_tells_the_size_and_fetches_nothing(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    release = client.released(registry, "left", "1.0.0")
    head = await site.ask("HEAD", client.path("left", "1.0.0"))
    assert head.status == 200
    assert registry.downloads(release.filename) == 0


async def test_a_name_nobody_has_is_404_with_a_sentence(site: Site, speaker: Speaker) -> None:
    answer = await speaker.listing(site, "no-such-thing")
    assert answer.status == 404
    assert "no-such-thing is not in the repository main" in answer.text


async def test_a_release_younger_than_the_stored_document_is_found_by_whoever_names_its_file(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with running_site(tmp_path / "patient", registry.settings, patience="") as site:
        await client.listing(site, "left")
        client.released(registry, "left", "1.0.1", days=0)
        site.clock.set("+20s")

        file = await site.get(client.path("left", "1.0.1"))

        assert file.status == 403, "it is there and held, which a 404 would hide"
        assert "cooldown: left@1.0.1" in file.reason


async def test_a_release_that_claims_to_be_old_but_was_not_there_before_is_as_old_as_our_first_sight(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0", days=100)
    await speaker.listing(site, "left")
    speaker.released(registry, "left", "1.0.1", days=90)

    listing = await speaker.listing(site, "left")

    assert speaker.offered(listing) == ["1.0.0"]
    site.clock.set("+49h")
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_a_release_that_came_while_the_project_seemed_gone_is_as_old_as_our_first_sight(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0", days=100)
    await speaker.listing(site, "left")
    away = registry.releases.pop((speaker.ecosystem, "left"))
    assert (await speaker.listing(site, "left")).status == 404
    registry.releases[speaker.ecosystem, "left"] = away
    speaker.released(registry, "left", "1.0.1", days=100)

    listing = await speaker.listing(site, "left")

    assert speaker.offered(listing) == ["1.0.0"]
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 403


async def test_while_the_upstream_is_away_what_is_stored_is_served_and_the_rest_is_no_404(
    tmp_path: Path, client: Speaker
) -> None:
    with PlainRegistry() as registry:
        settings = registry.settings
        stored = client.released(registry, "left", "1.0.0")
        async with running_site(tmp_path / "patient", settings, patience="") as site:
            assert (await site.get(client.path("left", "1.0.0"))).status == 200
            registry.__exit__(None, None, None)
            site.clock.set("+1h")
            await site.ports.upstream.close()

            listing = await client.listing(site, "left")
            held = await site.get(client.path("left", "1.0.0"))
            unknown = await site.get(client.path("left", "1.0.1"))

            assert client.offered(listing) == ["1.0.0"]
            assert (held.status, held.body) == (200, stored.content)
            assert unknown.status == 502
            assert "the upstream cannot be asked now" in unknown.text
            registry._thread.join()
