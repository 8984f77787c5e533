"""A packument that is sent back changes messages and nothing else, whatever else stands in it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from typing import Any

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.decisions import EntryKind
from pratique.core.errors import Invalid, NotFound
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.publishing.deprecate import Deprecate, deprecate
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.npm_publisher import FULL, SHORT, Publisher, error, make_member, publisher

Change = Callable[[dict[str, Any]], Any]


@pytest.fixture
async def ann(site: Site) -> Publisher:
    ann = await publisher(site)
    await ann.publish("ours", "1.0.0", "1.1.0", "2.0.0", manifest={"description": "inert", "dependencies": {"a": "1"}})
    return ann


async def messages(ann: Publisher, form: Any = FULL) -> dict[str, str]:
    versions = (await form.listing(ann.site, "ours", ann.token)).json()["versions"]
    return {version: entry["deprecated"] for version, entry in versions.items() if "deprecated" in entry}


async def kinds(site: Site, version: str) -> list[str]:
    told = await list_events(site.ports, ListEvents(about=f"pkg:npm/ours@{version}"), OPERATOR)
    return [one.kind for one in told.events]


async def test_several_versions_get_a_message_at_once_in_both_forms_and_lose_it_again(
    site: Site, ann: Publisher
) -> None:
    done = await ann.deprecate("ours", "use 2", "1.0.0", "1.1.0")

    assert done.status == 200
    assert "the message of 1.0.0, 1.1.0 of ours is changed" in done.headers["npm-notice"]
    assert await messages(ann) == await messages(ann, SHORT) == {"1.0.0": "use 2", "1.1.0": "use 2"}

    assert (await ann.deprecate("ours", "", "1.0.0")).status == 200
    assert await messages(ann) == {"1.1.0": "use 2"}
    assert await kinds(site, "1.0.0") == ["undeprecated", "deprecated", "published"]
    assert await kinds(site, "2.0.0") == ["published"]


async def test_a_message_is_one_line_that_steers_no_terminal(ann: Publisher) -> None:
    done = await ann.deprecate("ours", "\x1b[31mred\x1b[0m\r\n  two\u202e lines\u0000 für alle ", "1.0.0")
    too_long = await ann.deprecate("ours", "x" * 1001, "1.0.0")

    assert done.status == 200
    assert await messages(ann) == {"1.0.0": "[31mred[0m two lines für alle"}
    assert (too_long.status, "at most 1,000" in error(too_long)) == (400, True)


async def test_the_document_to_write_holds_what_npm_changes_and_all_that_may_be_changed(
    site: Site, ann: Publisher
) -> None:
    held = AddEntry(kind=EntryKind.DENY, purl="pkg:npm/ours@2.0.0", action="hold", reason="look")
    await add_entry(site.ports, held, OPERATOR)

    document = await ann.document("ours")
    read = await ann.document("ours", write=False)
    reader = await publisher(site, operations=frozenset({Operation.READ}))

    assert sorted(document["versions"]) == ["1.0.0", "1.1.0", "2.0.0"]
    assert sorted(document["versions"]["1.0.0"]) == ["dist", "name", "version"]
    assert document["dist-tags"] == {"latest": "2.0.0"}
    assert document["_rev"] == read["_rev"]
    assert document["maintainers"] == read["maintainers"] == [{"name": "ann", "email": ""}]
    assert sorted(read["versions"]) == ["1.0.0", "1.1.0"]
    assert sorted((await reader.document("ours"))["versions"]) == ["1.0.0", "1.1.0"]

    assert (await ann.deprecate("ours", "never mind", "2.0.0")).status == 200
    assert "2.0.0" not in await messages(ann), "what is held is spoken of, and not offered for it"


async def test_a_whole_document_as_everybody_reads_it_is_understood_too(ann: Publisher) -> None:
    document = await ann.document("ours", write=False)
    document["versions"]["1.0.0"]["deprecated"] = "use 2"

    assert (await ann.put("ours", document)).status == 200
    assert await messages(ann) == {"1.0.0": "use 2"}


def entry(field: str, value: Any) -> Change:
    return lambda document: document["versions"]["1.0.0"].update({field: value})


CHANGES: dict[str, tuple[Change, str]] = {
    "dependencies": (entry("dependencies", {"evil": "1"}), "`dependencies` of version 1.0.0"),
    "scripts": (entry("scripts", {"install": "x"}), "`scripts` of version 1.0.0"),
    "version": (entry("version", "9.9.9"), "`version` of version 1.0.0"),
    "left out": (lambda one: one["versions"]["1.0.0"].pop("dist"), "`dist` of version 1.0.0"),
    "integrity": (lambda one: one["versions"]["1.0.0"]["dist"].update(integrity="sha512-x"), "`dist` of version 1.0.0"),
    "tarball": (lambda one: one["versions"]["1.0.0"]["dist"].update(tarball="http://x/"), "`dist` of version 1.0.0"),
    "new version": (lambda one: one["versions"].update({"9.9.9": {}}), "`versions` holds `9.9.9`"),
    "lost version": (lambda one: one["versions"].pop("1.0.0"), "`versions` lacks `1.0.0`"),
    "tags": (lambda one: one["dist-tags"].update(latest="1.0.0"), "`dist-tags`"),
    "no tags": (lambda one: one.pop("dist-tags"), "`dist-tags`"),
    "readme": (lambda one: one.update(readme="# new"), "`readme` differs"),
    "users": (lambda one: one.update(users={"ann": True}), "`users` differs"),
    "description": (lambda one: one.update(description="new"), "`description` differs"),
    "time": (lambda one: one["time"].update({"1.0.0": "2001-01-01T00:00:00.000Z"}), "`time` differs"),
    "maintainers": (lambda one: one.update(maintainers=[{"name": "eve", "email": ""}]), "`maintainers` differs"),
    "no object": (lambda one: one.update(versions=["1.0.0"]), "`versions` must be an object"),
    "no entry": (lambda one: one["versions"].update({"1.0.0": "x"}), "`versions[1.0.0]` must be an object"),
    "no text": (entry("deprecated", {"a": 1}), "`deprecated` must be a text"),
    "odd tags": (lambda one: one.update({"dist-tags": {"latest": ["1.0.0"]}}), "`dist-tags`"),
}


async def test_whatever_else_is_changed_is_refused_by_name_and_nothing_is_done(site: Site, ann: Publisher) -> None:
    for write in (True, False):
        original = await ann.document("ours", write=write)
        for what, (change, named) in CHANGES.items():
            document = copy.deepcopy(original)
            document["versions"]["1.1.0"]["deprecated"] = "along with it"
            change(document)
            answer = await ann.put("ours", document)
            assert (answer.status, named in error(answer)) == (400, True), (what, error(answer))

    assert await messages(ann) == {}
    assert await kinds(site, "1.1.0") == ["published"]


async def test_a_change_of_what_was_not_read_is_a_conflict(ann: Publisher) -> None:
    stale = await ann.document("ours")
    await ann.publish("ours", "2.1.0")

    for path in ("ours", f"ours/-rev/{stale['_rev']}"):
        answer = await ann.put(path, stale)
        assert (answer.status, "has changed since it was read" in error(answer)) == (409, True)
    fresh = await ann.document("ours")
    star = await ann.put("ours", {"_id": "ours", "_rev": fresh["_rev"], "users": {"ann": True}})
    two = await ann.put(f"ours/-rev/{stale['_rev']}", fresh)
    none = await ann.put("ours", {key: value for key, value in fresh.items() if key != "_rev"})

    assert (star.status, "stars are not kept here" in error(star)) == (400, True), "npm star"
    assert (two.status, "name two revisions" in error(two)) == (409, True)
    assert (none.status, "no `_rev`" in error(none)) == (400, True)


async def test_of_two_who_write_at_once_one_is_told(ann: Publisher) -> None:
    document = await ann.document("ours")
    wanted = []
    for message in ("one", "two"):
        mine = copy.deepcopy(document)
        mine["versions"]["1.0.0"]["deprecated"] = message
        wanted.append(ann.put("ours", mine))

    answers = await asyncio.gather(*wanted)

    assert sorted(one.status for one in answers) == [200, 409]
    assert (await messages(ann))["1.0.0"] in ("one", "two")


async def test_a_download_or_a_change_of_policy_outdates_nobodys_change(site: Site, ann: Publisher) -> None:
    document = await ann.document("ours")
    await ann.get("ours/-/ours-1.0.0.tgz")
    await add_entry(site.ports, AddEntry(kind=EntryKind.DENY, purl="pkg:npm/ours@9.9.9", reason="x"), OPERATOR)
    document["versions"]["1.0.0"]["deprecated"] = "use 2"

    assert (await ann.put("ours", document)).status == 200


async def test_a_body_without_a_tarball_is_refused_long_before_it_has_arrived(site: Site, ann: Publisher) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        yield b'{"_rev":"1-a","name":"ours","readme":"'
        while sent < 200 << 20:
            sent += 1 << 20
            yield b"x" * (1 << 20)

    for path in ("ours", "ours/-rev/1-a"):
        sent = 0
        url = f"{site.url}/main/npm/{path}"
        headers = {"Authorization": f"Bearer {ann.token}", "Content-Type": "application/json"}
        try:
            async with site.session.put(url, data=endless(), headers=headers) as answer:
                assert answer.status == 413
        except OSError:  # the connection was cut while the client was still sending
            pass
        assert sent < 40 << 20, path


async def test_who_may_not_deprecate_changes_nothing(site: Site, registry: PlainRegistry, ann: Publisher) -> None:
    await add_user(site.ports, AddUser(name="bob"), OPERATOR)
    document = await ann.document("ours")
    document["versions"]["1.0.0"]["deprecated"] = "mine now"
    registry.npm("left", "1.0.0")
    await ann.document("left")
    bob, admin = await publisher(site, "bob"), Publisher(site, site.admin)
    agent = await publisher(site, "ann", frozenset({Operation.READ, Operation.PUBLISH}), kind=ActorKind.AGENT,
                            expires_in="1h")  # fmt: skip

    answers = [await one.put("ours", document) for one in (Publisher(site, None), bob, agent)]
    await make_member(site, "pkg:npm/ours", "bob", "reader")
    answers.append(await bob.put("ours", document))
    theirs = await admin.put("left", {**document, "_id": "left", "name": "left"})

    assert [one.status for one in answers] == [401, 403, 403, 403]
    assert (theirs.status, "left comes from an upstream" in error(theirs)) == (409, True)
    assert await messages(ann) == {}
    await make_member(site, "pkg:npm/ours", "bob", "maintainer")
    assert (await bob.put("ours", document)).status == 200


async def test_the_command_deprecates_one_release_or_all_and_only_where_clients_show_it(
    site: Site, ann: Publisher
) -> None:
    one = await deprecate(site.ports, Deprecate("pkg:npm/ours@1.0.0", "old"), OPERATOR)
    everything = await deprecate(site.ports, Deprecate("pkg:npm/ours", "old"), OPERATOR)

    assert (one.changed, everything.changed) == (("1.0.0",), ("1.1.0", "2.0.0"))
    assert await messages(ann) == dict.fromkeys(("1.0.0", "1.1.0", "2.0.0"), "old")
    with pytest.raises(NotFound, match=r"has no release 9\.9\.9"):
        await deprecate(site.ports, Deprecate("pkg:npm/ours@9.9.9", "old"), OPERATOR)
    with pytest.raises(Invalid, match="clients of cargo show no such message"):
        await deprecate(site.ports, Deprecate("pkg:cargo/ours", "old"), OPERATOR)


async def test_a_message_in_package_json_is_shown_until_something_else_is_said(site: Site) -> None:
    ann = await publisher(site)
    await ann.publish("ours", "1.0.0", manifest={"deprecated": "from the start"})

    assert await messages(ann) == {"1.0.0": "from the start"}
    assert (await ann.deprecate("ours", "", "1.0.0")).status == 200
    assert await messages(ann) == {}
