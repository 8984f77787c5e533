"""A yanked own release is passed over by resolvers and served to whoever pinned it, in every form."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.artifacts import Clearance, Origin
from pratique.core.errors import Conflict, NotFound
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.services.publishing.yank import Unyank, Yank, unyank, yank
from pratique.store import projects, releases
from pratique.store.releases import Release
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token
from tests.protocol.cargo_speaker import CargoSpeaker
from tests.protocol.speakers import Speaker

CARGO = CargoSpeaker()


async def published(site: Site, speaker: Speaker) -> str:
    """Two releases of `ours`; the purl of the second."""
    for version in ("1.0.0", "1.0.1"):
        assert (await speaker.upload(site, "ours", version, site.token)).status in (200, 201)
    return f"pkg:{speaker.ecosystem}/ours@1.0.1"


def stored_release(connection: Connection, purl: str) -> Release:
    ecosystem = purl.removeprefix("pkg:").partition("/")[0]
    project = projects.find(connection, 1, ProjectKey(EcosystemId(ecosystem), "ours"))
    assert project is not None
    release = releases.find(connection, project.id, "1.0.1")
    assert release is not None
    return release


async def test_a_yanked_release_is_marked_in_the_listing_and_its_pins_are_served(site: Site, client: Speaker) -> None:
    purl = await published(site, client)

    done = await yank(site.ports, Yank(purl, reason="breaks on Tuesdays"), OPERATOR)
    listing = await client.listing(site, "ours", site.token)
    file = await site.get(client.path("ours", "1.0.1"), site.token)

    assert (done.yanked, done.changed) == (True, True)
    assert file.status == 200
    if client.ecosystem == "npm":  # which has no other word for it
        assert listing.json()["versions"]["1.0.1"]["deprecated"] == "breaks on Tuesdays"
    else:
        assert client.offered(listing) == ["1.0.0"]


async def test_what_is_unyanked_is_offered_as_before(site: Site, client: Speaker) -> None:
    purl = await published(site, client)
    before = (await client.listing(site, "ours", site.token)).body
    await yank(site.ports, Yank(purl), OPERATOR)

    await unyank(site.ports, Unyank(purl), OPERATOR)

    assert (await client.listing(site, "ours", site.token)).body == before


async def test_a_second_yank_changes_nothing_and_leaves_no_event(site: Site, client: Speaker) -> None:
    purl = await published(site, client)
    await yank(site.ports, Yank(purl, "once"), OPERATOR)

    again = await yank(site.ports, Yank(purl, "once"), OPERATOR)

    assert not again.changed
    kinds = [one.kind for one in (await list_events(site.ports, ListEvents(about=purl), OPERATOR)).events]
    assert kinds.count("yanked") == 1


async def test_a_second_yank_without_a_reason_leaves_the_first_ones_reason(site: Site, client: Speaker) -> None:
    purl = await published(site, client)
    await yank(site.ports, Yank(purl, "steals tokens"), OPERATOR)

    again = await yank(site.ports, Yank(purl), OPERATOR)
    corrected = await yank(site.ports, Yank(purl, "steals passwords"), OPERATOR)

    assert (again.yanked, again.changed, corrected.changed) == (True, False, True)
    told = (await list_events(site.ports, ListEvents(about=purl), OPERATOR)).events
    assert [one.body for one in told if one.kind == "yanked"] == [
        {"reason": "steals passwords"},
        {"reason": "steals tokens"},
    ]


async def test_cargo_yank_leaves_the_reason_that_an_administrator_gave(site: Site) -> None:
    purl = await published(site, CARGO)
    owner = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.READ, Operation.YANK}))
    await yank(site.ports, Yank(purl, "steals tokens"), OPERATOR)

    answer = await site.ask("DELETE", "/main/cargo/api/v1/crates/ours/1.0.1/yank", owner)

    stored = await site.ports.db.read(stored_release, purl)
    assert (answer.status, stored.clearance, stored.yank_reason) == (200, Clearance.YANKED, "steals tokens")


@pytest.mark.parametrize("revoked", ["pkg:{}/ours@1.0.1", "pkg:{}/ours"], ids=["the release", "the project"])
@pytest.mark.parametrize("yanked", [True, False])
async def test_what_is_revoked_is_not_put_back_by_an_unyank(
    site: Site, client: Speaker, revoked: str, yanked: bool
) -> None:
    purl = await published(site, client)
    if yanked:
        await yank(site.ports, Yank(purl), OPERATOR)
    revoked = revoked.format(client.ecosystem)
    await revoke(site.ports, "main", revoked, None, "steals tokens", OPERATOR)

    with pytest.raises(Conflict, match=f"is revoked: .*`pratique unrevoke {revoked}`"):
        await unyank(site.ports, Unyank(purl), OPERATOR)

    await unrevoke(site.ports, "main", revoked, None, OPERATOR)
    assert (await unyank(site.ports, Unyank(purl), OPERATOR)).changed is yanked


async def test_what_is_yanked_and_revoked_stands_as_revoked_and_is_yanked_again_when_it_is_given_back(
    site: Site, client: Speaker
) -> None:
    purl = await published(site, client)
    await yank(site.ports, Yank(purl, "breaks on Tuesdays"), OPERATOR)

    async def stands() -> str:
        shown = await show_project(site.ports, ShowProject(purl.partition("@")[0]), OPERATOR)
        return {one.version: one.clearance for one in shown.releases}["1.0.1"]

    await revoke(site.ports, "main", purl, None, "steals tokens", OPERATOR)
    revoked, file = await stands(), await site.get(client.path("ours", "1.0.1"), site.token)
    await unrevoke(site.ports, "main", purl, None, OPERATOR)
    release = await site.ports.db.read(stored_release, purl)

    assert (revoked, file.status) == ("revoked", 403)
    assert (await stands(), release.yank_reason) == ("yanked", "breaks on Tuesdays")
    assert (await site.get(client.path("ours", "1.0.1"), site.token)).status == 200


@pytest.mark.parametrize("state", [Clearance.STAGED, Clearance.SCANNING])
async def test_what_is_not_yet_live_is_yanked_when_it_is(site: Site, client: Speaker, state: Clearance) -> None:
    purl = await published(site, client)
    release = await site.ports.db.read(stored_release, purl)
    await site.ports.db.write(releases.set_clearance, release.id, state)

    with pytest.raises(Conflict, match=f"is {state}: wait until it is live"):
        await yank(site.ports, Yank(purl), OPERATOR)


async def test_a_revoked_release_is_stricter_than_a_yank(site: Site, client: Speaker) -> None:
    purl = await published(site, client)
    await revoke(site.ports, "main", purl, None, "steals tokens", OPERATOR)

    with pytest.raises(Conflict, match="stricter than a yank"):
        await yank(site.ports, Yank(purl), OPERATOR)


async def test_an_upstreams_release_is_not_ours_to_yank(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left", site.token)

    with pytest.raises(Conflict, match="comes from an upstream"):
        await yank(site.ports, Yank(f"pkg:{client.ecosystem}/left@1.0.0"), OPERATOR)


async def test_what_is_not_there_cannot_be_yanked(site: Site, client: Speaker) -> None:
    await published(site, client)

    with pytest.raises(NotFound, match=r"has no release 9\.9\.9"):
        await yank(site.ports, Yank(f"pkg:{client.ecosystem}/ours@9.9.9"), OPERATOR)


async def test_only_whoever_publishes_the_crate_yanks_it(site: Site) -> None:
    await published(site, CARGO)
    path = "/main/cargo/api/v1/crates/ours/1.0.1/yank"
    may = frozenset({Operation.READ, Operation.YANK})
    owner = await new_token(site, "ann", ActorKind.USER, may)

    outsider = await site.ask("DELETE", path)
    narrow = await site.ask("DELETE", path, site.token)
    allowed = await site.ask("DELETE", path, owner)

    assert (outsider.status, narrow.status, allowed.status) == (401, 403, 200)
    assert "lacks `yank`" in narrow.json()["errors"][0]["detail"]
    assert CARGO.offered(await CARGO.listing(site, "ours", site.token)) == ["1.0.0"]


@pytest.mark.parametrize("body", [b"", b"[]", b'{"users": []}', b'{"users": [5]}', b'{"users": "bob"}', b"\xff"])
async def test_a_change_of_owners_that_names_nobody_is_refused_with_a_sentence(site: Site, body: bytes) -> None:
    await published(site, CARGO)

    answer = await site.ask("PUT", "/main/cargo/api/v1/crates/ours/owners", site.admin, data=body)

    assert answer.status == 400
    assert answer.json()["errors"][0]["detail"]


async def test_a_change_of_owners_is_made_for_all_or_for_none(site: Site) -> None:
    await published(site, CARGO)
    path = "/main/cargo/api/v1/crates/ours/owners"

    answer = await site.ask("PUT", path, site.admin, data=b'{"users": ["alice", "nobody-of-that-name"]}')

    assert answer.status == 404
    shown = await show_project(site.ports, ShowProject("pkg:cargo/ours"), OPERATOR)
    assert [(one.user, one.role) for one in shown.members] == [("ann", "owner")]


async def test_a_search_finds_own_crates_first_and_public_ones_that_were_served(
    site: Site, registry: PlainRegistry
) -> None:
    await published(site, CARGO)
    for name in ("ours-public", "yours"):
        CARGO.released(registry, name, "2.0.0")
        await CARGO.listing(site, name, site.token)
    assert (await site.get(CARGO.path("ours-public", "2.0.0"), site.token)).status == 200

    async def found(query: str, token: str | None) -> list[str]:
        answer = await site.get(f"/main/cargo/api/v1/crates?{query}", token)
        return [f"{one['name']}={one['max_version']}" for one in answer.json()["crates"]]

    assert await found("q=OURS", site.token) == ["ours=1.0.1", "ours-public=2.0.0"]
    assert await found("q=ours", None) == ["ours-public=2.0.0"], "private names are for members"
    assert await found("q=ours&per_page=1", site.token) == ["ours=1.0.1"]
    assert await found("q=%25", site.token) == []
    assert registry.downloads("yours-2.0.0.crate") == 0


async def test_a_search_by_nobody_finds_what_is_public_behind_any_number_of_private_names(
    site: Site, registry: PlainRegistry
) -> None:
    def many(connection: Connection) -> None:
        for number in range(250):
            key = ProjectKey(EcosystemId("cargo"), f"acme-{number:03}")
            now = site.ports.clock.now()
            projects.create(connection, 1, key, key.name, Origin.OWN, None, "members", now, f"acme_{number:03}")

    await site.ports.db.write(many)
    CARGO.released(registry, "zz-acme", "2.0.0")
    assert (await site.get(CARGO.path("zz-acme", "2.0.0"))).status == 200

    answer = (await site.get("/main/cargo/api/v1/crates?q=acme")).json()

    assert ([one["name"] for one in answer["crates"]], answer["meta"]["total"]) == (["zz-acme"], 1)


async def test_a_token_counts_no_private_crate_that_it_does_not_reach(site: Site) -> None:
    await published(site, CARGO)
    may = frozenset({Operation.READ})
    narrow = await new_token(site, "ann", ActorKind.CI, may, names=("other-*",))
    elsewhere = await new_token(site, "ann", ActorKind.SERVICE, may, ecosystems=("npm",))

    for token, total in ((site.token, 1), (narrow, 0), (elsewhere, 0)):
        assert (await site.get("/main/cargo/api/v1/crates?q=ours", token)).json()["meta"]["total"] == total
