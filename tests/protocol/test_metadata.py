"""Separate metadata of upstream wheels: what a resolver reads there is pinned by the index, or it reads the wheel."""

from __future__ import annotations

import pytest

from tests.harness.plain_registry import METADATA, PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS, Speaker

PYPI = [one for one in SPEAKERS if one.ecosystem == "pypi"]
forms = pytest.mark.parametrize("speaker", PYPI, ids=lambda one: one.form)
PATH = PYPI[0].path("left", "1.0.0") + ".metadata"


@pytest.fixture(autouse=True)
def left(registry: PlainRegistry) -> None:
    registry.wheel("left", "1.0.0")
    registry.core_metadata = True


@forms
async def test_pinned_metadata_is_promised_and_served_and_fetched_once(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    listing = await speaker.listing(site, "left")
    bodies = [(await site.get(PATH)).body for _ in range(2)]

    assert "core-metadata" in listing.text
    assert bodies == [METADATA, METADATA]
    assert sum(path.endswith(".metadata") for path in registry.asked) == 1


async def test_metadata_that_is_not_what_the_index_pins_is_not_passed_on(site: Site, registry: PlainRegistry) -> None:
    registry.metadata += b"Requires-Dist: evil\n"

    answer = await site.get(PATH)

    assert answer.status == 502
    assert "not what its index promises" in answer.text


@forms
async def test_metadata_that_nothing_pins_is_not_promised_and_resolvers_read_the_wheel(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    registry.pins_metadata = False

    listing = await speaker.listing(site, "left")
    unpinned = await site.get(PATH)
    wheel = await site.get(speaker.path("left", "1.0.0"), Range="bytes=0-3")

    assert speaker.offered(listing) == ["1.0.0"]
    assert "metadata=" not in listing.text
    assert '-metadata":' not in listing.text
    assert unpinned.status == 404
    assert (wheel.status, wheel.body) == (206, b"PK\x03\x04")
    assert not any(path.endswith(".metadata") for path in registry.asked)


async def test_metadata_stands_beside_a_file_whose_url_has_a_query(site: Site, registry: PlainRegistry) -> None:
    registry.file_query = "?signature=a.b"

    answer = await site.get(PATH)

    assert (answer.status, answer.body) == (200, METADATA)
    assert registry.asked[-1] == "/files/pypi/left/left-1.0.0-py3-none-any.whl.metadata?signature=a.b"
