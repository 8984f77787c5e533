"""Names that people and tools take for one: only cargo has such twins, in `-` and `_` and in case."""

from __future__ import annotations

import asyncio

import pytest

from pratique.core.actors import OPERATOR
from pratique.services.names.reservations import Reserve, Unreserve, reserve, unreserve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.cargo_speaker import CargoSpeaker

CARGO = CargoSpeaker()
TWINS = [("our-own", "our_own"), ("our_own", "our-own"), ("our-own_thing", "our_own-thing")]


@pytest.mark.parametrize(("ours", "twin"), TWINS)
async def test_a_twin_of_an_own_crate_is_nobodys_and_no_upstream_hears_of_it(
    site: Site, registry: PlainRegistry, ours: str, twin: str
) -> None:
    await CARGO.upload(site, ours, "1.0.0", site.token)
    registry.asked.clear()
    CARGO.released(registry, twin, "9.9.9")  # somebody took it since

    answers = [await CARGO.listing(site, twin, token) for token in (None, site.token)]

    assert [answer.status for answer in answers] == [404, 404]
    assert (await site.get(CARGO.path(twin, "9.9.9"), site.token)).status == 404
    assert not [path for path in registry.asked if "our" in path.lower()]


@pytest.mark.parametrize(("ours", "twin"), TWINS)
async def test_a_twin_of_an_own_crate_cannot_be_published(
    site: Site, registry: PlainRegistry, ours: str, twin: str
) -> None:
    first = await CARGO.upload(site, ours, "1.0.0", site.token)
    assert first.status == 200, first
    asked = list(registry.asked)

    answer = await CARGO.upload(site, twin, "1.0.0", site.token)

    assert answer.status == 409
    assert f"a project is here already that is one with {twin} to cargo" in answer.text
    assert registry.asked == asked, "no upstream hears of a twin of ours"
    assert (await CARGO.listing(site, twin, site.token)).status == 404


async def test_of_twins_that_are_published_at_once_one_becomes_ours(site: Site) -> None:
    answers = await asyncio.gather(
        *(CARGO.upload(site, name, "1.0.0", site.token) for name in ("our-own", "our_own") for _ in range(3))
    )

    statuses = {name: [one.status for one in answers[at : at + 3]] for at, name in ((0, "our-own"), (3, "our_own"))}
    assert {answer.status for answer in answers} == {200, 409}
    assert [name for name, got in statuses.items() if 200 in got] in (["our-own"], ["our_own"])


async def test_a_twin_of_a_public_crate_is_not_taken(site: Site, registry: PlainRegistry) -> None:
    CARGO.released(registry, "quite-known", "1.0.0")

    answer = await CARGO.upload(site, "quite_known", "1.0.0", site.token)

    assert answer.status == 403
    assert "shadows_public" in answer.reason


async def test_a_reservation_holds_twins_too(site: Site, registry: PlainRegistry) -> None:
    await reserve(site.ports, Reserve(ecosystem="cargo", pattern="acme-*", reason="ours"), OPERATOR)
    CARGO.released(registry, "acme_core", "1.0.0")

    answer = await CARGO.listing(site, "acme_core", site.token)

    assert answer.status == 403
    assert "Blocked by policy reserved_name: acme_core" in answer.reason
    assert not [path for path in registry.asked if "our" in path.lower()]


async def test_a_crate_is_written_as_its_first_release_wrote_it(site: Site) -> None:
    await CARGO.upload(site, "OurThing", "1.0.0", site.token)

    again = await CARGO.upload(site, "ourthing", "1.0.1", site.token)
    listing = await CARGO.listing(site, "ourthing", site.token)

    assert again.status == 400
    assert '"ourthing" is written "OurThing" here' in again.json()["errors"][0]["detail"]
    assert '"name":"OurThing"' in listing.text
    assert CARGO.offered(listing) == ["1.0.0"]


async def test_a_crate_taken_over_from_an_upstream_guards_its_twins_and_is_written_as_we_write_it(
    site: Site, registry: PlainRegistry
) -> None:
    CARGO.released(registry, "Our-Ed", "1.0.0")
    await CARGO.listing(site, "our-ed", site.token)
    await reserve(site.ports, Reserve(ecosystem="cargo", pattern="our-ed", reason="ours"), OPERATOR)
    assert (await CARGO.upload(site, "Our-Ed", "2.0.0", site.token)).status == 200
    await unreserve(site.ports, Unreserve(ecosystem="cargo", pattern="our-ed"), OPERATOR)
    registry.asked.clear()

    twin = await CARGO.listing(site, "our_ed", site.token)
    again = await CARGO.upload(site, "Our-Ed", "2.0.1", site.token)

    assert twin.status == 404
    assert not [path for path in registry.asked if "our" in path.lower()]
    assert again.status == 200, again.text


async def test_the_twin_of_a_crate_that_was_served_is_not_taken_even_when_the_upstream_has_it_no_more(
    site: Site, registry: PlainRegistry
) -> None:
    CARGO.released(registry, "gone-later", "1.0.0")
    assert (await site.get(CARGO.path("gone-later", "1.0.0"), site.token)).status == 200
    registry.releases.clear()

    answer = await CARGO.upload(site, "gone_later", "1.0.0", site.token)

    assert answer.status == 403
    assert "shadows_public" in answer.reason
    assert (await site.get(CARGO.path("gone-later", "1.0.0"), site.token)).status == 200


async def test_a_name_with_too_many_twins_to_ask_for_is_reserved_first(site: Site) -> None:
    name = "a-b-c-d-e-f-g-h"

    refused = await CARGO.upload(site, name, "1.0.0", site.token)
    await reserve(site.ports, Reserve(ecosystem="cargo", pattern=name, reason="ours"), OPERATOR)
    taken = await CARGO.upload(site, name, "1.0.0", site.token)

    assert (refused.status, taken.status) == (403, 200)
    assert f"{name}@1.0.0 must be reserved first: it can be writ" in refused.reason


async def test_an_answer_from_before_is_no_proof_that_a_name_is_free(site: Site, registry: PlainRegistry) -> None:
    assert (await CARGO.listing(site, "ghost-ly", site.token)).status == 404
    registry.away = True

    answer = await CARGO.upload(site, "ghost-ly", "1.0.0", site.token)

    assert answer.status == 403
    assert "shadows_public" in answer.reason


@pytest.mark.parametrize(
    ("private", "free"), [("zork-one_two", "zork-one_six"), ("a-b-c-d-e-f-g-h", "a-b-c-d-e-f-g-i")]
)
async def test_of_a_private_crates_name_upstreams_are_asked_as_often_as_of_one_that_nobody_has(
    site: Site, registry: PlainRegistry, private: str, free: str
) -> None:
    await reserve(site.ports, Reserve("cargo", private), OPERATOR)
    assert (await CARGO.upload(site, private, "1.0.0", site.admin)).status == 200
    await unreserve(site.ports, Unreserve("cargo", private), OPERATOR)
    asked, told = [], []

    for name in (private, free):
        registry.asked.clear()
        answer = await site.get(f"/api/v1/names/check?ecosystem=cargo&name={name}", site.token)
        asked.append(len(registry.asked))
        told.append(answer.text.replace(name, "NAME"))

    assert asked[0] == asked[1] > 0
    assert told[0] == told[1]
