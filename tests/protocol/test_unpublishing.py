"""What publishers take away is refused with a sentence, never comes back under its version, and stays on record."""

from __future__ import annotations

import asyncio

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.errors import Conflict, NotFound
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.governing.exposure import exposure
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from pratique.services.publishing.membership import ShowProject, show_project
from pratique.services.publishing.unpublish import Unpublish, unpublish
from pratique.services.publishing.yank import Yank, yank
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.npm_publisher import FULL, SHORT, Publisher, error, make_member, publisher
from tests.protocol.speakers import Speaker

TARBALL = "ours/-/ours-1.1.0.tgz"


@pytest.fixture
async def ann(site: Site) -> Publisher:
    ann = await publisher(site)
    await ann.publish("ours", "1.0.0", "1.1.0")
    return ann


async def test_one_version_goes_as_npm_sends_it_and_latest_goes_on(site: Site, ann: Publisher) -> None:
    await ann.put("-/package/ours/dist-tags/next", "1.1.0")
    await ann.get(TARBALL)

    taken, tarball = await ann.unpublish("ours", "1.1.0")

    assert (taken.status, tarball.status) == (200, 200)
    document = await ann.document("ours", write=False)
    assert (sorted(document["versions"]), document["dist-tags"]) == (["1.0.0"], {"latest": "1.0.0"})
    for form in (FULL, SHORT):
        assert "was unpublished by its publishers" in form.told(await form.listing(site, "ours", ann.token))
    pinned = await ann.get(TARBALL)
    assert pinned.status == 403
    assert "Blocked by policy unpublished: ours@1.1.0 was unpublished by its publishers on" in pinned.reason
    assert "allowed: 1.0.0" in pinned.reason


async def test_what_is_gone_stays_on_record(site: Site, ann: Publisher) -> None:
    await ann.get(TARBALL)
    await ann.unpublish("ours", "1.1.0")
    await site.ports.downloads.flush()

    seen = await exposure(site.ports, "main", "pkg:npm/ours@1.1.0", OPERATOR)
    told = (await list_events(site.ports, ListEvents(about="pkg:npm/ours@1.1.0"), OPERATOR)).events
    shown = await show_project(site.ports, ShowProject("pkg:npm/ours"), OPERATOR)

    assert len(seen.downloads) == 1
    assert [one.kind for one in told] == ["unpublished", "published"]
    assert [(one.version, one.clearance) for one in shown.releases] == [("1.0.0", "live"), ("1.1.0", "unpublished")]


async def test_a_version_is_never_used_again_not_even_for_the_same_bytes(site: Site, client: Speaker) -> None:
    for version in ("1.0.0", "1.1.0"):
        assert (await client.upload(site, "ours", version, site.token)).status in (200, 201)
    await unpublish(site.ports, Unpublish(f"pkg:{client.ecosystem}/ours@1.1.0"), OPERATOR)

    again = await client.upload(site, "ours", "1.1.0", site.token)

    assert again.status == client.conflict
    assert "a version number is never used again" in again.text
    assert (await client.upload(site, "ours", "1.2.0", site.token)).status in (200, 201)


async def test_in_every_ecosystem_it_is_offered_to_nobody_and_its_pins_read_why(site: Site, speaker: Speaker) -> None:
    for version in ("1.0.0", "1.1.0"):
        assert (await speaker.upload(site, "ours", version, site.token)).status in (200, 201)

    done = await unpublish(site.ports, Unpublish(f"pkg:{speaker.ecosystem}/ours@1.1.0"), OPERATOR)

    assert done.versions == ("1.1.0",)
    listing = await speaker.listing(site, "ours", site.token)
    pinned = await site.get(speaker.path("ours", "1.1.0"), site.token)
    assert speaker.offered(listing) == ["1.0.0"]
    assert pinned.status == 403
    assert "was unpublished by its publishers" in pinned.reason


async def test_a_whole_package_goes_and_its_name_stays_with_its_owners(
    site: Site, registry: PlainRegistry, ann: Publisher
) -> None:
    document = await ann.document("ours")

    done = await ann.send("DELETE", f"ours/-rev/{document['_rev']}")
    again = await ann.send("DELETE", f"ours/-rev/{(await ann.document('ours'))['_rev']}")

    assert (done.status, again.status) == (200, 404)
    assert "ours is unpublished (1.0.0, 1.1.0); these versions are never used again" in done.headers["npm-notice"]
    left = await ann.document("ours", write=False)
    assert (left["versions"], left["dist-tags"]) == ({}, {})
    registry.npm("ours", "5.0.0")
    assert (await ann.document("ours", write=False))["versions"] == {}, "no upstream takes the name over"
    await ann.publish("ours", "2.0.0")
    assert sorted((await ann.document("ours", write=False))["versions"]) == ["2.0.0"]


async def test_nothing_is_taken_away_by_leaving_it_out(ann: Publisher) -> None:
    await ann.publish("ours", "1.2.0")
    document = await ann.document("ours")
    two = {**document, "versions": {"1.0.0": document["versions"]["1.0.0"]}}
    one = {**document, "versions": {key: value for key, value in document["versions"].items() if key != "1.0.0"}}
    more = {**one, "dist-tags": {"latest": "1.2.0", "evil": "1.1.0"}}
    message = {**one, "versions": {key: {**value, "deprecated": "x"} for key, value in one["versions"].items()}}

    for path, content in (
        (f"ours/-rev/{document['_rev']}", two),
        ("ours", one),
        (f"ours/-rev/{document['_rev']}", more),
        (f"ours/-rev/{document['_rev']}", message),
        (f"ours/-rev/{document['_rev']}", {**one, "_attachments": {"a.tgz": {}}}),
        (f"ours/-rev/{document['_rev']}", {**one, "name": "other"}),
        (f"ours/-rev/{document['_rev']}", []),
        (f"ours/-rev/{document['_rev']}", None),
    ):
        answer = await ann.put(path, content)
        assert (answer.status, bool(error(answer))) == (400, True), (path, content)
    live = await ann.send("DELETE", f"ours/-/ours-1.0.0.tgz/-rev/{document['_rev']}")
    unknown = await ann.send("DELETE", f"ours/-/ours-7.0.0.tgz/-rev/{document['_rev']}")

    assert (live.status, "which is still here" in error(live)) == (409, True)
    assert unknown.status == 404
    assert len((await ann.document("ours"))["versions"]) == 3


