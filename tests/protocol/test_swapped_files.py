"""An upstream that changes what it said of a file, its bytes or its time: the cooldown starts anew, or goes on."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Mode
from pratique.services.governing.rule_settings import SetRule, set_rule
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import SPEAKERS, Speaker

PYPI = next(one for one in SPEAKERS if one.form == "json")

Entry = dict[str, Any]


def states(registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch, change: Callable[[Entry], object]) -> None:
    """From now on every file of the Python index is listed with this change."""
    page = registry._simple_page

    def changed(name: str, releases: list[Any]) -> dict[str, Any]:
        document = page(name, releases)
        for entry in document["files"]:
            change(entry)
        return document

    monkeypatch.setattr(registry, "_simple_page", changed)


async def offered(site: Site, client: Speaker, at: str) -> list[str]:
    """The versions offered so long after the beginning."""
    site.clock.set(at)
    return client.offered(await client.listing(site, "left"))


async def test_every_swap_starts_the_clock_anew(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    swapped = client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    swapped.content += b"B"
    assert await offered(site, client, "+1h") == []
    assert await offered(site, client, "+50h") == ["1.0.0"]

    swapped.content += b"C"

    assert await offered(site, client, "+51h") == []
    assert (await site.get(client.path("left", "1.0.0"))).status == 403


async def test_a_file_that_leaves_and_comes_back_with_other_bytes_is_new(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "0.9.0")
    swapped = client.released(registry, "left", "1.0.0")
    for at in ("+1h", "+60h"):
        swapped.listed = True
        await client.listing(site, "left")
        swapped.listed = False
        await offered(site, client, at)
        swapped.listed, swapped.content = True, swapped.content + b"B"

        assert await offered(site, client, at) == ["0.9.0"]
        assert (await site.get(client.path("left", "1.0.0"))).status == 403
        site.clock.set("+55h")


async def test_a_file_that_leaves_and_comes_back_as_it_was_is_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "0.9.0")
    away = client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    away.listed = False
    assert await offered(site, client, "+1h") == ["0.9.0"]

    away.listed = True

    assert await offered(site, client, "+2h") == ["0.9.0", "1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"))).status == 200


async def test_a_young_file_does_not_get_older_than_its_first_date(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    young = client.released(registry, "left", "1.0.1", days=-0.01)
    assert await offered(site, client, "+1h") == ["1.0.0"]

    young.published = datetime.now(UTC) - timedelta(days=400)

    assert await offered(site, client, "+2h") == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.1"))).status == 403
    assert await offered(site, client, "+49h") == ["1.0.0", "1.0.1"]


async def test_an_old_file_whose_date_moves_back_is_served_without_a_break(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    old = client.released(registry, "left", "1.0.0", days=30)
    await client.listing(site, "left")

    old.published -= timedelta(days=400, milliseconds=1)

    assert await offered(site, client, "+1h") == ["1.0.0"]


async def test_a_young_name_does_not_get_older_for_agents_by_another_date(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await set_rule(site.ports, SetRule("agent_new_name", Mode.ENFORCE), OPERATOR)
    young = client.released(registry, "left", "1.0.0", days=10)
    assert client.offered(await client.listing(site, "left", site.agent)) == []

    young.published -= timedelta(days=400)
    site.clock.set("+1h")

    assert client.offered(await client.listing(site, "left", site.agent)) == []
    assert (await site.get(client.path("left", "1.0.0"), site.agent)).status == 403


async def test_other_bytes_of_a_file_without_a_time_count_from_when_they_were_seen(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = registry.wheel("left", "1.0.0")
    states(registry, monkeypatch, lambda entry: entry.pop("upload-time"))
    assert await offered(site, PYPI, "+0s") == []
    assert await offered(site, PYPI, "+50h") == ["1.0.0"]

    swapped.content += b"other"

    assert await offered(site, PYPI, "+51h") == []
    assert (await site.get(PYPI.path("left", "1.0.0"))).status == 403


async def test_another_algorithm_is_no_way_around_a_changed_digest(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = registry.wheel("left", "1.0.0")
    assert await offered(site, PYPI, "+0s") == ["1.0.0"]

    swapped.content += b"other"
    sha512 = hashlib.sha512(swapped.content).hexdigest()
    states(registry, monkeypatch, lambda entry: entry.update(hashes={"sha512": sha512}))

    assert await offered(site, PYPI, "+1h") == []
    assert (await site.get(PYPI.path("left", "1.0.0"))).status == 403


async def test_a_digest_that_was_added_first_is_no_way_around_it_either(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = registry.wheel("left", "1.0.0")
    await PYPI.listing(site, "left")
    sha512 = hashlib.sha512(swapped.content + b"other").hexdigest()
    states(registry, monkeypatch, lambda entry: entry["hashes"].update(sha512=sha512))
    assert await offered(site, PYPI, "+1h") == ["1.0.0"]

    swapped.content += b"other"
    states(registry, monkeypatch, lambda entry: entry["hashes"].pop("sha256"))

    assert await offered(site, PYPI, "+2h") == []
    assert (await site.get(PYPI.path("left", "1.0.0"))).status == 403


@pytest.mark.parametrize(
    "harmless",
    [
        lambda entry: entry["hashes"].update(md5="11" * 16),
        lambda entry: entry["hashes"].update(sha512="11" * 64),
        lambda entry: entry.pop("upload-time"),
        lambda entry: entry.update({"upload-time": entry["upload-time"].replace("Z", ".500Z")}),
        lambda entry: entry.update({"upload-time": entry["upload-time"][:-3] + "00Z"}),
    ],
    ids=["a weak digest more", "a strong digest more", "no times any more", "more exact times", "less exact times"],
)
async def test_what_changes_no_bytes_holds_nothing_back(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch, harmless: Callable[[Entry], object]
) -> None:
    registry.wheel("left", "1.0.0")
    await PYPI.listing(site, "left")

    states(registry, monkeypatch, harmless)

    assert await offered(site, PYPI, "+1h") == ["1.0.0"]


async def test_an_index_that_learns_to_state_times_is_believed(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry.wheel("left", "1.0.0")
    with monkeypatch.context() as plain:
        states(registry, plain, lambda entry: entry.pop("upload-time"))
        assert await offered(site, PYPI, "+0s") == []

    assert await offered(site, PYPI, "+1h") == ["1.0.0"]


async def test_a_time_that_cannot_be_one_is_none(
    site: Site, registry: PlainRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    npm = next(one for one in SPEAKERS if one.form == "full")
    registry.npm("left", "1.0.0")
    packument = registry._packument
    impossible = {"1.0.0": "0001-01-01T00:00:00Z"}
    monkeypatch.setattr(registry, "_packument", lambda *about: {**packument(*about), "time": impossible})

    listing = await npm.listing(site, "left")

    assert npm.offered(listing) == []
    assert "1-01-01" not in listing.text
    assert (await site.get(npm.path("left", "1.0.0"))).status == 403
    assert await offered(site, npm, "+49h") == ["1.0.0"]
