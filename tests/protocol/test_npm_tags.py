"""dist-tags of npm packages: listed, set, removed; they lead nobody to what policy refuses."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.decisions import EntryKind
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.list_events import ListEvents, list_events
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.npm_publisher import Publisher, error, make_member, publisher

TAGS = "-/package/ours/dist-tags"


@pytest.fixture
async def ann(site: Site) -> Publisher:
    ann = await publisher(site)
    await ann.publish("ours", "1.0.0", "1.1.0")
    return ann


async def test_a_tag_is_set_listed_followed_and_removed(site: Site, ann: Publisher) -> None:
    assert (await ann.get(TAGS)).json() == {"latest": "1.1.0"}

    assert (await ann.put(f"{TAGS}/stable", "1.0.0")).status == 200
    assert (await ann.get(TAGS)).json() == {"latest": "1.1.0", "stable": "1.0.0"}
    assert (await ann.document("ours", write=False))["dist-tags"] == {"latest": "1.1.0", "stable": "1.0.0"}

    assert (await ann.send("DELETE", f"{TAGS}/stable")).status == 200
    assert (await ann.get(TAGS)).json() == {"latest": "1.1.0"}
    told = (await list_events(site.ports, ListEvents(about="pkg:npm/ours"), OPERATOR)).events
    assert [(one.kind, one.body) for one in told[:2]] == [
        ("tag_removed", {"tag": "stable", "before": "1.0.0"}),
        ("tag_set", {"tag": "stable", "version": "1.0.0", "before": None}),
    ]


async def test_tags_of_a_scoped_package_are_found_however_its_slash_is_written(site: Site) -> None:
    ann = await publisher(site)
    await ann.publish("@acme/ours", "1.0.0")

    answers = [await ann.get(f"-/package/@acme{slash}ours/dist-tags") for slash in ("/", "%2f", "%2F")]

    assert [one.json() for one in answers] == [{"latest": "1.0.0"}] * 3


async def test_what_can_be_no_tag_changes_nothing_and_is_told(ann: Publisher) -> None:
    for tag in ("1.x", "v2", "~1.0", "%5E1.0.0", "a%20b", "a%1bb", "%3Cb%3E", "x" * 129):
        answer = await ann.put(f"{TAGS}/{tag}", "1.0.0")
        assert (answer.status, "is no dist-tag" in error(answer)) == (400, True), tag
    for body in (None, 1, "", {"version": "1.0.0"}, ["1.0.0"], "not-a-version"):
        answer = await ann.put(f"{TAGS}/next", body)
        assert (answer.status, bool(error(answer))) == (400, True), body
    unknown, latest, missing = (
        await ann.put(f"{TAGS}/next", "9.9.9"),
        await ann.send("DELETE", f"{TAGS}/latest"),
        await ann.send("DELETE", f"{TAGS}/next"),
    )

    assert (unknown.status, error(unknown)) == (404, "ours has no release 9.9.9")
    assert (latest.status, '"latest" cannot be removed' in error(latest)) == (400, True)
    assert (missing.status, error(missing)) == (404, "ours has no tag 'next'")
    assert (await ann.get(TAGS)).json() == {"latest": "1.1.0"}


async def test_no_tag_leads_to_what_policy_refuses(site: Site, ann: Publisher) -> None:
    for action in ("hold", "deny"):
        refused = AddEntry(kind=EntryKind.DENY, purl="pkg:npm/ours@1.1.0", action=action, reason="breaks")
        await add_entry(site.ports, refused, OPERATOR)
        answer = await ann.put(f"{TAGS}/next", "1.1.0")
        assert answer.status == 403
        assert "Blocked by policy denylist: ours@1.1.0" in error(answer)

    reader = await publisher(site, operations=frozenset({Operation.READ}))
    assert (await reader.get(TAGS)).json() == {"latest": "1.0.0"}
    assert (await ann.get(TAGS)).json() == {"latest": "1.1.0"}, "whoever may set them sees how they were set"


async def test_tags_of_an_upstreams_package_are_listed_and_not_ours_to_set(
    site: Site, registry: PlainRegistry, ann: Publisher
) -> None:
    registry.npm("left", "1.0.0")
    admin = Publisher(site, site.admin)

    assert (await ann.get("-/package/left/dist-tags")).json() == {"latest": "1.0.0"}
    answer = await admin.put("-/package/left/dist-tags/next", "1.0.0")

    assert answer.status == 409
    assert "left comes from an upstream" in error(answer)


async def test_who_may_not_set_tags_is_told_the_same_of_a_private_package_and_of_none(
    site: Site, ann: Publisher
) -> None:
    await add_user(site.ports, AddUser(name="bob"), OPERATOR)
    bob = await publisher(site, "bob")
    for method, path, body in (("PUT", "{}/dist-tags/next", "1.0.0"), ("DELETE", "{}/dist-tags/next", None)):
        ours = await bob.send(method, "-/package/" + path.format("ours"), body)
        none = await bob.send(method, "-/package/" + path.format("nope"), body)
        assert ours.status == none.status == 403
        assert error(ours) == error(none)
    listed = [await bob.get(f"-/package/{name}/dist-tags") for name in ("ours", "nope")]
    assert [one.status for one in listed] == [404, 404]
    assert error(listed[0]).replace("ours", "X") == error(listed[1]).replace("nope", "X")

    await make_member(site, "pkg:npm/ours", "bob", "reader")
    refused = await bob.put(f"{TAGS}/next", "1.0.0")
    assert "setting tags needs the role maintainer or owner" in error(refused)
    await make_member(site, "pkg:npm/ours", "bob", "maintainer")
    assert (await bob.put(f"{TAGS}/next", "1.0.0")).status == 200


async def test_a_token_sets_tags_if_its_scope_says_so(site: Site, ann: Publisher) -> None:
    for kind, operations, names, status in (
        (ActorKind.USER, {Operation.TAG}, ("ours",), 200),
        (ActorKind.CI, {Operation.PUBLISH}, ("ours",), 200),
        (ActorKind.USER, {Operation.READ, Operation.YANK}, ("*",), 403),
        (ActorKind.USER, {Operation.TAG}, ("other-*",), 403),
    ):
        narrow = await publisher(site, "ann", frozenset(operations), kind=kind, names=names)
        assert (await narrow.put(f"{TAGS}/next", "1.0.0")).status == status, operations
    nobody = Publisher(site, None)
    assert (await nobody.put(f"{TAGS}/next", "1.0.0")).status == 401
    assert (await nobody.get(TAGS)).status == 404
