"""Own projects: nobody else's business until their owners say so."""

from __future__ import annotations

import pytest

from pratique.core.actors import ActorKind, Operation
from tests.flows.accounts.conftest import Api
from tests.harness.site import Site, new_token
from tests.protocol.speakers import SPEAKERS, Speaker

NPM = SPEAKERS[0]
MINE = "pkg:npm/mine"


async def owner(site: Site) -> str:
    """A token with which ann does what an owner does."""
    wanted = frozenset({Operation.READ, Operation.PUBLISH, Operation.MEMBERS, Operation.REVOKE})
    return await new_token(site, "ann", ActorKind.USER, wanted)


async def published(site: Site, speaker: Speaker = NPM) -> str:
    token = await owner(site)
    answer = await speaker.upload(site, "mine", "1.0.0", token)
    assert answer.status in (200, 201), answer.text
    return token


async def test_whoever_publishes_first_owns_the_project_and_it_is_for_members(site: Site, api: Api) -> None:
    token = await published(site)
    shown = (await api.get("/project/show", token, purl=MINE)).json()
    assert shown["visibility"] == "members"
    assert shown["members"] == [{"user": "ann", "role": "owner"}]


async def test_to_outsiders_it_is_a_name_that_does_not_exist(site: Site, api: Api) -> None:
    await published(site)
    for token in (None, site.admin):
        known = await api.get("/project/show", token, purl=MINE)
        unknown = await api.get("/project/show", token, purl="pkg:npm/never-was")
        if token is None:
            assert (known.status, known.body) == (unknown.status, unknown.body)
        else:
            assert known.status == 200, "administrators see everything"


async def test_an_owner_shows_it_to_everyone_and_hides_it_again(site: Site, api: Api) -> None:
    token = await published(site)

    await api.post("/project/visibility", token, purl=MINE, visibility="public")
    assert (await NPM.listing(site, "mine")).status == 200

    await api.post("/project/visibility", token, purl=MINE, visibility="members")
    assert (await NPM.listing(site, "mine")).status == 404


@pytest.mark.parametrize(
    ("role", "reads", "publishes"), [("reader", 200, 403), ("maintainer", 200, 200), ("owner", 200, 200)]
)
async def test_each_role_does_what_it_says(site: Site, api: Api, role: str, reads: int, publishes: int) -> None:
    token = await published(site)
    await api.post("/user/add", site.admin, name="eve")
    eve = await new_token(site, "eve", ActorKind.USER, frozenset({Operation.READ, Operation.PUBLISH}))
    assert (await NPM.listing(site, "mine", eve)).status == 404

    await api.post("/project/member", token, purl=MINE, user="eve", role=role)

    assert (await NPM.listing(site, "mine", eve)).status == reads
    assert (await NPM.upload(site, "mine", "1.1.0", eve)).status in (publishes, publishes + 1)


async def test_taking_a_role_from_no_member_does_not_tell_whether_there_is_such_an_account(
    site: Site, api: Api
) -> None:
    token = await published(site)
    known = await api.post("/project/member", token, purl=MINE, user="alice", role=None)
    unknown = await api.post("/project/member", token, purl=MINE, user="ecila", role=None)

    assert (known.status, unknown.status) == (404, 404)
    assert known.text.replace("alice", "X") == unknown.text.replace("ecila", "X")


async def test_a_role_taken_away_is_gone_at_once(site: Site, api: Api) -> None:
    token = await published(site)
    await api.post("/user/add", site.admin, name="eve")
    eve = await new_token(site, "eve", ActorKind.USER, frozenset({Operation.READ}))
    await api.post("/project/member", token, purl=MINE, user="eve", role="reader")
    assert (await NPM.listing(site, "mine", eve)).status == 200

    await api.post("/project/member", token, purl=MINE, user="eve", role=None)

    assert (await NPM.listing(site, "mine", eve)).status == 404


async def test_a_project_is_never_left_without_an_owner(site: Site, api: Api) -> None:
    token = await published(site)
    for role in (None, "reader"):
        answer = await api.post("/project/member", token, purl=MINE, user="ann", role=role)
        assert answer.status == 409
        assert "make somebody else an owner first" in answer.json()["error"]


@pytest.mark.parametrize(
    ("path", "fields", "status"),
    [
        ("/project/member", {"user": "nobody-here", "role": "reader"}, 404),
        ("/project/member", {"user": "ann", "role": "boss"}, 400),
        ("/project/visibility", {"visibility": "secret"}, 400),
        ("/project/visibility", {"visibility": "public", "purl": "pkg:npm/mine@1.0.0"}, 400),
        ("/project/visibility", {"visibility": "public", "purl": "pkg:npm/never-was"}, 404),
    ],
)
async def test_what_cannot_be_says_why(site: Site, api: Api, path: str, fields: dict[str, object], status: int) -> None:
    await published(site)
    answer = await api.post(path, site.admin, **{"purl": MINE, **fields})
    assert answer.status == status
    assert answer.json()["error"]


async def test_own_names_reach_their_members_and_nobody_else(site: Site, api: Api) -> None:
    token = await published(site)
    assert (await api.get("/own-names", token, ecosystem="npm")).json()["names"] == ["mine"]
    assert (await api.get("/own-names", None, ecosystem="npm")).json() == {"names": [], "projects": []}
    await api.post("/project/visibility", token, purl=MINE, visibility="public")
    assert (await api.get("/own-names", None, ecosystem="npm")).json()["names"] == ["mine"]
