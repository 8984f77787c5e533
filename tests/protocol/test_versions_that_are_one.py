"""Versions that cannot stand beside each other: of cargo's those that differ only in build metadata or case."""

from __future__ import annotations

import asyncio

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind
from pratique.services.governing.exposure import exposure
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.waive import waive
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.cargo_speaker import CargoSpeaker
from tests.protocol.speakers import SPEAKERS

CARGO = CargoSpeaker()
SAME = [("1.0.0", "1.0.0+a"), ("1.0.0+b", "1.0.0+a"), ("1.0.0-RC1", "1.0.0-rc1"), ("1.0.0-a+X", "1.0.0-A")]


@pytest.mark.parametrize(("first", "second"), SAME)
async def test_of_versions_that_are_one_the_second_is_refused_and_names_the_first(
    site: Site, first: str, second: str
) -> None:
    assert (await CARGO.upload(site, "ours", first, site.token)).status == 200

    refused = await CARGO.upload(site, "ours", second, site.token)
    again = await CARGO.upload(site, "ours", first, site.token)

    assert refused.status == 409
    told = refused.json()["errors"][0]["detail"]
    assert f"ours@{first} is here already, and to cargo it is the same version as {second}" in told
    assert "choose the next version" in told
    assert again.status == 200, "the same bytes again change nothing"
    assert CARGO.listed(await CARGO.listing(site, "ours", site.token)) == [first]


async def test_of_versions_that_are_one_and_come_at_once_one_is_taken(site: Site) -> None:
    await CARGO.upload(site, "ours", "0.9.0", site.token)
    versions = ("1.0.0", "1.0.0+a", "1.0.0+b")

    answers = await asyncio.gather(*(CARGO.upload(site, "ours", one, site.token) for one in versions))
    founding = await asyncio.gather(*(CARGO.upload(site, "others", one, site.token) for one in versions))

    assert sorted(one.status for one in answers) == [200, 409, 409]
    assert sorted(one.status for one in founding) == [200, 409, 409]
    assert len(CARGO.listed(await CARGO.listing(site, "ours", site.token))) == 2


async def test_another_version_is_none_of_them(site: Site) -> None:
    for version in ("1.0.0", "1.0.1+a", "1.0.0-a", "1.0.0-b", "10.0.0"):
        assert (await CARGO.upload(site, "ours", version, site.token)).status == 200


async def test_of_pythons_spellings_of_one_version_the_second_is_refused_and_local_versions_are_others(
    site: Site,
) -> None:
    pypi = next(one for one in SPEAKERS if one.form == "json")
    for version in ("1.0", "1.0+local"):
        assert (await pypi.upload(site, "ours", version, site.token)).status == 200

    refused = await pypi.upload(site, "ours", "1.0.0", site.token)

    assert refused.status == pypi.conflict
    assert "ours@1.0 is here already" in refused.reason


def upstream_twins(registry: PlainRegistry) -> None:
    """What no honest index holds: one version thrice, and once more under the name in capitals."""
    for version in ("1.0.0", "1.0.0+a", "1.0.0+b"):
        CARGO.released(registry, "left", version)
    CARGO.released(registry, "left", "2.0.0")
    registry.releases["cargo", "left"][-1].manifest["name"] = "Left"


@pytest.mark.parametrize("revoked", ["1.0.0", "1.0.0+a", "1.0.0+z"])
async def test_what_an_upstream_lists_beside_a_revoked_version_is_revoked_with_it(
    site: Site, registry: PlainRegistry, revoked: str
) -> None:
    upstream_twins(registry)
    paths = [CARGO.path("left", version) for version in ("1.0.0", "1.0.0+a", "1.0.0+b")]
    assert [(await site.get(path)).status for path in paths] == [200, 200, 200]

    done = await revoke(site.ports, "main", f"pkg:cargo/left@{revoked}", None, "steals tokens", OPERATOR)

    assert [(await site.get(path)).status for path in paths] == [403, 403, 403]
    assert CARGO.offered(await CARGO.listing(site, "left")) == ["2.0.0"]
    assert len(done.exposure.downloads) == 3
    assert len((await exposure(site.ports, "main", "pkg:cargo/left@1.0.0", OPERATOR)).downloads) == 3
    await unrevoke(site.ports, "main", "pkg:cargo/left@1.0.0+b", None, OPERATOR)
    assert [(await site.get(path)).status for path in paths] == [200, 200, 200]


@pytest.mark.parametrize("versions", ["1.0.0", "<=1.0.0", "1.0.0+z", ">0.9,<=1.0.0"])
async def test_a_denial_reaches_all_of_them_and_a_waiver_only_what_it_names(
    site: Site, registry: PlainRegistry, versions: str
) -> None:
    upstream_twins(registry)
    denied = AddEntry(kind=EntryKind.DENY, purl="pkg:cargo/left", versions=versions, reason="steals tokens")
    await add_entry(site.ports, denied, OPERATOR)

    refused = CARGO.offered(await CARGO.listing(site, "left"))
    await waive(site.ports, "main", "pkg:cargo/left@1.0.0+a", "denylist", "we read it", OPERATOR)
    waived = CARGO.offered(await CARGO.listing(site, "left"))

    assert refused == ["2.0.0"]
    assert waived == ["1.0.0+a", "2.0.0"]


async def test_one_version_under_a_name_in_two_cases_is_decided_on_twice(site: Site, registry: PlainRegistry) -> None:
    CARGO.released(registry, "left", "1.0.0")
    CARGO.released(registry, "left", "1.0.0")
    registry.releases["cargo", "left"][-1].manifest["name"] = "Left"
    await revoke(site.ports, "main", "pkg:cargo/left@1.0.0", None, "steals tokens", OPERATOR)

    listing = await CARGO.listing(site, "left")
    answers = [await site.get(f"/main/cargo/files/left/{name}-1.0.0.crate") for name in ("left", "Left")]

    assert "Blocked by policy revoked" in listing.reason
    assert [one.status for one in answers] == [403, 403]
