"""What is stored is scanned again: in portions that follow one another, and what a scan finds counts at once."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec
import pytest
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR, Actor, ActorKind
from pratique.core.decisions import Mode
from pratique.core.errors import Forbidden, Invalid, NotFound
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.scans import Verdict
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.installing.fetch_previous import compare_with_previous
from pratique.services.installing.scan_release import ScanRelease, scan_release
from pratique.services.judging.recheck_release import Recheck, recheck_releases
from pratique.services.reviewing.decide_case import DecideCase, confirm_case
from pratique.services.reviewing.report_release import Report, report_release
from pratique.services.scanning import rescan as rescanning
from pratique.services.scanning.rescan import Rescan, rescan, rescan_part
from pratique.services.scanning.rescan_part import RESCAN_JOB, RescanPart
from pratique.services.scanning.scan_fetched import scan_fetched
from pratique.services.scanning.show_scanner import ShowScanner, show_scanner
from pratique.store import accounts, scans
from pratique.store.scans import Artefact
from tests.harness import packages
from tests.harness.lookalike_packages import harmful, harmless
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")
LEFT = ProjectKey(EcosystemId("npm"), "left")


class Promised:
    """Jobs that were promised, to be done one after the other."""

    def __init__(self) -> None:
        self.jobs: list[tuple[str, Any, str]] = []

    def __call__(self, _connection: Connection, name: str, payload: Any, job_id: str) -> None:
        self.jobs.append((name, payload, job_id))


@pytest.fixture
def promised(site: Site) -> Promised:
    found = Promised()
    object.__setattr__(site.ports, "enqueue", found)
    return found


async def done(site: Site, promised: Promised) -> int:
    """Do what was promised, as often as something follows; how many jobs."""
    count = 0
    while promised.jobs:
        name, payload, _ = promised.jobs.pop(0)
        if name == RESCAN_JOB:
            await rescan_part(site.ports, msgspec.convert(payload, RescanPart))
        else:
            await recheck_releases(site.ports, msgspec.convert(payload, Recheck))
        count += 1
    return count


async def stored(site: Site, registry: PlainRegistry, *versions: str, bad: str = "") -> None:
    for version in versions:
        release = registry.npm("left", version, days=10)
        release.content = (harmful if version == bad else harmless)("npm", "left", version)
    for version in versions:
        assert (await site.get(NPM.path("left", version), site.token)).status == 200


@ON_SQLITE
async def test_all_that_is_stored_is_scanned_in_portions_and_what_is_found_leaves_the_listing(
    site: Site, registry: PlainRegistry, promised: Promised, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rescanning, "ARTEFACTS_A_JOB", 1)
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.DRY_RUN), OPERATOR)
    await stored(site, registry, "1.0.0", "1.0.1", "1.0.2", bad="1.0.1")
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    promised.jobs.clear()

    begun = await rescan(site.ports, Rescan(everything=True), OPERATOR)
    before = await show_scanner(site.ports, ShowScanner(), OPERATOR)
    await done(site, promised)
    after = await show_scanner(site.ports, ShowScanner(), OPERATOR)

    assert (begun.artefacts, begun.jobs) == (3, 4)
    assert (before.rescanned, before.rescan, before.current) == (0, 3, 0)
    assert (after.rescanned, after.rescan, after.current) == (3, 3, 3)
    assert [one.name for one in after.measures if one.holds]
    assert NPM.offered(await NPM.listing(site, "left", site.token)) == ["1.0.0", "1.0.2"]
    assert (await site.get(NPM.path("left", "1.0.1"), site.token)).status == 403

    again = await rescan(site.ports, Rescan(everything=True), OPERATOR)
    assert (again.artefacts, again.jobs) == (0, 0), "all were scanned with the present rules"


@ON_SQLITE
async def test_a_job_that_was_killed_goes_on_where_it_was(
    site: Site, registry: PlainRegistry, promised: Promised
) -> None:
    await stored(site, registry, "1.0.0", "1.0.1")
    await rescan(site.ports, Rescan("pkg:npm/left"), OPERATOR)
    ((_, payload, _),) = promised.jobs
    part = msgspec.convert(payload, RescanPart)
    first, second = await site.ports.db.read(scans.due, part.wanted, "", "", 10)
    await rescanning.scan_one(site.ports, first)

    await rescan_part(site.ports, part)

    assert await site.ports.db.read(scans.due, part.wanted, "", "", 10) == ()
    state = await site.ports.scanner.state()
    assert state is not None
    assert state.scanned == 2, (first, second)


@ON_SQLITE
async def test_with_all_rules_what_was_scanned_before_is_scanned_again(
    site: Site, registry: PlainRegistry, promised: Promised
) -> None:
    await stored(site, registry, "1.0.0", "1.0.1")
    for rules, one in (("changed", None), ("changed", "pkg:npm/left@1.0.0"), ("all", "pkg:npm/left@1.0.0")):
        begun = await rescan(site.ports, Rescan(one, one is None, rules), OPERATOR)
        await done(site, promised)
        site.clock.set("+1h")
        if rules == "all":
            assert begun.artefacts == 1

    shown = await show_scanner(site.ports, ShowScanner(), OPERATOR)
    assert (shown.rescanned, shown.rescan) == (1, 1)


@ON_SQLITE
async def test_an_own_release_in_which_a_rescan_finds_something_is_quarantined(site: Site, promised: Promised) -> None:
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    assert (await NPM.upload(site, "left", "1.0.0", site.token)).status in (200, 201)
    bad = harmful("npm", "left", "1.0.1")
    assert (await NPM.upload(site, "left", "1.0.1", site.token, content=bad)).status in (200, 201)
    promised.jobs.clear()

    await rescan(site.ports, Rescan(everything=True), OPERATOR)
    await done(site, promised)

    found = await site.ports.db.read(scans.find, LEFT, hashlib.sha256(bad).hexdigest())
    assert found is not None
    assert found.result.verdict is Verdict.QUARANTINE
    assert NPM.offered(await NPM.listing(site, "left", site.token)) == ["1.0.0"]
    assert (await site.get(NPM.path("left", "1.0.1"), site.token)).status == 403


@ON_SQLITE
async def test_what_was_served_unscanned_is_scanned_afterwards_while_it_is_young(
    site: Site, registry: PlainRegistry
) -> None:
    registry.npm("left", "0.9.0", days=90)
    await stored(site, registry, "1.0.0", "1.0.1", bad="1.0.1")
    await site.get(NPM.path("left", "0.9.0"), site.token)

    assert await scan_fetched(site.ports) == 2
    assert await scan_fetched(site.ports) == 0

    explained = await site.get("/api/v1/explain?purl=pkg:npm/left@1.0.1", site.token)
    assert "looks harmful" in explained.text, "the rule that is only tried says what it would have done"


@ON_SQLITE
async def test_what_was_served_with_nothing_to_compare_it_with_is_compared_afterwards(
    site: Site, registry: PlainRegistry
) -> None:
    """The hook says nothing by itself; that the release before had none does."""
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    first = registry.npm("left", "1.0.0", days=60)
    registry.npm("left", "1.0.1", days=10).content = turned = packages.npm_tarball(
        "left", "1.0.1", manifest={"scripts": {"preinstall": "node setup.js"}}, files={"setup.js": "console.log(1)\n"}
    )
    assert (await site.get(NPM.path("left", "1.0.1"), site.token)).status == 200
    assert registry.downloads(first.filename) == 0, "nobody waits for that"

    assert await compare_with_previous(site.ports) == 1
    assert await compare_with_previous(site.ports) == 0

    found = await site.ports.db.read(scans.find, LEFT, hashlib.sha256(turned).hexdigest())
    assert found is not None
    assert found.previous == hashlib.sha256(first.content).hexdigest()
    assert "difference" in found.findings
    assert found.result.verdict is not Verdict.CLEAR


@ON_SQLITE
async def test_where_there_is_no_release_before_nobody_looks_twice(site: Site, registry: PlainRegistry) -> None:
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    await stored(site, registry, "1.0.0")

    assert await compare_with_previous(site.ports) == 0

    found = await site.ports.db.read(scans.find, LEFT, hashlib.sha256(harmless("npm", "left", "1.0.0")).hexdigest())
    assert found is not None
    assert found.previous == ""


@ON_SQLITE
async def test_a_release_is_scanned_on_demand_and_fetched_for_it(site: Site, registry: PlainRegistry) -> None:
    await set_rule(site.ports, SetRule(rule="scan_result", mode=Mode.ENFORCE), OPERATOR)
    for version, content in (("1.0.0", harmless), ("1.0.1", harmful)):
        registry.npm("left", version, days=10).content = content("npm", "left", version)

    good = await scan_release(site.ports, ScanRelease("pkg:npm/left@1.0.0"), OPERATOR)
    bad = await scan_release(site.ports, ScanRelease("pkg:npm/left@1.0.1"), OPERATOR)
    again = await scan_release(site.ports, ScanRelease("pkg:npm/left@1.0.1"), OPERATOR)

    assert [(one.filename, one.verdict) for one in good.files] == [("left-1.0.0.tgz", "clear")]
    assert [(one.verdict, one.findings[0]["detector"]) for one in bad.files] == [("quarantine", "hook-command")]
    assert again == bad
    with pytest.raises(Invalid, match="names no release"):
        await scan_release(site.ports, ScanRelease("pkg:npm/left"), OPERATOR)
    with pytest.raises(NotFound, match=r"there is no release left@2\.0\.0"):
        await scan_release(site.ports, ScanRelease("pkg:npm/left@2.0.0"), OPERATOR)
    with pytest.raises(Forbidden):
        await scan_release(site.ports, ScanRelease("pkg:npm/left@1.0.0"), Actor(ActorKind.USER, account=2, name="ann"))


@ON_SQLITE
async def test_only_administrators_have_things_scanned_again(site: Site) -> None:
    person = Actor(ActorKind.USER, account=2, name="ann")
    with pytest.raises(Forbidden):
        await rescan(site.ports, Rescan(everything=True), person)
    with pytest.raises(Forbidden):
        await show_scanner(site.ports, ShowScanner(), person)


@ON_SQLITE
async def test_a_file_whose_bytes_are_gone_keeps_no_other_from_being_scanned(
    site: Site, registry: PlainRegistry, promised: Promised
) -> None:
    await stored(site, registry, "1.0.0", "1.0.1")
    gone = hashlib.sha256(harmless("npm", "left", "1.0.0")).hexdigest()
    next(path for path in (site.data / "blobs").rglob(gone) if path.is_file()).unlink()

    await rescan(site.ports, Rescan(everything=True), OPERATOR)
    await done(site, promised)

    shown = await show_scanner(site.ports, ShowScanner(), OPERATOR)
    assert (shown.rescanned, shown.rescan) == (1, 2)


@ON_SQLITE
async def test_what_was_compared_with_a_release_that_is_harmful_after_all_is_scanned_again(
    site: Site, promised: Promised
) -> None:
    own = []
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        content = harmless("npm", "left", version)
        assert (await NPM.upload(site, "left", version, site.token, content=content)).status in (200, 201)
        own.append(Artefact(hashlib.sha256(content).hexdigest(), "npm", "left", version, f"left-{version}.tgz"))
        await rescanning.scan_one(site.ports, own[-1])
    promised.jobs.clear()
    account = await site.ports.db.read(accounts.find_by_name, "ann")
    assert account is not None

    def compared(connection: Connection) -> list[str | None]:
        return [found.previous for one in own if (found := scans.find(connection, LEFT, one.sha256))]

    before = await site.ports.db.read(compared)
    reporter = Actor(ActorKind.USER, account.id, "ann", token=1)
    await report_release(site.ports, Report("pkg:npm/left@1.0.1", "it is a trap"), reporter)
    await confirm_case(site.ports, DecideCase("pkg:npm/left@1.0.1", "so it is"), OPERATOR)
    await done(site, promised)
    after = await site.ports.db.read(compared)

    assert before == [None, own[0].sha256, own[1].sha256]
    assert after == [None, own[0].sha256, own[0].sha256]
