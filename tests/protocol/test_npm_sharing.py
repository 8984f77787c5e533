"""Owners, access and search of npm packages: what members see and change, and what outsiders never learn."""

from __future__ import annotations

import asyncio
from urllib.parse import quote

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.governing.list_events import ListEvents, list_events
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.npm_publisher import FULL, Publisher, error, make_member, publisher

SAID = {
    "description": "inert things",
    "keywords": ["inert", 7],
    "homepage": "https://example.test/ours",
    "repository": {"type": "git", "url": "git+https://example.test/ours.git"},
    "bugs": "javascript:alert(1)",
}

MEMBERS_ONLY = {"public": False, "access": "restricted"}


@pytest.fixture
async def ann(site: Site) -> Publisher:
    await add_user(site.ports, AddUser(name="bob"), OPERATOR)
    ann = await publisher(site)
    await ann.publish("@acme/ours", "1.0.0", manifest=SAID)
    return ann


async def owners(ann: Publisher) -> list[str]:
    return [one["name"] for one in (await ann.document("@acme/ours", write=False))["maintainers"]]


async def test_an_owner_is_added_and_removed_by_a_partial_document(site: Site, ann: Publisher) -> None:
    await make_member(site, "pkg:npm/%40acme/ours", "bob", "reader")

    added = await ann.set_owners("@acme/ours", "ann", "bob")

    assert added.status == 200
    assert await owners(ann) == ["ann", "bob"]
    assert (await ann.document("@acme/ours"))["versions"].keys() == {"1.0.0"}, "what is not in it stays"
    bob = await publisher(site, "bob")
    assert (await bob.set_owners("@acme/ours", "bob")).status == 200
    assert await owners(bob) == ["bob"]
    assert (await ann.read("@acme/ours", write=False)).status == 404, "whoever is no owner any more has no role"
    told = (await list_events(site.ports, ListEvents(about="pkg:npm/%40acme/ours"), OPERATOR)).events
    assert [one.body for one in told if one.kind == "member_set"][:2] == [
        {"user": "ann", "role": None},
        {"user": "bob", "role": "owner"},
    ]


async def test_what_is_no_list_of_owners_changes_none(ann: Publisher) -> None:
    document = await ann.document("@acme/ours")
    path, revision = "@acme%2fours/-rev/" + document["_rev"], document["_rev"]
    for content, status in (
        ({"maintainers": []}, 400),
        ({"maintainers": "bob"}, 400),
        ({"maintainers": [{"email": "bob@example.test"}]}, 400),
        ({"maintainers": [{"name": f"u{number}"} for number in range(101)]}, 400),
        ({"maintainers": [{"name": "ann"}], "readme": "x"}, 400),
        ({"maintainers": [{"name": "ann"}, {"name": "ghost"}]}, 404),
        ({"maintainers": [{"name": "ann"}], "_rev": "1-other"}, 409),
        ({"maintainers": [{"name": "ann"}], "_id": "left"}, 400),
        ({}, 400),
    ):
        answer = await ann.put(path, {"_id": "@acme/ours", "_rev": revision, **content})
        assert (answer.status, bool(error(answer))) == (status, True), content
    stale = await ann.set_owners("@acme/ours", "bob", revision="1-" + "0" * 32)

    assert stale.status == 409
    assert await owners(ann) == ["ann"]


async def test_of_two_who_change_owners_at_once_one_is_told(ann: Publisher) -> None:
    answers = await asyncio.gather(*(ann.set_owners("@acme/ours", "ann", "bob") for _ in range(2)))

    assert sorted(one.status for one in answers) in ([200, 200], [200, 409])
    assert await owners(ann) == ["ann", "bob"]


async def test_only_owners_change_owners(site: Site, ann: Publisher) -> None:
    bob = await publisher(site, "bob")
    body = {"_id": "@acme/ours", "maintainers": [{"name": "bob"}]}
    outsider = await bob.put("@acme%2fours/-rev/1-a", body)
    narrow = await publisher(site, "ann", frozenset({Operation.READ, Operation.PUBLISH}))

    assert outsider.status == 403
    await make_member(site, "pkg:npm/%40acme/ours", "bob", "maintainer")
    assert (await bob.set_owners("@acme/ours", "ann", "bob")).status == 403
    assert (await narrow.set_owners("@acme/ours", "ann", "bob")).status == 403
    assert await owners(ann) == ["ann"]


