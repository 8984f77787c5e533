"""What people say about releases: it sorts the queue of those who decide, and volume takes nothing away."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pratique.core.actors import OPERATOR, Actor, ActorKind, Operation
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import Mode
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.accounts.freeze import FreezeUser, freeze_user
from pratique.services.governing.approve import approve
from pratique.services.governing.list_events import ListEvents, list_events
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.services.publishing.unpublish import Unpublish, unpublish
from pratique.services.reviewing.cases_shown import CaseShown, ListQueue, ShowCase, list_queue, show_case
from pratique.services.reviewing.decide_case import DecideCase, clear_case, confirm_case
from pratique.services.reviewing.report_release import MOST_OF_OTHERS, NEWCOMER, TRUSTED, Report, report_release
from pratique.services.reviewing.reporters import ListReporters, TrustReporter, list_reporters, trust_reporter
from pratique.services.verbs.releases import Waive, waive
from pratique.store import accounts, downloads
from pratique.store.downloads import Download
from pratique.trust.permissions import Visibility
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.conftest import ON_SQLITE
from tests.protocol.speakers import NpmSpeaker, Speaker

NPM = NpmSpeaker("full", "application/json")


async def enforced(site: Site) -> None:
    await set_rule(site.ports, SetRule(rule="under_review", mode=Mode.ENFORCE), OPERATOR)


async def ask(site: Site, path: str, token: str | None, **fields: Any) -> Answer:
    body = json.dumps(fields).encode()
    return await site.ask("POST", f"/api/v1/{path}", token, data=body, Content_Type="application/json")


async def somebody(site: Site, name: str, *, admin: bool = False) -> Actor:
    await add_user(site.ports, AddUser(name, None, admin), OPERATOR)
    account = await site.ports.db.read(accounts.find_by_name, name)
    assert account is not None
    return Actor(ActorKind.USER, account.id, name, admin, token=1)


async def trusted(site: Site, name: str) -> str:
    await trust_reporter(site.ports, TrustReporter(name), OPERATOR)
    return name


async def queue(site: Site) -> tuple[CaseShown, ...]:
    return (await list_queue(site.ports, ListQueue(), OPERATOR)).releases


async def test_reports_put_a_release_before_people_and_however_many_come_it_is_still_served(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    await enforced(site)
    client.released(registry, "left", "1.0.0")
    purl = f"pkg:{client.ecosystem}/left@1.0.0"

    first = await ask(site, "reports", site.token, purl=purl, why="it reads .npmrc", evidence="index.js:3\nsends it")
    for number in range(12):
        await report_release(site.ports, Report(purl, "it is bad"), await somebody(site, f"new{number}"))
    (case,) = await queue(site)

    assert first.status == 200, first.text
    assert "a person looks at it" in first.json()["note"]
    assert (case.suspicion, case.held, case.weight) == ("reported", False, MOST_OF_OTHERS)
    assert MOST_OF_OTHERS < TRUSTED
    assert client.offered(await client.listing(site, "left", site.token)) == ["1.0.0"]
    assert (await site.get(client.path("left", "1.0.0"), site.token)).status == 200
    detail = await show_case(site.ports, ShowCase(purl), OPERATOR)
    assert (detail.how_many, detail.reports[0].weight) == (13, NEWCOMER)
    assert "index.js:3\nsends it" in {one.evidence for one in detail.reports}


@ON_SQLITE
async def test_a_trusted_report_holds_for_a_time_once_and_few_at_once(site: Site, client: Speaker) -> None:
    await enforced(site)
    for version in ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "1.0.4"):
        assert (await client.upload(site, "left", version, site.token)).status in (200, 201)
    reporter = await somebody(site, "rita")
    await trusted(site, "rita")
    await set_visibility(site.ports, SetVisibility(f"pkg:{client.ecosystem}/left", Visibility.PUBLIC), OPERATOR)

    async def report(version: str) -> bool:
        wanted = Report(f"pkg:{client.ecosystem}/left@{version}", "it sends tokens away")
        return (await report_release(site.ports, wanted, reporter)).held_until is not None

    held = [await report(version) for version in ("1.0.0", "1.0.1", "1.0.2", "1.0.3")]
    listing = await client.listing(site, "left", site.token)
    file = await site.get(client.path("left", "1.0.0"), site.token)

    assert held == [True, True, True, False], "a budget"
    assert client.offered(listing) == ["1.0.3", "1.0.4"]
    assert (file.status, "reported by somebody who is trusted" in file.reason) == (403, True)

    await clear_case(site.ports, DecideCase(f"pkg:{client.ecosystem}/left@1.0.1", "nothing in it"), OPERATOR)
    assert client.offered(await client.listing(site, "left", site.token)) == ["1.0.1", "1.0.3", "1.0.4"]
    site.clock.set("+25h")
    assert len(client.offered(await client.listing(site, "left", site.token))) == 5
    (record,) = (await list_reporters(site.ports, ListReporters(), OPERATOR)).reporters
    assert (record.name, record.trusted, record.right, record.wrong, record.open) == ("rita", True, 0, 1, 3)


@ON_SQLITE
async def test_who_was_wrong_weighs_less_and_who_was_right_weighs_more(site: Site) -> None:
    for version in ("1.0.0", "1.0.1", "1.0.2"):
        await NPM.upload(site, "left", version, site.token)
    reporter = await somebody(site, "rita")
    await trusted(site, "rita")
    await set_visibility(site.ports, SetVisibility("pkg:npm/left", Visibility.PUBLIC), OPERATOR)

    async def weight(version: str) -> int:
        await report_release(site.ports, Report(f"pkg:npm/left@{version}", "bad"), reporter)
        return (await show_case(site.ports, ShowCase(f"pkg:npm/left@{version}"), OPERATOR)).case.weight

    before = await weight("1.0.0")
    await clear_case(site.ports, DecideCase("pkg:npm/left@1.0.0", "fine"), OPERATOR)
    wrong = await weight("1.0.1")
    await confirm_case(site.ports, DecideCase("pkg:npm/left@1.0.1", "it is bad"), OPERATOR)
    right = await weight("1.0.2")

    assert (before, wrong, right) == (TRUSTED, TRUSTED // 2, TRUSTED * 2 // 3)


@pytest.mark.parametrize(
    ("fields", "status", "sentence"),
    [
        ({"purl": "pkg:npm/left", "why": "bad"}, 400, "this is about one release"),
        ({"purl": "left@1.0.0", "why": "bad"}, 400, "is not a package URL"),
        ({"purl": "pkg:npm/left@1.0.0", "why": " "}, 400, "say why"),
        ({"purl": "pkg:npm/left@1.0.0", "why": "x" * 2_000}, 400, "characters"),
        ({"purl": "pkg:npm/left@1.0.0", "why": "x", "evidence": "y" * 5_000}, 400, "4000 characters"),
        ({"purl": "pkg:npm/left@9.9.9", "why": "bad"}, 404, "is not in the repository"),
        ({"purl": "pkg:npm/nowhere-to-be-found@1.0.0", "why": "bad"}, 404, "is not in the repository"),
        ({"purl": "pkg:npm/left@1.0.0"}, 400, "missing required field `why`"),
        ({"purl": 7, "why": "bad"}, 400, "Expected `str`"),
    ],
)
@ON_SQLITE
async def test_a_report_that_cannot_be_says_why_and_leaves_nothing(
    site: Site, fields: dict[str, Any], status: int, sentence: str
) -> None:
    await NPM.upload(site, "left", "1.0.0", site.token)

    answer = await ask(site, "reports", site.token, **fields)

    assert (answer.status, sentence in answer.json()["error"]) == (status, True), answer.text
    assert await queue(site) == ()


@ON_SQLITE
async def test_who_may_report_and_who_hears_of_what(site: Site) -> None:
    await enforced(site)
    await NPM.upload(site, "left", "1.0.0", site.admin)  # private: its owner is alice
    narrow = await new_token(site, "alice", ActorKind.USER, frozenset({Operation.READ}))
    private, missing = "pkg:npm/left@1.0.0", "pkg:npm/nowhere-to-be-found@1.0.0"

    async def said(path: str, token: str | None, purl: str) -> tuple[int, str]:
        answer = await ask(site, path, token, purl=purl, why="bad")
        return answer.status, answer.text.replace("nowhere-to-be-found", "left")

    assert (await said("reports", None, private))[0] == 401
    assert (await said("reports", site.agent, private))[0] == 403
    assert (await said("reports", narrow, private))[0] == 403
    for path in ("reports", "appeal"):
        assert await said(path, site.token, private) == await said(path, site.token, missing)
        assert (await said(path, site.token, private))[0] == 404
    assert (await said("reports", site.admin, private))[0] == 200
    assert (await said("reports", site.admin, private))[0] == 409, "once each"


@ON_SQLITE
async def test_those_who_publish_answer_and_do_not_learn_who_reported(site: Site) -> None:
    await NPM.upload(site, "left", "1.0.0", site.token)
    await report_release(site.ports, Report("pkg:npm/left@1.0.0", "it phones home"), await somebody_who_sees(site))

    answer = await ask(site, "appeal", site.token, purl="pkg:npm/left@1.0.0", why="it asks our own update server")
    again = await ask(site, "appeal", site.token, purl="pkg:npm/left@1.0.0", why="really")
    nothing = await ask(site, "appeal", site.token, purl="pkg:npm/left@2.0.0", why="x")
    mine = (await site.get("/api/v1/review/show?purl=pkg:npm/left@1.0.0", site.token)).json()
    all_of_it = await show_case(site.ports, ShowCase("pkg:npm/left@1.0.0"), OPERATOR)

    assert (answer.status, again.status, nothing.status) == (200, 409, 404)
    assert [(one["by"], one["answers"]) for one in mine["reports"]] == [("", False), ("ann", True)]
    assert [one.by for one in all_of_it.reports] == ["rita", "ann"]


async def somebody_who_sees(site: Site) -> Actor:
    await set_visibility(site.ports, SetVisibility("pkg:npm/left", Visibility.PUBLIC), OPERATOR)
    return await somebody(site, "rita")


@ON_SQLITE
async def test_a_flood_of_reports_ends_with_the_day_and_says_so(site: Site, registry: PlainRegistry) -> None:
    for number in range(55):
        NPM.released(registry, "left", f"1.0.{number}")

    answers = [await report_release_or_status(site, f"pkg:npm/left@1.0.{number}") for number in range(55)]

    assert answers == [200] * 50 + [429] * 5


async def report_release_or_status(site: Site, purl: str) -> int:
    from pratique.core.errors import PratiqueError

    account = await site.ports.db.read(accounts.find_by_name, "ann")
    assert account is not None
    try:
        await report_release(site.ports, Report(purl, "bad"), Actor(ActorKind.USER, account.id, "ann"))
    except PratiqueError as error:
        return error.status
    return 200


@ON_SQLITE
async def test_a_widely_used_release_takes_two_people_who_were_there_before(
    site: Site, registry: PlainRegistry
) -> None:
    await enforced(site)
    NPM.released(registry, "react", "1.0.0")
    purl = "pkg:npm/react@1.0.0"
    alice = await admin_named(site, "alice")
    bert = await somebody(site, "bert", admin=True)
    site.clock.set("+2d")
    reporter = await somebody(site, "rita")
    await trusted(site, "rita")

    reported = await report_release(site.ports, Report(purl, "it is bad"), reporter)
    with pytest.raises(Forbidden, match="two people decide on it"):
        await confirm_case(site.ports, DecideCase(purl, "bad"), OPERATOR)
    newest = await somebody(site, "carl", admin=True)
    with pytest.raises(Forbidden, match="less than 24 hours"):
        await confirm_case(site.ports, DecideCase(purl, "bad"), newest)
    first = await confirm_case(site.ports, DecideCase(purl, "I see it"), alice)
    twice = await confirm_case(site.ports, DecideCase(purl, "I still see it"), alice)
    other = await clear_case(site.ports, DecideCase(purl, "I do not"), bert)
    served = await site.get(NPM.path("react", "1.0.0"), site.token)
    agreed = await confirm_case(site.ports, DecideCase(purl, "now I do"), bert)
    refused = await site.get(NPM.path("react", "1.0.0"), site.token)

    assert reported.held_until is None, "nobody takes away alone what many use"
    assert (first.pending, twice.pending, other.pending, agreed.pending) == (True, True, True, False)
    assert len(twice.case.opinions) == 1
    assert (served.status, refused.status) == (200, 403)


@ON_SQLITE
async def test_who_is_frozen_or_no_administrator_any_more_is_none_of_the_two(
    site: Site, registry: PlainRegistry
) -> None:
    await enforced(site)
    NPM.released(registry, "react", "1.0.0")
    purl = "pkg:npm/react@1.0.0"
    alice = await admin_named(site, "alice")
    bert, carl = await somebody(site, "bert", admin=True), await somebody(site, "carl", admin=True)
    site.clock.set("+2d")
    await report_release(site.ports, Report(purl, "it is bad"), await somebody(site, "rita"))

    await confirm_case(site.ports, DecideCase(purl, "I see it"), bert)
    await freeze_user(site.ports, FreezeUser("bert", "we look at it"), OPERATOR)
    alone = await confirm_case(site.ports, DecideCase(purl, "so do I"), alice)
    agreed = await confirm_case(site.ports, DecideCase(purl, "and I"), carl)

    assert (alone.pending, agreed.pending) == (True, False)


async def admin_named(site: Site, name: str) -> Actor:
    account = await site.ports.db.read(accounts.find_by_name, name)
    assert account is not None
    return Actor(ActorKind.USER, account.id, name, admin=True, token=1)


@ON_SQLITE
async def test_what_was_downloaded_often_enough_is_widely_used(site: Site) -> None:
    await NPM.upload(site, "left", "1.0.0", site.token)
    await report_release(site.ports, Report("pkg:npm/left@1.0.0", "bad"), await somebody_who_sees(site))
    (before,) = await queue(site)
    key = site.ports.ecosystems["npm"]
    from pratique.core.names import ProjectKey

    one = Download(1, ProjectKey(key.id, "left"), "1.0.0", "left-1.0.0.tgz", ActorKind.USER, "ann", 1,
                   Instant(site.ports.clock.now() - DAY))  # fmt: skip
    await site.ports.db.write(downloads.record_many, [one] * 1_000)

    (after,) = await queue(site)
    assert (before.two_people, after.two_people) == (False, True)


@ON_SQLITE
async def test_of_two_reviewers_the_second_hears_what_the_first_did_and_nothing_goes_round_them(site: Site) -> None:
    await enforced(site)
    await NPM.upload(site, "left", "1.0.0", site.token)
    reporter = await somebody_who_sees(site)
    await trusted(site, "rita")
    await report_release(site.ports, Report("pkg:npm/left@1.0.0", "bad"), reporter)
    wanted = DecideCase("pkg:npm/left@1.0.0", "fine")

    with pytest.raises(Conflict, match="pratique review clear"):
        await approve(site.ports, "main", "pkg:npm/left@1.0.0", "fine", OPERATOR)
    with pytest.raises(Invalid, match="is not waived"):
        await waive(site.ports, Waive(rule="under_review", purl="pkg:npm/left@1.0.0", reason="r"), OPERATOR)
    await clear_case(site.ports, wanted, OPERATOR)

    with pytest.raises(Conflict, match="was cleared already by operator: fine"):
        await confirm_case(site.ports, wanted, await admin_named(site, "alice"))
    with pytest.raises(NotFound, match="nothing is said against"):
        await clear_case(site.ports, DecideCase("pkg:npm/left@2.0.0", "fine"), OPERATOR)
    with pytest.raises(Invalid, match="say why"):
        await clear_case(site.ports, DecideCase("pkg:npm/left@1.0.0", " "), OPERATOR)


@ON_SQLITE
async def test_a_release_that_its_publishers_took_away_meanwhile_is_decided_all_the_same(site: Site) -> None:
    for version in ("1.0.0", "1.0.1"):
        await NPM.upload(site, "left", version, site.token)
    reporter = await somebody_who_sees(site)
    for version in ("1.0.0", "1.0.1"):
        await report_release(site.ports, Report(f"pkg:npm/left@{version}", "bad"), reporter)
        await unpublish(site.ports, Unpublish(f"pkg:npm/left@{version}"), OPERATOR)

    await clear_case(site.ports, DecideCase("pkg:npm/left@1.0.0", "fine"), OPERATOR)
    await confirm_case(site.ports, DecideCase("pkg:npm/left@1.0.1", "bad"), OPERATOR)

    assert await queue(site) == ()
    assert (await site.get(NPM.path("left", "1.0.0"), site.token)).status == 403


@ON_SQLITE
async def test_what_people_write_neither_breaks_pages_nor_terminals(site: Site) -> None:
    await NPM.upload(site, "left", "1.0.0", site.token)
    nasty = "<script>alert(1)</script>\x1b[2J\u202e"
    await report_release(site.ports, Report("pkg:npm/left@1.0.0", nasty, nasty), await somebody_who_sees(site))

    detail = await show_case(site.ports, ShowCase("pkg:npm/left@1.0.0"), OPERATOR)
    said = detail.case.why + detail.reports[0].why + detail.reports[0].evidence

    assert "\x1b" not in said
    assert "\u202e" not in said
    kinds = [one.kind for one in (await list_events(site.ports, ListEvents(), OPERATOR)).events]
    assert "reported" in kinds


@ON_SQLITE
async def test_a_frozen_account_publishes_and_changes_nothing_reads_why_and_goes_on_when_it_is_over(
    site: Site, client: Speaker
) -> None:
    await client.upload(site, "left", "1.0.0", site.token)

    frozen = await ask(site, "user/freeze", site.admin, name="ann", reason="we look at left 1.0.0")
    refused = await client.upload(site, "left", "1.0.1", site.token)
    changed = await ask(site, "yank", site.token, purl=f"pkg:{client.ecosystem}/left@1.0.0")
    read = await site.get(client.path("left", "1.0.0"), site.token)
    again = await ask(site, "user/freeze", site.admin, name="ann", reason="we look at left 1.0.0")
    ended = await ask(site, "user/unfreeze", site.admin, name="ann")
    goes_on = await client.upload(site, "left", "1.0.1", site.token)
    own = await ask(site, "user/freeze", site.admin, name="alice", reason="a test")
    by_itself = await ask(site, "user/unfreeze", site.admin, name="alice")

    assert frozen.json()["frozen"] == "we look at left 1.0.0"
    assert refused.status == 403
    assert "is frozen: we look at left 1.0.0" in refused.text + refused.reason
    assert (changed.status, read.status, again.status) == (403, 200, 409)
    assert (own.status, by_itself.status, ended.status) == (200, 403, 200)
    assert goes_on.status in (200, 201)


@ON_SQLITE
async def test_who_is_trusted_and_wrong_again_and_again_keeps_nothing_back_and_tokens_are_no_people(site: Site) -> None:
    versions = [f"1.0.{number}" for number in range(5)]
    for version in versions:
        await NPM.upload(site, "left", version, site.token)
    reporter = await somebody_who_sees(site)
    await trusted(site, "rita")

    held = []
    for version in versions[:4]:
        said = await report_release(site.ports, Report(f"pkg:npm/left@{version}", "bad"), reporter)
        held.append(said.held_until is not None)
        await clear_case(site.ports, DecideCase(f"pkg:npm/left@{version}", "fine"), OPERATOR)
    machine = Actor(ActorKind.CI, reporter.account, "rita/build", token=2)
    await report_release(site.ports, Report("pkg:npm/left@1.0.4", "bad"), machine)
    with pytest.raises(Conflict, match="you have reported"):
        await report_release(site.ports, Report("pkg:npm/left@1.0.4", "bad"), reporter)

    assert held == [True, True, True, False]
