"""An approval is for what its giver looked at: these files, these bytes, until the hold would have ended by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pratique.core.actors import OPERATOR
from pratique.core.clock import HOUR
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.list_waivers import ListWaivers, WaiverShown, list_waivers
from pratique.services.verbs.releases import Approve, approve
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker

LATER_WHEEL = "left-1.0.1-cp311-cp311-linux_x86_64.whl"


async def approved(site: Site, speaker: Speaker) -> None:
    """Somebody read `left@1.0.1` and lets it through."""
    await approve(site.ports, Approve(f"pkg:{speaker.ecosystem}/left@1.0.1", "read the diff"), OPERATOR)


async def waivers(site: Site) -> tuple[WaiverShown, ...]:
    return (await list_waivers(site.ports, ListWaivers(ended=True), OPERATOR)).waivers


async def test_an_approval_lets_the_release_through_and_no_other(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    for version, days in (("1.0.0", 90.0), ("1.0.1", 0.1), ("1.0.2", 0.05)):
        speaker.released(registry, "left", version, days=days)

    await approved(site, speaker)

    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0", "1.0.1"]
    assert (await site.get(speaker.path("left", "1.0.1"))).status == 200
    assert (await site.get(speaker.path("left", "1.0.2"))).status == 403


async def test_a_file_that_joins_an_approved_release_later_is_held_and_the_approved_one_stays(
    site: Site, registry: PlainRegistry
) -> None:
    first = registry.wheel("left", "1.0.1", days=0.1)
    purl = "pkg:pypi/left@1.0.1"
    await approve(site.ports, Approve(purl, "read the diff"), OPERATOR)
    later = replace(first, filename=LATER_WHEEL, content=first.content + b"new", published=datetime.now(UTC))
    registry.releases["pypi", "left"].append(later)

    held = await site.get(f"/main/pypi/files/left/{LATER_WHEEL}")
    listing = (await site.get("/main/pypi/simple/left/", Accept="application/vnd.pypi.simple.v1+json")).json()

    assert held.status == 403
    assert "Blocked by policy cooldown: left@1.0.1" in held.reason
    assert {one["filename"]: bool(one["yanked"]) for one in listing["files"]} == {
        first.filename: False,
        LATER_WHEEL: True,
    }
    assert (await site.get(f"/main/pypi/files/left/{first.filename}")).status == 200


async def test_an_approval_ends_when_the_index_names_other_bytes(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    release = speaker.released(registry, "left", "1.0.1", days=0.1)
    await approved(site, speaker)
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.1"]
    release.content += b"swapped"

    listing = await speaker.listing(site, "left")
    file = await site.get(speaker.path("left", "1.0.1"))

    assert speaker.offered(listing) == []
    assert (file.status, registry.downloads(release.filename)) == (403, 0)
    assert [one.state for one in await waivers(site)] == ["withdrawn"]
    kinds = {one.kind: one.body for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events}
    assert "other bytes" in kinds["waiver_withdrawn"]["why"]


async def test_an_approval_ends_when_the_hold_would_have_ended(
    site: Site, registry: PlainRegistry, speaker: Speaker
) -> None:
    release = speaker.released(registry, "left", "1.0.1", days=0.5)
    await approved(site, speaker)

    (given,) = await waivers(site)

    assert given.files == (release.filename,)
    assert given.expires is not None
    end = datetime.fromisoformat(given.expires)
    assert (end - release.published).total_seconds() * 1000 == 48 * HOUR
    site.clock.set("+49h")
    assert [one.state for one in await waivers(site)] == ["expired"]
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.1"]