async def test_accounts_are_known_to_whoever_may_change_members_and_to_themselves(site: Site, ann: Publisher) -> None:
    path = "-/user/org.couchdb.user:"
    reader = await publisher(site, "bob", frozenset({Operation.READ}))

    found, ghost = await ann.get(f"{path}bob"), await ann.get(f"{path}ghost")

    assert found.json() == {"_id": "org.couchdb.user:bob", "name": "bob", "email": ""}
    assert ghost.status == 404
    assert (await reader.get(f"{path}bob")).status == 200
    assert [(await reader.get(f"{path}{name}")).status for name in ("ann", "ghost")] == [403, 403]
    assert [(await Publisher(site, None).get(f"{path}{name}")).status for name in ("ann", "ghost")] == [401, 401]


async def test_access_is_shown_to_members_and_set_by_owners(site: Site, ann: Publisher) -> None:
    package = "-/package/@acme%2fours"
    await make_member(site, "pkg:npm/%40acme/ours", "bob", "reader")
    bob, nobody = await publisher(site, "bob"), Publisher(site, None)

    assert (await bob.get(f"{package}/collaborators")).json() == {"ann": "write", "bob": "read"}
    for path in ("visibility", "access"):  # npm asks for the one, pnpm for the other
        assert (await bob.get(f"{package}/{path}")).json() == MEMBERS_ONLY
        assert (await nobody.get(f"{package}/{path}")).status == 404
    assert (await bob.send("POST", f"{package}/access", {"access": "public"})).status == 403
    assert (await ann.send("POST", f"{package}/access", {"access": "public"})).status == 200
    for path in ("visibility", "access"):
        assert (await nobody.get(f"{package}/{path}")).json() == {"public": True, "access": "public"}
    assert (await ann.send("POST", f"{package}/access", {"access": "restricted"})).status == 200
    assert (await nobody.read("@acme/ours", write=False)).status == 404


async def test_owners_demand_codes_of_publishers_and_nobody_takes_that_back_without_one(
    site: Site, ann: Publisher
) -> None:
    package, everybody = "-/package/@acme%2fours", {"publish_requires_tfa": True}
    spared = everybody | {"automation_token_overrides_tfa": True}
    await make_member(site, "pkg:npm/%40acme/ours", "bob", "maintainer")
    bob = await publisher(site, "bob")

    assert (await bob.send("POST", f"{package}/access", everybody)).status == 403
    assert (await ann.send("POST", f"{package}/access", spared)).status == 200
    assert (await ann.send("POST", f"{package}/access", everybody)).status == 200
    for less in (spared, {"publish_requires_tfa": False}):
        answer = await ann.send("POST", f"{package}/access", less)
        assert (answer.status, answer.headers["WWW-Authenticate"]) == (401, "OTP")
    assert (await FULL.upload(site, "@acme/ours", "9.0.0", ann.token)).status == 401


async def test_access_that_there_is_not_is_told_and_changes_nothing(
    site: Site, registry: PlainRegistry, ann: Publisher
) -> None:
    package = "-/package/@acme%2fours"
    for content, said in (
        ({"publish_requires_tfa": "yes"}, "must be true or false"),
        ({"publish_requires_tfa": True, "automation_token_overrides_tfa": 1}, "must be true or false"),
        ({"publish_requires_tfa": True, "access": "everybody"}, '"public" or "restricted"'),
        ({"access": "everybody"}, '"public" or "restricted"'),
        ({"access": ["public"]}, '"public" or "restricted"'),
        ({}, '"public" or "restricted"'),
        ([], "must be a JSON object"),
    ):
        answer = await ann.send("POST", f"{package}/access", content)
        assert (answer.status, said in error(answer)) == (400, True), content
    registry.npm("left", "1.0.0")
    await ann.document("left")
    for path in ("collaborators", "visibility", "access"):
        theirs, none = await ann.get(f"-/package/left/{path}"), await ann.get(f"-/package/nope/{path}")
        assert (theirs.status, "comes from an upstream" in error(theirs)) == (409, True)
        assert none.status == 404
    assert (await ann.get(f"{package}/visibility")).json() == MEMBERS_ONLY


async def test_packages_of_an_account_are_those_that_the_asker_may_know_of(site: Site, ann: Publisher) -> None:
    await ann.publish("our-open", "1.0.0")
    await ann.send("POST", "-/package/our-open/access", {"access": "public"})
    bob = await publisher(site, "bob")
    narrow = await publisher(site, "ann", frozenset({Operation.READ}), names=("our-open",))

    assert (await ann.get("-/org/ann/package")).status == 404, "npm asks for the account next"
    assert (await ann.get("-/user/ann/package")).json() == {"@acme/ours": "write", "our-open": "write"}
    assert (await bob.get("-/user/ann/package")).json() == {"our-open": "write"}
    assert (await narrow.get("-/user/ann/package")).json() == {"our-open": "write"}
    assert (await bob.get("-/user/ghost/package")).json() == {}
    assert (await Publisher(site, None).get("-/user/ann/package")).status == 401


