"""Revocations that overlap, and revocations of nothing."""

from __future__ import annotations

from pathlib import Path

from pratique.core.actors import OPERATOR
from pratique.services.membership import ShowProject, show_project
from pratique.services.reservations import Reserve, reserve
from pratique.services.revoke import Revoked, revoke, unrevoke
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker


async def revoked(site: Site, purl: str, filename: str | None = None) -> Revoked:
    return await revoke(site.ports, "main", purl, filename, "stolen account", OPERATOR)


async def statuses(site: Site, client: Speaker, *versions: str) -> list[int]:
    return [(await site.get(client.path("mine", version), site.token)).status for version in versions]


async def offered(site: Site, client: Speaker) -> list[str]:
    return client.offered(await client.listing(site, "mine", site.token))


async def clearances(site: Site, purl: str) -> dict[str, str]:
    shown = await show_project(site.ports, ShowProject(purl), OPERATOR)
    return {one.version: one.clearance for one in shown.releases}


async def test_a_release_that_was_revoked_by_itself_stays_so_when_its_project_is_given_back(
    site: Site, client: Speaker
) -> None:
    project = f"pkg:{client.ecosystem}/mine"
    for version in ("1.0.0", "1.0.1"):
        assert (await client.upload(site, "mine", version, site.token)).status in (200, 201)
    await revoked(site, f"{project}@1.0.1")
    await revoked(site, project)
    assert await statuses(site, client, "1.0.0", "1.0.1") == [403, 403]

    await unrevoke(site.ports, "main", project, None, OPERATOR)

    assert await statuses(site, client, "1.0.0", "1.0.1") == [200, 403]
    assert await clearances(site, project) == {"1.0.0": "live", "1.0.1": "revoked"}

    await unrevoke(site.ports, "main", f"{project}@1.0.1", None, OPERATOR)

    assert await offered(site, client) == ["1.0.0", "1.0.1"]
    assert await clearances(site, project) == {"1.0.0": "live", "1.0.1": "live"}


async def test_a_release_given_back_while_its_project_is_revoked_stays_revoked(site: Site, client: Speaker) -> None:
    project = f"pkg:{client.ecosystem}/mine"
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await revoked(site, f"{project}@1.0.0")
    await revoked(site, project)

    await unrevoke(site.ports, "main", f"{project}@1.0.0", None, OPERATOR)

    assert await clearances(site, project) == {"1.0.0": "revoked"}


async def test_a_revocation_of_what_is_there_has_nothing_to_add(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    release = client.released(registry, "left", "1.0.0")
    purl = f"pkg:{client.ecosystem}/left"

    notes = [(await revoked(site, *what)).note for what in ((f"{purl}@1.0.0", release.filename), (f"{purl}@1.0.0",))]
    notes.append((await revoked(site, purl)).note)

    assert notes == [None, None, None]


async def test_a_revocation_of_nothing_says_so_and_stands(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    purl = f"pkg:{client.ecosystem}/left"

    notes = [
        (await revoked(site, f"{purl}@1.0.1")).note,
        (await revoked(site, f"{purl}@1.0.0", "left-1.0.0.zip")).note,
        (await revoked(site, f"pkg:{client.ecosystem}/lefft")).note,
    ]

    for note, what in zip(notes, (f"{purl}@1.0.1", "left-1.0.0.zip", f"pkg:{client.ecosystem}/lefft"), strict=True):
        assert note is not None
        assert f"{what} is stored here or listed by an upstream" in note
        assert "the revocation stands" in note
    client.released(registry, "left", "1.0.1")
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]


async def test_a_revocation_of_a_reserved_name_asks_no_upstream(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await reserve(site.ports, Reserve(ecosystem=client.ecosystem, pattern="mine*", reason="ours"), OPERATOR)

    note = (await revoked(site, f"pkg:{client.ecosystem}/mine-too")).note

    assert note is not None
    assert "no upstream is asked about a reserved name" in note
    assert registry.asked == []


async def test_a_revocation_while_the_upstream_is_away_is_done_and_says_that_nobody_could_tell(
    tmp_path: Path, client: Speaker
) -> None:
    with PlainRegistry() as registry:
        settings = registry.settings
    async with running_site(tmp_path / "alone", settings) as site:
        done = await revoked(site, f"pkg:{client.ecosystem}/left@1.0.0")

    assert done.note is not None
    assert "its upstream cannot tell" in done.note
