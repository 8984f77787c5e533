"""Revocations that overlap, and revocations of nothing."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Clearance
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, RemoveEntries, add_entry, remove_entries
from pratique.services.governing.revoke import Revoked, revoke, unrevoke
from pratique.services.judging.recheck_release import Recheck, recheck_quarantined, recheck_releases
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.store import releases
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.site import Site, running_site
from tests.protocol.speakers import SPEAKERS, Speaker

WHEELS = next(one for one in SPEAKERS if one.ecosystem == "pypi")


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


async def test_uploading_a_file_again_that_alone_was_revoked_says_so(site: Site, client: Speaker) -> None:
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    filename = client.path("mine", "1.0.0").rpartition("/")[2]
    await revoked(site, f"pkg:{client.ecosystem}/mine@1.0.0", filename)

    again = await client.upload(site, "mine", "1.0.0", site.token)

    assert again.status == 403, again.text
    assert "revoked" in again.reason + again.text


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


@pytest.mark.parametrize("why", ["denied", "revoked"])
async def test_a_revocation_under_a_name_that_is_refused_already_asks_no_upstream(
    site: Site, registry: PlainRegistry, client: Speaker, why: str
) -> None:
    project = f"pkg:{client.ecosystem}/left"
    client.released(registry, "left", "1.0.0")
    if why == "denied":
        await deny(site, project)
    else:
        await revoked(site, project)
    registry.asked.clear()

    note = (await revoked(site, f"{project}@1.0.0")).note

    assert note is not None
    assert f"no upstream is asked about a name that {'denylist' if why == 'denied' else 'revoked'} refuses" in note
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


async def recheck(site: Site, client: Speaker, name: str = "mine", version: str = "1.0.0") -> None:
    """What the job does that every upload and every change of a list promises."""
    await recheck_releases(site.ports, Recheck(1, ((client.ecosystem, name, version),)))


async def deny(site: Site, purl: str, **more: str) -> None:
    await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, reason="leaks a key", **more), OPERATOR)


async def test_a_revoked_file_leaves_the_rest_of_its_own_release_live(site: Site) -> None:
    one, other = "mine-1.0.0-py3-none-any.whl", "mine-1.0.0-1-py3-none-any.whl"
    for filename, content in (
        (one, packages.wheel("mine", "1.0.0")[1]),
        (other, packages.wheel("mine", "1.0.0", ("x",))[1]),
    ):
        assert (
            await WHEELS.upload(site, "mine", "1.0.0", site.token, filename=filename, content=content)
        ).status == 200

    await revoked(site, "pkg:pypi/mine@1.0.0", other)
    await recheck(site, WHEELS)

    assert await clearances(site, "pkg:pypi/mine") == {"1.0.0": "live"}
    files = [(await site.get(f"/main/pypi/files/mine/{name}", site.token)).status for name in (one, other)]
    assert files == [200, 403]
    third = packages.wheel("mine", "1.0.0", ("y",))[1]
    again = await WHEELS.upload(
        site, "mine", "1.0.0", site.token, filename="mine-1.0.0-2-py3-none-any.whl", content=third
    )
    assert again.status == 200


async def test_a_release_whose_only_file_was_revoked_is_live_again_when_the_file_is_given_back(
    site: Site, client: Speaker
) -> None:
    release = f"pkg:{client.ecosystem}/mine@1.0.0"
    filename = client.path("mine", "1.0.0").rsplit("/", 1)[1]
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await revoked(site, release, filename)
    await recheck(site, client)

    await unrevoke(site.ports, "main", release, filename, OPERATOR)

    assert await clearances(site, f"pkg:{client.ecosystem}/mine") == {"1.0.0": "live"}
    assert await statuses(site, client, "1.0.0") == [200]


async def test_a_quarantined_release_is_not_served_and_one_that_is_served_is_not_quarantined(
    site: Site, client: Speaker
) -> None:
    release = f"pkg:{client.ecosystem}/mine@1.0.0"
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await deny(site, release, expires_in="2h")
    await recheck(site, client)

    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "quarantined"}
    assert await statuses(site, client, "1.0.0") == [403]
    assert await offered(site, client) == []

    site.clock.set("+3h")
    await recheck_quarantined(site.ports)

    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "live"}
    assert await statuses(site, client, "1.0.0") == [200]


async def test_a_denied_release_that_is_revoked_and_given_back_is_quarantined_again(
    site: Site, client: Speaker
) -> None:
    release = f"pkg:{client.ecosystem}/mine@1.0.0"
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await deny(site, release)
    await recheck(site, client)
    await revoked(site, release)
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "revoked"}
    await remove_entries(site.ports, RemoveEntries(EntryKind.DENY, release), OPERATOR)
    await recheck(site, client)
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "revoked"}, (
        "what is revoked is not live because a list ends"
    )
    await deny(site, release)

    await unrevoke(site.ports, "main", release, None, OPERATOR)
    await recheck(site, client)

    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "quarantined"}


async def test_what_a_standing_revocation_keeps_out_is_published_once_that_is_lifted(
    site: Site, client: Speaker
) -> None:
    release = f"pkg:{client.ecosystem}/mine@1.0.1"
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await revoked(site, release)
    assert (await client.upload(site, "mine", "1.0.1", site.token)).status == 403
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "live"}

    await unrevoke(site.ports, "main", release, None, OPERATOR)

    assert (await client.upload(site, "mine", "1.0.1", site.token)).status in (200, 201)
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "live", "1.0.1": "live"}


async def test_a_release_that_an_earlier_version_took_in_under_a_standing_revocation_is_revoked(
    site: Site, client: Speaker
) -> None:
    release = f"pkg:{client.ecosystem}/mine@1.0.0"
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    await revoked(site, release)
    await site.ports.db.write(releases.set_clearance, 1, Clearance.LIVE)

    await recheck(site, client, version="1.0.0")
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "revoked"}

    await unrevoke(site.ports, "main", release, None, OPERATOR)
    assert await clearances(site, release.split("@")[0]) == {"1.0.0": "live"}


def relisted(registry: PlainRegistry, release: Release, ecosystem: str) -> Release:
    """The same bytes under another name of the same project, as long ago as the first."""
    if ecosystem in ("npm", "cargo"):
        filename = release.filename.replace("1.0.0", "1.0.2")
        other = replace(release, version="1.0.2", filename=filename)
    else:
        other = replace(release, filename="left-1.0.0-1-py3-none-any.whl")
    registry.releases[ecosystem, "left"].append(other)
    return other


def other_path(client: Speaker, other: Release) -> str:
    return f"{client.path('left', '1.0.0').rsplit('/', 1)[0]}/{other.filename}"


@pytest.mark.parametrize("known_by", ["the bytes", "a listing", "nothing"])
async def test_the_bytes_of_a_revoked_file_are_revoked_under_every_name(
    site: Site, registry: PlainRegistry, client: Speaker, known_by: str
) -> None:
    client.released(registry, "left", "0.9.0")
    bad = client.released(registry, "left", "1.0.0")
    if known_by == "the bytes":
        assert (await site.get(client.path("left", "1.0.0"))).status == 200
    elif known_by == "a listing":
        await client.listing(site, "left")
    done = await revoked(site, f"pkg:{client.ecosystem}/left@1.0.0", bad.filename)
    assert done.note is None
    other = relisted(registry, bad, client.ecosystem)
    await client.listing(site, "left")  # the cooldown begins when it is first seen
    site.clock.set("+50h")
    asked = registry.downloads(other.filename)

    offered = client.offered(await client.listing(site, "left"))
    refused = await site.get(other_path(client, other))

    assert offered == ["0.9.0"]
    assert refused.status == 403
    assert "Blocked by policy revoked: left@1.0" in refused.reason
    assert " has bytes revoked on " in refused.reason
    assert registry.downloads(other.filename) == asked, "the index states them: nobody needs to fetch them"

    await unrevoke(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", bad.filename, OPERATOR)

    assert (await site.get(other_path(client, other))).status == 200


async def test_revoked_bytes_of_which_the_index_states_another_algorithm_are_refused_when_they_arrive(
    site: Site, registry: PlainRegistry
) -> None:
    bad = WHEELS.released(registry, "left", "1.0.0")
    await revoked(site, "pkg:pypi/left@1.0.0", bad.filename)
    other = relisted(registry, bad, "pypi")
    registry.other_digests[other.filename] = {"sha512": hashlib.sha512(bad.content).hexdigest()}
    await WHEELS.listing(site, "left")
    site.clock.set("+50h")

    refused = await site.get(other_path(WHEELS, other))

    assert refused.status == 403
    assert "Blocked by policy revoked: left@1.0.0 has bytes revoked on " in refused.reason


async def test_a_revocation_laid_down_before_its_bytes_were_known_holds_by_name(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    """As do those of an earlier version, which remembered no bytes."""
    client.released(registry, "left", "0.9.0")
    filename = client.path("left", "1.0.0").rsplit("/", 1)[1]
    assert (await revoked(site, f"pkg:{client.ecosystem}/left@1.0.0", filename)).note is not None
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left")
    site.clock.set("+50h")

    assert client.offered(await client.listing(site, "left")) == ["0.9.0"]
    assert (await site.get(client.path("left", "1.0.0"))).status == 403


async def test_our_own_revoked_bytes_uploaded_under_another_name_are_refused(site: Site) -> None:
    assert (await WHEELS.upload(site, "mine", "1.0.0", site.token)).status == 200
    await revoked(site, "pkg:pypi/mine@1.0.0", "mine-1.0.0-py3-none-any.whl")

    again = await WHEELS.upload(site, "mine", "1.0.0", site.token, filename="mine-1.0.0-1-py3-none-any.whl")

    assert again.status == 403
    assert "has bytes revoked on" in again.reason
    assert (await site.get("/main/pypi/files/mine/mine-1.0.0-1-py3-none-any.whl", site.token)).status == 404
    assert await offered(site, WHEELS) == []
