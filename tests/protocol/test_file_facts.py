"""What download refuses on file facts leaves the listing, whichever rule it was and whatever fact it looked at."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Action, Vote, Waiver
from pratique.core.facts import ALL_FACTS, DIGESTS, Absent, Fact, Facts, NotYetFetched, Seen, Stage
from pratique.core.ports import BlobDraft
from pratique.rules.contract import Rule, rule_of
from pratique.rules.policy import read_policy
from pratique.rules.registry import RULES
from pratique.services.installing import get_file as get_file_module
from pratique.services.judging import knowledge as knowledge_module
from pratique.services.verbs.releases import Approve, approve
from pratique.store import policy, revisions
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker

BAD = b"inert look-alike of something bad"


@pytest.fixture
def hits(monkeypatch: pytest.MonkeyPatch) -> Iterator[Fact[tuple[str, ...]]]:
    """A file fact that only the bytes can tell: a field, and a line where bytes are looked at."""
    fact: Fact[tuple[str, ...]] = Fact("hits", Stage.FILE, "what a look inside found", tuple[str, ...])

    def see(draft: BlobDraft) -> Seen:
        found = ("bad",) if BAD in draft.read_at(0, draft.size) else ()
        return Seen(draft.digests(), {fact.name: found})

    monkeypatch.setattr(get_file_module, "see_bytes", see)
    yield fact
    ALL_FACTS.remove(fact)


def rule_on_hits(hits: Fact[tuple[str, ...]], action: Action) -> Rule:
    """Votes on what the look inside found."""

    def vote(facts: Facts, _options: object) -> Vote | None:
        return Vote("inside", action, "has something bad inside") if facts[hits] else None

    return rule(vote, hits)


def rule_on_digests(action: Action) -> Rule:
    """Votes against whatever bytes were seen."""

    def vote(facts: Facts, _options: object) -> Vote | None:
        check = facts[DIGESTS]
        if check.observed is None and check.recorded is None:
            raise NotYetFetched(DIGESTS)
        return Vote("inside", action, "has bytes that nobody wants")

    return rule(vote, DIGESTS)


def rule(vote: object, fact: Fact[object]) -> Rule:
    module = ModuleType("inside")
    module.__dict__.update(NAME="inside", NEEDS=(fact,), vote=vote)
    return rule_of(module)


def enforce(monkeypatch: pytest.MonkeyPatch, one: Rule) -> None:
    """A server with one rule more in its registry."""
    monkeypatch.setattr(knowledge_module, "read_policy", partial(read_policy, rules=(*RULES, one)))


def stored(site: Site) -> list[Path]:
    """Every blob and draft."""
    return [path for folder in ("blobs", "tmp") for path in (site.data / folder).rglob("*") if path.is_file()]


@pytest.mark.parametrize("action", [Action.DENY, Action.HOLD])
@pytest.mark.parametrize("looks_at", ["hits", "digests"])
async def test_what_a_rule_refuses_on_the_bytes_leaves_the_listing_and_is_not_fetched_again(
    site: Site,
    registry: PlainRegistry,
    speaker: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
    looks_at: str,
    action: Action,
) -> None:
    enforce(monkeypatch, rule_on_hits(hits, action) if looks_at == "hits" else rule_on_digests(action))
    bad = speaker.released(registry, "left", "1.0.0")
    bad.content += BAD
    assert speaker.offered(await speaker.listing(site, "left")) == ["1.0.0"]

    first = await site.get(speaker.path("left", "1.0.0"))
    listing = await speaker.listing(site, "left")
    second = await site.get(speaker.path("left", "1.0.0"))

    for answer in (first, second):
        assert (answer.status, answer.json()["rule"]) == (403, "inside")
    assert speaker.offered(listing) == []
    assert "Blocked by policy inside: left@1.0.0 has" in speaker.told(listing)
    assert registry.downloads(bad.filename) == 1
    assert stored(site) == []


async def test_a_lie_that_two_people_waived_is_still_refused_for_what_is_inside(
    site: Site,
    registry: PlainRegistry,
    client: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
) -> None:
    enforce(monkeypatch, rule_on_hits(hits, Action.DENY))
    waived = Waiver(0, "digest_mismatch", client.ecosystem, "left", reason="two people agreed")
    await site.ports.db.write(policy.add_waiver, 1, waived, "alice", policy.ACTIVE, site.ports.clock.now())
    bad = client.released(registry, "left", "1.0.0")
    registry.listed_content[bad.filename] = bad.content
    bad.content = bad.content[: -len(BAD)] + BAD

    answers = [await site.get(client.path("left", "1.0.0")) for _ in range(2)]

    assert [answer.json()["rule"] for answer in answers] == ["inside", "inside"]
    assert client.offered(await client.listing(site, "left")) == []
    assert registry.downloads(bad.filename) == 1


async def test_what_is_held_for_its_bytes_can_be_approved(
    site: Site,
    registry: PlainRegistry,
    client: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
) -> None:
    enforce(monkeypatch, rule_on_hits(hits, Action.HOLD))
    bad = client.released(registry, "left", "1.0.0")
    bad.content += BAD
    assert (await site.get(client.path("left", "1.0.0"))).status == 403

    await approve(site.ports, Approve(f"pkg:{client.ecosystem}/left@1.0.0", "looked inside"), OPERATOR)

    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"))).body == bad.content


async def test_other_bytes_under_the_name_of_refused_ones_are_looked_at_themselves(
    site: Site,
    registry: PlainRegistry,
    client: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
) -> None:
    enforce(monkeypatch, rule_on_hits(hits, Action.DENY))
    release = client.released(registry, "left", "1.0.0")
    good = release.content
    release.content += BAD
    assert (await site.get(client.path("left", "1.0.0"))).status == 403
    release.content = good + b"mended"
    assert client.offered(await client.listing(site, "left")) == [], "changed digests start the clock anew"
    site.clock.set("+3d")

    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"))).body == release.content
    assert client.offered(await client.listing(site, "left")) == ["1.0.0"]


async def test_stored_bytes_are_judged_by_a_later_rule_on_what_was_seen_of_them(
    site: Site,
    registry: PlainRegistry,
    client: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
) -> None:
    good, bad = (client.released(registry, "left", version) for version in ("1.0.0", "1.0.1"))
    bad.content += BAD
    for version in ("1.0.0", "1.0.1"):
        assert (await site.get(client.path("left", version))).status == 200
    enforce(monkeypatch, rule_on_hits(hits, Action.DENY))
    await site.ports.db.write(revisions.bump, 1, None)

    listing = await client.listing(site, "left")

    assert client.offered(listing) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"))).body == good.content
    assert (await site.get(client.path("left", "1.0.1"))).status == 403
    assert registry.downloads(bad.filename) == 1


async def test_a_look_that_failed_refuses_and_the_next_download_looks_again(
    site: Site,
    registry: PlainRegistry,
    client: Speaker,
    monkeypatch: pytest.MonkeyPatch,
    hits: Fact[tuple[str, ...]],
) -> None:
    enforce(monkeypatch, rule_on_hits(hits, Action.DENY))
    client.released(registry, "left", "1.0.0")
    with monkeypatch.context() as broken:
        failed = {hits.name: Absent("the scanner is away")}
        broken.setattr(get_file_module, "see_bytes", lambda draft: Seen(draft.digests(), failed))
        refused = await site.get(client.path("left", "1.0.0"))

    assert (refused.status, "hits is missing (the scanner is away)" in refused.json()["error"]) == (403, True)
    assert (await site.get(client.path("left", "1.0.0"))).status == 200
