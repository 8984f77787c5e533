"""Disputes over names: opened with a notice period, seen by the owners, decided once; nothing changes hands."""

from __future__ import annotations

import pytest

from tests.flows.accounts.conftest import Api, Operator
from tests.harness.site import Site
from tests.protocol.speakers import NpmSpeaker

NPM = NpmSpeaker("full", "application/json")
CLAIM = {"purl": "pkg:npm/mine", "claimant": "Acme Ltd", "reason": "it is our trade mark", "notice": "30d"}


@pytest.fixture
async def mine(site: Site) -> None:
    site.clock.set("2027-01-01T00:00:00Z")
    await NPM.upload(site, "mine", "1.0.0", site.token)


@pytest.mark.usefixtures("mine")
async def test_a_dispute_is_upheld_only_after_the_owners_had_their_time(site: Site, api: Api) -> None:
    opened = (await api.post("/names/dispute/open", site.admin, **CLAIM)).json()
    seen = (await api.get("/project/show", site.token, purl="pkg:npm/mine")).json()["dispute"]
    early = await api.post("/names/dispute/close", site.admin, id=opened["id"], outcome="upheld", reason="no answer")
    site.clock.set("2027-01-31T00:00:00Z")
    late = await api.post("/names/dispute/close", site.admin, id=opened["id"], outcome="upheld", reason="no answer")
    again = await api.post("/names/dispute/close", site.admin, id=opened["id"], outcome="rejected", reason="or not")

    assert opened["notice_ends"].startswith("2027-01-31T00:00:00")
    assert (seen["claimant"], seen["reason"]) == ("Acme Ltd", "it is our trade mark")
    assert (early.status, "have until 2027-01-31" in early.json()["error"]) == (409, True)
    assert (late.status, late.json()["outcome"]) == (200, "upheld")
    assert (again.status, "was upheld already" in again.json()["error"]) == (409, True)
    after = (await api.get("/project/show", site.token, purl="pkg:npm/mine")).json()
    assert (after["dispute"], [one["user"] for one in after["members"]]) == (None, ["ann"])
    kinds = [one["kind"] for one in (await api.get("/events", site.admin, about="pkg:npm/mine")).json()["events"]]
    assert [kind for kind in kinds if kind.startswith("dispute")] == ["dispute_closed", "dispute_opened"]


@pytest.mark.usefixtures("mine")
async def test_a_dispute_is_rejected_at_any_time_and_then_another_may_be_opened(site: Site, api: Api) -> None:
    first = (await api.post("/names/dispute/open", site.admin, **CLAIM)).json()
    twice = await api.post("/names/dispute/open", site.admin, **CLAIM)
    await api.post("/names/dispute/close", site.admin, id=first["id"], outcome="rejected", reason="no trade mark")
    second = (await api.post("/names/dispute/open", site.admin, **CLAIM)).json()

    assert (twice.status, "is open already" in twice.json()["error"]) == (409, True)
    listed = (await api.get("/names/dispute/list", site.admin)).json()["disputes"]
    everything = (await api.get("/names/dispute/list", site.admin, closed="true")).json()["disputes"]
    assert [one["id"] for one in listed] == [second["id"]]
    assert [(one["id"], one["outcome"]) for one in everything] == [(second["id"], ""), (first["id"], "rejected")]


WRONG = [
    {"purl": "pkg:npm/mine@1.0.0"},
    {"purl": "pkg:npm/nobody"},
    {"purl": "mine"},
    {"claimant": " "},
    {"claimant": "x" * 201},
    {"reason": ""},
    {"reason": "x" * 1_001},
    {"notice": "1h"},
    {"notice": "366d"},
    {"notice": "soon"},
    {"repository": "nope"},
]


@pytest.mark.usefixtures("mine")
async def test_what_is_no_claim_is_refused_and_nothing_is_kept(site: Site, api: Api) -> None:
    for wrong in WRONG:
        refused = await api.post("/names/dispute/open", site.admin, **{**CLAIM, **wrong})
        assert (refused.status in (400, 404), bool(refused.json()["error"])) == (True, True), wrong

    assert (await api.get("/names/dispute/list", site.admin, closed="true")).json()["disputes"] == []


@pytest.mark.usefixtures("mine")
async def test_the_same_by_command(operator: Operator) -> None:
    line = ["--claimant", "Acme \x1b[31mLtd", "--reason", "ours", "--notice", "14 days"]
    opened = await operator.types("names", "dispute", "open", "pkg:npm/mine", *line)
    shown = await operator.types("project", "show", "pkg:npm/mine")
    closed = await operator.types("names", "dispute", "close", "1", "--outcome", "rejected", "--reason", "no")
    unknown = await operator.types("names", "dispute", "close", "9", "--outcome", "rejected", "--reason", "no")

    assert "dispute 1 over pkg:npm/mine is open; its owners have until 2027-01-15 00:00 UTC to answer" in opened.out
    assert "Acme  [31mLtd claims its name (dispute 1): ours" in shown.out
    assert "dispute 1 over pkg:npm/mine is rejected" in closed.out
    assert (unknown.code, "there is no dispute 9" in unknown.err) == (1, True)
    assert "rejected" in (await operator.types("names", "dispute", "list", "--closed")).out
