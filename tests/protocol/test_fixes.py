"""The fix of an advisory passes the cooldown early: how recent the advisory must be is the rule's option."""

from __future__ import annotations

from pratique.advisories.affected import Affected, pack
from pratique.core.actors import OPERATOR
from pratique.core.clock import DAY, Instant
from pratique.services.rule_settings import SetRule, set_rule
from pratique.store import advisories, revisions
from pratique.store.advisories import StoredAdvisory
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker


async def advised(site: Site, speaker: Speaker, ages: dict[str, int]) -> None:
    """Advisories, so many days old, that 1.0.0 is affected and 1.0.1 fixes it."""
    rows = [
        StoredAdvisory(
            id=name,
            ecosystem=speaker.ecosystem,
            name="left",
            source="test",
            malware=False,
            withdrawn=False,
            severity="high",
            summary="reads files it should not",
            affected=pack(Affected(ranges=((("introduced", "0"), ("fixed", "1.0.1")),))),
            published=Instant(site.ports.clock.now() - days * DAY),
            modified=Instant(1),
        )
        for name, days in ages.items()
    ]
    await site.ports.db.write(advisories.upsert_many, "test", rows)
    await site.ports.db.write(revisions.bump, 1, None)


async def served_and_fixed(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    """1.0.0 was served here; 1.0.1 is an hour old."""
    speaker.released(registry, "left", "1.0.0")
    assert (await site.get(speaker.path("left", "1.0.0"))).status == 200
    speaker.released(registry, "left", "1.0.1", days=1 / 24)


async def test_a_longer_time_for_fixes_counts(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 20})
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]

    await set_rule(site.ports, SetRule(rule="cooldown", options={"fix_days": 30}), OPERATOR)

    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_of_several_advisories_the_newest_counts(site: Site, registry: PlainRegistry, client: Speaker) -> None:
    await served_and_fixed(site, registry, client)
    await advised(site, client, {"GHSA-1": 20, "GHSA-2": 3, "GHSA-3": 40})

    assert client.offered(await client.listing(site, "left")) == ["1.0.0", "1.0.1"]


async def test_a_refusals_address_stays_while_an_advisory_grows_old(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    speaker = client
    speaker.released(registry, "left", "1.0.0")
    assert (await site.get(speaker.path("left", "1.0.0"))).status == 200
    speaker.released(registry, "left", "1.0.1", days=-20)
    await set_rule(site.ports, SetRule(rule="cooldown", options={"fix_days": 0}), OPERATOR)
    await advised(site, speaker, {"GHSA-1": 13})
    before = await site.get(speaker.path("left", "1.0.1"))

    site.clock.set("+48h")
    after = await site.get(speaker.path("left", "1.0.1"))

    assert (before.status, after.status) == (403, 403)
    assert address(before.reason) == address(after.reason)


def address(sentence: str) -> str:
    """Where the refusal is explained; it holds the decision's id."""
    return sentence.rsplit("; see ", 1)[1]