async def search(one: Publisher, text: str, **more: int) -> list[str]:
    query = "&".join([f"text={quote(text)}", *(f"{key}={value}" for key, value in more.items())])
    answer = await one.get(f"-/v1/search?{query}")
    assert answer.status == 200, answer.text
    return [each["package"]["name"] for each in answer.json()["objects"]]


async def test_search_finds_what_the_asker_may_know_of_in_the_form_that_clients_read(
    site: Site, registry: PlainRegistry, ann: Publisher
) -> None:
    registry.npm("acme-public", "2.0.0")
    await ann.get("acme-public/-/acme-public-2.0.0.tgz")
    nobody = Publisher(site, None)

    (first, second) = (await ann.get("-/v1/search?text=acme&size=20&from=0&quality=0.65")).json()["objects"]

    assert first["package"] | {"date": ""} == {
        "name": "@acme/ours",
        "version": "1.0.0",
        "description": "inert things",
        "keywords": ["inert"],
        "links": {"homepage": "https://example.test/ours", "repository": "https://example.test/ours.git"},
        "maintainers": [{"username": "ann", "email": ""}],
        "publisher": {"username": "ann", "email": ""},
        "date": "",
    }
    assert first["package"]["date"].endswith("Z")
    assert (second["package"]["name"], second["package"]["maintainers"]) == ("acme-public", [])
    assert "publisher" not in second["package"]
    assert await search(nobody, "acme") == ["acme-public"]
    assert await search(ann, "ours acme") == ["@acme/ours"]
    assert await search(ann, "scope:acme keywords:inert") == ["@acme/ours"]
    assert await search(ann, "acme", size=1, **{"from": 1}) == ["acme-public"]
    assert await search(ann, "nothing-like-it") == []
    assert [await search(ann, one) for one in ("%_", "%", "_", "acm_", "\\")] == [[]] * 5


async def test_a_search_that_cannot_be_is_told(ann: Publisher) -> None:
    for query in (
        "text=a&size=many",
        "text=a&from=x",
        "text=" + "a" * 201,
        "text=%00",
        "text=acme%00x",
        "text=a%1b[2J",
    ):
        answer = await ann.get(f"-/v1/search?{query}")
        assert (answer.status, bool(error(answer))) == (400, True)
    assert await search(ann, "acme", size=10**9) == ["@acme/ours"]
    assert await search(ann, "acme", size=-1, **{"from": -5}) == ["@acme/ours"]


async def test_what_this_server_does_not_do_is_said_with_what_to_do_instead(ann: Publisher) -> None:
    stage = "-/stage/3f1e9a3a-0000-4000-8000-000000000000"
    for method, path, said in (
        ("GET", "-/package/@acme%2fours/trust", "trusted publishing is not supported"),
        ("POST", "-/package/nope/trust", "trusted publishing is not supported"),
        ("DELETE", "-/package/nope/trust/7", "trusted publishing is not supported"),
        ("GET", "-/stage", "staged publishing is not supported"),
        ("POST", "-/stage/package/@acme%2fours", "staged publishing is not supported"),
        ("POST", f"{stage}/approve", "staged publishing is not supported"),
        ("DELETE", stage, "staged publishing is not supported"),
        ("GET", "-/org/acme/user", "no organisations and teams"),
        ("PUT", "-/team/acme/web/package", "no organisations and teams"),
    ):
        answer = await ann.send(method, path, {} if method in ("POST", "PUT") else None)
        assert (answer.status, said in error(answer)) == (400, True), path
        assert answer.headers["npm-notice"].startswith(said[:20]) or said in answer.headers["npm-notice"]


async def test_an_agent_changes_nothing_about_a_package(site: Site, ann: Publisher) -> None:
    may = frozenset({Operation.READ, Operation.PUBLISH})
    agent = await publisher(site, "ann", may, kind=ActorKind.AGENT, expires_in="1h")
    document = await ann.document("@acme/ours")

    for answer in (
        await agent.put("-/package/@acme%2fours/dist-tags/next", "1.0.0"),
        await agent.put("@acme%2fours", document),
        await agent.send("DELETE", f"@acme%2fours/-rev/{document['_rev']}"),
        await agent.set_owners("@acme/ours", "ann", "bob"),
        await agent.send("POST", "-/package/@acme%2fours/access", {"access": "public"}),
        await agent.get("-/user/org.couchdb.user:bob"),
    ):
        assert (answer.status, "credential of kind agent" in error(answer)) == (403, True)