async def test_a_stale_revision_takes_nothing_away(ann: Publisher) -> None:
    stale = (await ann.document("ours"))["_rev"]
    await ann.publish("ours", "1.2.0")

    whole = await ann.send("DELETE", f"ours/-rev/{stale}")
    file = await ann.send("DELETE", f"{TARBALL}/-rev/{stale}")

    assert (whole.status, file.status) == (409, 409)
    assert len((await ann.document("ours"))["versions"]) == 3


async def test_of_two_who_take_different_versions_away_at_once_one_is_told(ann: Publisher) -> None:
    document = await ann.document("ours")
    wanted = []
    for gone in ("1.0.0", "1.1.0"):
        left = {key: value for key, value in document["versions"].items() if key != gone}
        body = {**document, "versions": left, "dist-tags": {"latest": next(iter(left))}}
        wanted.append(ann.put(f"ours/-rev/{document['_rev']}", body))

    answers = await asyncio.gather(*wanted)

    assert sorted(one.status for one in answers) == [200, 409]
    assert len((await ann.document("ours"))["versions"]) == 1


async def test_owners_have_three_days_and_then_an_administrator_is_asked(site: Site, ann: Publisher) -> None:
    site.clock.set("+73h")
    await ann.publish("ours", "1.2.0")
    admin = Publisher(site, site.admin)

    late, _ = await ann.unpublish("ours", "1.1.0")
    whole = await ann.send("DELETE", f"ours/-rev/{(await ann.document('ours'))['_rev']}")
    young, _ = await ann.unpublish("ours", "1.2.0")
    by_admin, _ = await admin.unpublish("ours", "1.1.0")

    assert (late.status, whole.status, young.status, by_admin.status) == (403, 403, 200, 200)
    assert "ours@1.1.0 was published more than 3 days ago, and after that only an administrator" in error(late)
    assert "publish.unpublish_window" in error(late)
    assert sorted((await ann.document("ours"))["versions"]) == ["1.0.0"]


async def test_only_owners_take_away_and_others_learn_of_no_private_package(site: Site, ann: Publisher) -> None:
    await add_user(site.ports, AddUser(name="bob"), OPERATOR)
    bob = await publisher(site, "bob")
    document = await ann.document("ours")
    narrow = await publisher(site, "ann", frozenset({Operation.READ, Operation.PUBLISH}))
    may_ci = frozenset({Operation.READ, Operation.PUBLISH, Operation.DEPRECATE})
    by_ci = await publisher(site, "ann", may_ci, kind=ActorKind.CI)

    assert (await Publisher(site, None).send("DELETE", f"ours/-rev/{document['_rev']}")).status == 401
    for path in ("{}/-rev/1-a", "{}/-/ours-1.0.0.tgz/-rev/1-a"):
        ours, none = [await bob.send("DELETE", path.format(name)) for name in ("ours", "nope")]
        assert (ours.status, error(ours)) == (none.status, error(none))
        assert ours.status == 403
    put, none = [await bob.put(f"{name}/-rev/1-a", {"_id": name, "versions": {}}) for name in ("ours", "nope")]
    assert (put.status, error(put)) == (none.status, error(none))
    assert put.status == 403
    await make_member(site, "pkg:npm/ours", "bob", "maintainer")
    for one in (bob, narrow, by_ci):
        taken, _ = await one.unpublish("ours", "1.1.0")
        assert taken.status == 403
    assert len((await ann.document("ours"))["versions"]) == 2


async def test_an_upstreams_release_is_not_ours_to_take_away(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    await client.listing(site, "left", site.token)

    with pytest.raises(Conflict, match="comes from an upstream"):
        await unpublish(site.ports, Unpublish(f"pkg:{client.ecosystem}/left@1.0.0"), OPERATOR)
    with pytest.raises(NotFound):
        await unpublish(site.ports, Unpublish(f"pkg:{client.ecosystem}/nope"), OPERATOR)


async def test_what_is_gone_is_not_brought_back_by_a_revocation_that_ends_nor_by_a_recheck(
    site: Site, ann: Publisher
) -> None:
    purl = "pkg:npm/ours@1.1.0"
    await revoke(site.ports, "main", purl, None, "steals", OPERATOR)
    await unpublish(site.ports, Unpublish(purl), OPERATOR)
    await unrevoke(site.ports, "main", purl, None, OPERATOR)
    await recheck_releases(site.ports, Recheck(1, (("npm", "ours", "1.1.0"),)))

    shown = await show_project(site.ports, ShowProject("pkg:npm/ours"), OPERATOR)
    assert [one.clearance for one in shown.releases] == ["live", "unpublished"]
    assert (await ann.get(TARBALL)).status == 403
    for again in (
        unpublish(site.ports, Unpublish(purl), OPERATOR),
        yank(site.ports, Yank(purl), OPERATOR),
    ):
        with pytest.raises(NotFound, match=r"has no release 1\.1\.0"):
            await again
