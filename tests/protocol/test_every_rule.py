"""What listing refuses, download refuses, for every rule and every form; a rule without a scenario fails."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR, ActorKind
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import Action, EntryKind, Mode, Moment
from pratique.core.likeness import Likeness
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.reviews import Suspicion
from pratique.rules.registry import RULES
from pratique.services.governing.list_entries import AddEntry, add_entry
from pratique.services.governing.revoke import revoke
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.publishing.unpublish import Unpublish, unpublish
from pratique.store import advisories, missing, name_reviews, release_cases, revisions
from pratique.store.advisories import StoredAdvisory
from pratique.store.release_cases import Opened
from tests.harness.lookalike_packages import harmful
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.speakers import Speaker

Arrange = Callable[[Site, PlainRegistry, Speaker], Awaitable[None]]

OLD, BAD = "1.0.0", "1.0.1"
NAME = "left"


@dataclass(frozen=True)
class Scenario:
    """How a rule comes to refuse `left@1.0.1` (or all of `left`).

    Attributes:
        action: what it votes.
        whole: the refusal is about the whole project, at the name stage: nothing is asked upstream.
        as_agent: only agents are refused.
    """

    rule: str
    arrange: Arrange
    action: Action = Action.DENY
    whole: bool = False
    as_agent: bool = False
    after_fetch: bool = False


def entry(kind: EntryKind, action: str, version: str | None = BAD) -> Arrange:
    async def arrange(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
        purl = f"pkg:{speaker.ecosystem}/{NAME}" + (f"@{version}" if version else "")
        await add_entry(site.ports, AddEntry(kind=kind, purl=purl, action=action, reason="we said so"), OPERATOR)

    return arrange


def malware(affected: str) -> Arrange:
    async def arrange(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
        row = StoredAdvisory(
            id="MAL-2026-1",
            ecosystem=speaker.ecosystem,
            name=NAME,
            twin=NAME,
            source="test",
            malware=True,
            withdrawn=False,
            severity="critical",
            summary="steals tokens",
            affected=affected,
            published=Instant(1),
            modified=Instant(1),
        )
        await site.ports.db.write(advisories.upsert_many, "test", [row])
        await site.ports.db.write(revisions.bump, 1, None)

    return arrange


async def revoked(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
    await revoke(site.ports, "main", f"pkg:{speaker.ecosystem}/{NAME}@{BAD}", None, "stolen account", OPERATOR)


async def revoked_whole(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
    await revoke(site.ports, "main", f"pkg:{speaker.ecosystem}/{NAME}", None, "stolen account", OPERATOR)


async def reserved(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
    await reserve(site.ports, Reserve(ecosystem=speaker.ecosystem, pattern=NAME, reason="ours"), OPERATOR)


async def young(_site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    registry.releases[speaker.ecosystem, NAME].pop()
    speaker.released(registry, NAME, BAD, days=0.1)


async def lying(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    release = registry.releases[speaker.ecosystem, NAME][-1]
    registry.listed_content[release.filename] = release.content
    release.content += b"another end"
    await site.get(speaker.path(NAME, BAD), site.token)


async def scanned(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    registry.releases[speaker.ecosystem, NAME].pop()
    release = speaker.released(registry, NAME, BAD, days=10)
    release.content = harmful(speaker.ecosystem, NAME, BAD)
    await site.get(speaker.path(NAME, BAD), site.token)


async def gone(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    await site.get(speaker.path(NAME, BAD), site.token)
    registry.releases[speaker.ecosystem, NAME][-1].listed = False


async def asked_too_early(site: Site, _registry: PlainRegistry, speaker: Speaker) -> None:
    await set_rule(site.ports, SetRule(rule="agent_new_name", mode=Mode.ENFORCE), OPERATOR)
    key = site.ports.ecosystems[speaker.ecosystem]
    question = missing.Question(1, ProjectKey(key.id, NAME), NAME, ActorKind.AGENT, "account 1")
    await site.ports.db.write(missing.asked, question, Instant(5 * DAY))
    await speaker.listing(site, NAME, site.token)


async def unpublished(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    registry.releases.pop((speaker.ecosystem, NAME))
    for version in (OLD, BAD):
        assert (await speaker.upload(site, NAME, version, site.token)).status in (200, 201)
    await unpublish(site.ports, Unpublish(f"pkg:{speaker.ecosystem}/{NAME}@{BAD}"), OPERATOR)


async def under_review(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    await set_rule(site.ports, SetRule(rule="similar_name", mode=Mode.ENFORCE), OPERATOR)
    registry.releases.pop((speaker.ecosystem, NAME))
    for version in (OLD, BAD):
        assert (await speaker.upload(site, NAME, version, site.token)).status in (200, 201)
    key = ProjectKey(EcosystemId(speaker.ecosystem), NAME)
    likeness = Likeness("hold", "misspelling", 900, ("lefty",), "why")

    def begin(connection: Connection) -> None:
        name_reviews.open_review(connection, 1, key, likeness, "it could be taken for lefty", "ann", Instant(1))
        revisions.bump(connection, 1, key)

    await site.ports.db.write(begin)


async def in_quarantine(site: Site, registry: PlainRegistry, speaker: Speaker) -> None:
    await set_rule(site.ports, SetRule(rule="under_review", mode=Mode.ENFORCE), OPERATOR)
    key = ProjectKey(EcosystemId(speaker.ecosystem), NAME)
    await speaker.listing(site, NAME, site.token)
    opened = Opened(key, BAD, own=False, suspicion=Suspicion.QUARANTINE, why="it runs curl", held=True)

    def begin(connection: Connection) -> None:
        release_cases.put(connection, 1, opened, Instant(1))
        revisions.bump(connection, 1, key)

    await site.ports.db.write(begin)


SCENARIOS = (
    Scenario("revoked", revoked),
    Scenario("revoked", revoked_whole, whole=True),
    Scenario("known_malware", malware('{"versions":["1.0.1"]}')),
    Scenario("known_malware", malware('{"ranges":[[["introduced","0"]]]}'), whole=True),
    Scenario("reserved_name", reserved, whole=True),
    Scenario("denylist", entry(EntryKind.DENY, "deny")),
    Scenario("denylist", entry(EntryKind.DENY, "hold"), action=Action.HOLD),
    Scenario("denylist", entry(EntryKind.DENY, "hide"), action=Action.HIDE),
    Scenario("denylist", entry(EntryKind.DENY, "deny", None), whole=True),
    Scenario("allowlist", entry(EntryKind.ALLOW, "deny", OLD)),
    Scenario("cooldown", young, action=Action.HOLD),
    Scenario("digest_mismatch", lying, after_fetch=True),
    Scenario("scan_result", scanned, action=Action.HOLD, after_fetch=True),
    Scenario("gone_upstream", gone, action=Action.HIDE, after_fetch=True),
    Scenario("unpublished", unpublished),
    Scenario("similar_name", under_review, action=Action.HOLD, whole=True),
    Scenario("under_review", in_quarantine, action=Action.HOLD),
    Scenario("agent_new_name", asked_too_early, action=Action.HOLD, whole=True, as_agent=True),
)


IN_A_FILE_OF_ITS_OWN = {"quarantined"}
"""It is about own projects, too, and only one format of upstreams knows it: tests/protocol/test_project_status.py."""


def test_every_rule_that_judges_installs_has_a_scenario() -> None:
    judging = {rule.name for rule in RULES if Moment.INSTALL in rule.moments}
    assert judging == {scenario.rule for scenario in SCENARIOS} | IN_A_FILE_OF_ITS_OWN


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda one: f"{one.rule}-{one.action.word}-{one.arrange.__name__}")
async def test_listing_and_download_agree(
    site: Site, registry: PlainRegistry, speaker: Speaker, scenario: Scenario
) -> None:
    speaker.released(registry, NAME, OLD)
    bad = speaker.released(registry, NAME, BAD)
    token = site.agent if scenario.as_agent else site.token
    await scenario.arrange(site, registry, speaker)
    asked_before = list(registry.asked)

    listing = await speaker.listing(site, NAME, token)
    file = await site.get(speaker.path(NAME, BAD), token)

    sentence = f"Blocked by policy {scenario.rule}: {NAME}"
    if scenario.whole:
        assert listing.status == file.status == 403
        assert sentence in listing.reason
        assert registry.asked == asked_before, "a name-stage refusal asks nothing upstream"
    else:
        assert speaker.offered(listing) == [OLD]
        assert sentence in speaker.told(listing) or scenario.action is Action.HIDE
    if scenario.action is Action.HIDE:
        assert (file.status, file.body) == (200, bad.content)
        return
    assert file.status == 403
    assert sentence in file.reason
    assert file.json()["rule"] == scenario.rule
    if not scenario.after_fetch:
        assert registry.downloads(bad.filename) == 0
    explained = await site.get("/r/" + file.json()["decision_id"], token)
    assert explained.status == 200
    assert scenario.rule in explained.text
