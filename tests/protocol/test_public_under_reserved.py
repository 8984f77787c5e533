"""Public packages under reserved names: told of what is known already, and no upstream hears of the name."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant
from pratique.core.decisions import Reservation
from pratique.services.names.public_under_reserved import APPEARED, watch_reserved
from pratique.services.names.reservations import (
    ListReservations,
    Reserve,
    Unreserve,
    list_reservations,
    reserve,
    unreserve,
)
from pratique.services.names.reserve_names import ReserveNames, reserve_names
from pratique.services.reviewing.cases_shown import ListQueue, list_queue
from pratique.store import advisories, events, policy, repositories
from pratique.store.advisories import StoredAdvisory
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    other = registry.settings.replace("repositories.main", "repositories.other")
    async with running_site(tmp_path / "site", f"{registry.settings}\n{other}") as running:
        yield running


async def told(site: Site) -> list[tuple[str, bytes]]:
    found = await site.ports.db.read(events.recent, 100, {APPEARED})
    return [(one.subject, one.canonical) for one in found]


async def in_other_repository(site: Site, client: Speaker, name: str, version: str) -> int:
    path = client.path(name, version).replace("/main/", "/other/")
    return (await site.get(path, site.token)).status


async def test_one_that_another_repository_fetches_is_told_once_within_the_hour(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    made = await reserve(site.ports, Reserve(client.ecosystem, "zzacme-*"), OPERATOR)
    assert made.public == ()
    assert await watch_reserved(site.ports) == 0
    client.released(registry, "zzacme-core", "9.0.0")
    assert await in_other_repository(site, client, "zzacme-core", "9.0.0") == 200
    registry.asked.clear()

    assert [await watch_reserved(site.ports), await watch_reserved(site.ports)] == [1, 0]

    ((subject, body),) = await told(site)
    assert subject == f"pkg:{client.ecosystem}/zzacme-core"
    assert b"the repository other has had it from an upstream" in body
    listed = await list_reservations(site.ports, ListReservations(), OPERATOR)
    assert [one.purl for one in listed.reservations[0].public] == [subject]
    refused = await site.get(client.path("zzacme-core", "9.0.0"), site.token)
    assert (refused.status, "policy reserved_name" in refused.reason) == (403, True)
    assert registry.asked == []


async def test_it_is_put_before_administrators_for_a_month_or_until_the_name_is_free_again(
    site: Site, client: Speaker
) -> None:
    site.clock.set("2027-01-01T00:00:00Z")
    await reserve(site.ports, Reserve(client.ecosystem, "zzacme-*"), OPERATOR)
    rows = [advisory_about(client.ecosystem, number) for number in range(2)]
    await site.ports.db.write(advisories.upsert_many, "test", rows)
    await watch_reserved(site.ports)

    queue = (await list_queue(site.ports, ListQueue(), OPERATOR)).public
    elsewhere = (await list_queue(site.ports, ListQueue(repository="other"), OPERATOR)).public
    others = await site.get("/api/v1/review/list", site.token)
    site.clock.set("2027-01-30T23:59:59Z")
    still = (await list_queue(site.ports, ListQueue(), OPERATOR)).public
    site.clock.set("2027-01-31T00:00:00Z")
    later = (await list_queue(site.ports, ListQueue(), OPERATOR)).public
    site.clock.set("2027-01-02T00:00:00Z")
    await unreserve(site.ports, Unreserve(client.ecosystem, "zzacme-*"), OPERATOR)
    freed = (await list_queue(site.ports, ListQueue(), OPERATOR)).public

    assert {one.purl for one in queue} == {f"pkg:{client.ecosystem}/zzacme-{number}" for number in range(2)}
    assert {(one.pattern, one.whence, one.at[:10]) for one in queue} == {
        ("zzacme-*", "an advisory is about it", "2027-01-01")
    }
    assert (others.status, "zzacme" in others.text) == (403, False)
    assert (still, later, freed, elsewhere) == (queue, (), (), ())


async def test_whoever_reserves_a_name_hears_what_is_known_of_it(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    row = StoredAdvisory(
        id="MAL-2026-1", ecosystem=client.ecosystem, name="zzacme-web", twin="zzacme_web", source="test", malware=True,
        withdrawn=False, severity="critical", summary="", affected="{}", published=Instant(1), modified=Instant(1),
    )  # fmt: skip
    await site.ports.db.write(advisories.upsert_many, "test", [row])
    client.released(registry, "zzacme-old", "1.0.0")
    await client.listing(site, "zzacme-old", site.token)
    registry.asked.clear()

    made = await reserve(site.ports, Reserve(client.ecosystem, "zzacme-*"), OPERATOR)
    popular = await reserve_names(site.ports, ReserveNames(client.ecosystem, (client.popular,)), OPERATOR)

    assert {one.purl.rpartition("/")[2]: one.whence for one in made.public} == {
        "zzacme-old": "the repository main has had it from an upstream",
        "zzacme-web": "an advisory is about it",
    }
    assert [one.whence for one in popular.reserved[0].public] == ["it is among the most used ones"]
    assert len(await told(site)) == 3
    assert registry.asked == []
    assert await watch_reserved(site.ports) == 0


def advisory_about(ecosystem: str, number: int) -> StoredAdvisory:
    return StoredAdvisory(
        id=f"MAL-2026-{number}", ecosystem=ecosystem, name=f"zzacme-{number}", twin=f"zzacme_{number}", source="test",
        malware=True, withdrawn=False, severity="critical", summary="", affected="{}", published=Instant(1),
        modified=Instant(1),
    )  # fmt: skip


async def test_however_many_there_are_each_is_told_in_the_end(site: Site, client: Speaker) -> None:
    rows = [advisory_about(client.ecosystem, number) for number in range(100, 150)]
    await reserve(site.ports, Reserve(client.ecosystem, "zzacme-*"), OPERATOR)
    await site.ports.db.write(advisories.upsert_many, "test", rows)

    counts = [await watch_reserved(site.ports) for _ in range(4)]

    assert counts == [20, 20, 10, 0]
    assert {subject.rpartition("/")[2] for subject, _ in await told(site)} == {one.name for one in rows}


async def test_what_one_repository_was_told_another_is_told_too(site: Site, client: Speaker) -> None:
    await site.ports.db.write(advisories.upsert_many, "test", [advisory_about(client.ecosystem, 1)])
    await reserve(site.ports, Reserve(client.ecosystem, "zzacme-*"), OPERATOR)
    assert len(await told(site)) == 1

    await site.ports.db.write(_reserve_silently, client.ecosystem)

    assert [await watch_reserved(site.ports), await watch_reserved(site.ports)] == [1, 0]
    assert len(await told(site)) == 2


def _reserve_silently(connection: Connection, ecosystem: str) -> None:
    """As a reservation stands that was made when nothing was known under it yet."""
    other = next(one for one in repositories.repositories(connection) if one.name == "other")
    policy.add_reservation(connection, other.id, Reservation(0, ecosystem, "zzacme-*", ""), "operator", Instant(1))
