"""One server in front of another: what either hides, holds or denies, the client of the one in front meets."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, RemoveEntries, add_entry, remove_entries
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.trust.permissions import Visibility
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import free_port
from tests.harness.site import Site, running_site
from tests.protocol.cargo_speaker import CargoSpeaker
from tests.protocol.speakers import Speaker


def behind(site: Site) -> str:
    """Settings of a server in front of this one."""
    places = {"npm": "npm", "pypi": "pypi/simple", "cargo": "cargo/index"}
    lines = (f'{ecosystem} = ["{site.url}/main/{place}"]\n' for ecosystem, place in places.items())
    return "[repositories.main.upstreams]\n" + "".join(lines)


@pytest.fixture
async def front(site: Site, tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path / "front", behind(site)) as running:
        yield running


async def listed(site: Site, speaker: Speaker, action: str) -> None:
    """Put `left@1.0.1` on the denylist of a server."""
    purl = f"pkg:{speaker.ecosystem}/left@1.0.1"
    await add_entry(site.ports, AddEntry(EntryKind.DENY, purl, action=action, reason="superseded"), OPERATOR)


async def test_hidden_behind_is_hidden_in_front_and_a_pin_gets_the_bytes(
    site: Site, front: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    speaker.released(registry, "left", "1.0.0")
    hidden = speaker.released(registry, "left", "1.0.1")
    await listed(site, speaker, "hide")

    listing = await speaker.listing(front, "left")
    pinned = await front.get(speaker.path("left", "1.0.1"))

    assert speaker.offered(listing) == ["1.0.0"]
    assert (pinned.status, pinned.body) == (200, hidden.content)


async def test_hidden_two_servers_behind_is_hidden_too(
    site: Site, front: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    await listed(site, client, "hide")

    async with running_site(tmp_path / "foremost", behind(front)) as foremost:
        assert client.offered(await client.listing(foremost, "left")) == ["1.0.0"]
        assert (await foremost.get(client.path("left", "1.0.1"))).status == 200


async def test_no_longer_hidden_behind_is_offered_in_front_with_its_own_publish_time(
    site: Site, front: Site, registry: PlainRegistry, client: Speaker
) -> None:
    """A version that goes into hiding and comes back has never been away: no cooldown begins anew."""
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    await listed(site, client, "hide")
    assert client.offered(await client.listing(front, "left")) == ["1.0.0"]

    hiding = RemoveEntries(EntryKind.DENY, f"pkg:{client.ecosystem}/left@1.0.1")
    await remove_entries(site.ports, hiding, OPERATOR)

    assert client.offered(await client.listing(front, "left")) == ["1.0.0", "1.0.1"]


@pytest.mark.parametrize("behind_says", ["hide", "hold", "deny"])
@pytest.mark.parametrize("front_says", [None, "hide", "hold", "deny"])
async def test_the_stricter_of_two_servers_decides(
    site: Site, front: Site, registry: PlainRegistry, client: Speaker, behind_says: str, front_says: str | None
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    await listed(site, client, behind_says)
    if front_says is not None:
        await listed(front, client, front_says)

    listing = await client.listing(front, "left")
    pinned = await front.get(client.path("left", "1.0.1"))

    assert listing.status == 200, listing.text
    only_hidden = behind_says == "hide" and front_says in (None, "hide")
    assert client.offered(listing) == ["1.0.0"]
    assert pinned.status == (200 if only_hidden else 403)
    assert only_hidden or "Blocked by policy denylist: left@1.0.1" in pinned.reason


@pytest.mark.parametrize("state", ["unseen", "listed", "stored"])
@pytest.mark.parametrize("action", ["hold", "deny"])
async def test_where_nothing_is_left_behind_nothing_is_served_in_front_whatever_it_holds(
    site: Site, front: Site, registry: PlainRegistry, client: Speaker, state: str, action: str
) -> None:
    client.released(registry, "left", "1.0.1")
    if state != "unseen":
        await client.listing(front, "left")
    if state == "stored":
        assert (await front.get(client.path("left", "1.0.1"))).status == 200
    await listed(site, client, action)

    listing = await client.listing(front, "left", Accept_Encoding="gzip")
    file = await front.get(client.path("left", "1.0.1"))

    assert client.offered(listing) == []
    assert file.status == 403
    assert "Blocked by policy denylist: left@1.0.1" in file.reason


async def test_a_refusal_three_servers_behind_is_one_in_front(
    site: Site, front: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    client.released(registry, "left", "1.0.0")
    client.released(registry, "left", "1.0.1")
    async with running_site(tmp_path / "foremost", behind(front)) as foremost:
        assert (await foremost.get(client.path("left", "1.0.1"))).status == 200
        await listed(site, client, "deny")

        assert client.offered(await client.listing(foremost, "left")) == ["1.0.0"]
        assert (await foremost.get(client.path("left", "1.0.1"))).status == 403


async def test_a_crate_that_depends_on_its_own_server_by_another_address_leads_nobody_past_the_one_in_front(
    tmp_path: Path,
) -> None:
    """A dependency of this very registry names none, by whatever public URL it was published and is asked for."""
    crates_of, port = CargoSpeaker(), free_port()
    both = (f"http://127.0.0.1:{port}", f"http://localhost:{port}")
    urls = f"public_urls = {list(both)}\n".replace("'", '"')
    needs = "".join(
        f'{name} = {{ version = "1", registry-index = "sparse+{url}/main/cargo/{index}/" }}\n'
        for name, url, index in (("a", both[0], "index"), ("b", both[1], "members/index"), ("c", both[1], "index"))
    )
    async with running_site(tmp_path / "back", urls, port=port) as back:
        uploaded = await crates_of.upload(back, "ours", "1.0.0", back.token, more=f"[dependencies]\n{needs}")
        assert uploaded.status == 200, uploaded.text
        await set_visibility(back.ports, SetVisibility("pkg:cargo/ours", Visibility.PUBLIC), OPERATOR)
        direct = [(await crates_of.listing(back, "ours", Host=url.partition("//")[2])).text for url in both]
        async with running_site(tmp_path / "front", behind(back)) as front:
            front.clock.set("+3d")
            through = (await crates_of.listing(front, "ours")).text

    for text in (*direct, through):
        assert [dep["registry"] for dep in json.loads(text)["deps"]] == [None, None, None]


async def test_where_two_servers_leave_nothing_together_a_fresh_resolve_is_told_also_through_a_third(
    site: Site, front: Site, registry: PlainRegistry, tmp_path: Path
) -> None:
    crates_of = CargoSpeaker()
    crates_of.released(registry, "left", "1.0.0")
    crates_of.released(registry, "left", "1.0.1")
    await listed(site, crates_of, "deny")
    entry = AddEntry(EntryKind.DENY, "pkg:cargo/left@1.0.0", action="deny", reason="older still")
    await add_entry(front.ports, entry, OPERATOR)

    listing = await crates_of.listing(front, "left")
    async with running_site(tmp_path / "foremost", behind(front)) as foremost:
        beyond = await crates_of.listing(foremost, "left")

    assert (listing.status, beyond.status) == (403, 403)
    assert "Blocked by policy denylist: left@1.0.1 is on the denylist: superseded" in listing.json()["error"]
    assert len(listing.json()["decision_id"]) == 26
    assert beyond.json()["error"] == listing.json()["error"]
