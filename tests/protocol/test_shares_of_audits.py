"""Audits and searches keep nobody from installing: few at once, in portions, and waiting has an end."""

from __future__ import annotations

import gzip
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.advisories import osv_answers, tell_advisories
from pratique.services.advisories.questions import PORTION
from pratique.services.installing import search
from pratique.services.installing.check_lockfile import CheckLockfile, check_lockfile
from pratique.store import projects
from tests.harness.site import Site, running_site
from tests.protocol.advising import advise, advisory
from tests.protocol.speakers import NpmSpeaker

BULK = "/main/npm/-/npm/v1/security/advisories/bulk"
NOT_PATIENT = '[advisories]\npatience = "50 ms"\nwaiting = 2\n'
HERE = "127.0.0.1"
NPM = NpmSpeaker("full", "application/json")


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path, NOT_PATIENT) as running:
        yield running


async def ask(site: Site, path: str, asked: Any, token: str | None = None) -> Any:
    return await site.ask("POST", path, token, data=json.dumps(asked).encode(), Content_Type="application/json")


@contextmanager
def names_of_each_transaction() -> Iterator[list[set[str]]]:
    """The names that every transaction asks about, of those that tests here give."""
    seen: list[set[str]] = []

    def begun(_connection: sa.Connection) -> None:
        seen.append(set())

    def asked(_connection: Any, _cursor: Any, _statement: str, given: Any, _context: Any, _many: bool) -> None:
        flat = given if isinstance(given, (list, tuple)) else given.values()
        seen[-1:] = [seen[-1] | {one for one in flat if isinstance(one, str) and one.startswith("asked-")}]

    events: list[tuple[str, Callable[..., None]]] = [("begin", begun), ("before_cursor_execute", asked)]
    for name, listener in events:
        sa.event.listen(sa.Engine, name, listener)
    try:
        yield seen
    finally:
        for name, listener in events:
            sa.event.remove(sa.Engine, name, listener)


async def test_names_are_looked_up_in_portions_so_that_other_readers_come_between(site: Site, tmp_path: Path) -> None:
    names = [f"asked-{number}" for number in range(2 * PORTION + 10)]
    await advise(site, tmp_path, advisory(names[0]), advisory(names[-1], id="A-2"))
    queries = [{"version": "1.0.0", "package": {"name": name, "ecosystem": "npm"}} for name in names]

    with names_of_each_transaction() as of_audit:
        audit = await ask(site, BULK, {name: ["1.0.0"] for name in names})
    with names_of_each_transaction() as of_batch:
        batch = await ask(site, "/main/osv/v1/querybatch", {"queries": queries})

    assert list(audit.json()) == [names[0], names[-1]]
    assert [
        one.get("vulns", [{}])[0].get("id") for one in (batch.json()["results"][0], batch.json()["results"][-1])
    ] == [
        "GHSA-aaaa-bbbb-cccc",
        "A-2",
    ]
    for seen in (of_audit, of_batch):
        assert set().union(*seen) == set(names)
        assert max(map(len, seen)) == PORTION


async def test_who_asks_too_much_at_once_is_refused_for_good_and_others_are_answered(
    site: Site, tmp_path: Path
) -> None:
    await advise(site, tmp_path, advisory("left"))
    async with site.ports.questions.slot(HERE):
        mine = await ask(site, BULK, {"left": ["1.0.0"]})
        query = await ask(site, "/main/osv/v1/query", {"package": {"name": "left", "ecosystem": "npm"}})
        batch = await ask(site, "/main/osv/v1/querybatch", {"queries": []})
        another = await ask(site, BULK, {"left": ["1.0.0"]}, site.token)
        ping = await site.ask("GET", "/main/npm/-/ping")

    # 403, which npm shows and asks once; 429 and 5xx it would send again.
    assert (mine.status, query.status, batch.status) == (403, 403, 403)
    assert "too many audits of this account or address are under way" in mine.json()["error"]
    assert query.json()["code"] == 8
    assert (another.status, ping.status) == (200, 200)
    assert (await ask(site, BULK, {"left": ["1.0.0"]})).status == 200


async def test_where_everybodys_slots_are_taken_the_next_one_is_refused_whoever_asks(site: Site) -> None:
    questions = site.ports.questions
    async with questions.slot("one"), questions.slot("another"):
        refused = await ask(site, BULK, {"left": ["1.0.0"]})

    assert refused.status == 403
    assert "too many audits are under way" in refused.json()["error"]


SEARCHES = {
    "npm": "/main/npm/-/v1/search?text=sked&size=20",
    "cargo": "/main/cargo/api/v1/crates?q=sked&per_page=20",
}


def with_own_names(connection: sa.Connection, ecosystem: EcosystemId) -> None:
    """Own projects without a release: policy is asked about each, and none is found."""
    for number in range(200):
        key = ProjectKey(ecosystem, f"asked-{number}")
        projects.create(connection, 1, key, key.name, Origin.OWN, None, "public", Instant(0), key.name)


@pytest.mark.parametrize("ecosystem", [EcosystemId("npm"), EcosystemId("cargo")])
async def test_a_search_looks_in_portions_one_after_the_other_of_each_asker(
    site: Site, tmp_path: Path, ecosystem: EcosystemId
) -> None:
    await advise(site, tmp_path, advisory("left"))
    await site.ports.db.write(with_own_names, ecosystem)
    path = SEARCHES[ecosystem]

    with names_of_each_transaction() as looked:
        assert (await site.get(path)).status == 200
    async with site.ports.questions.search_slot(HERE):
        mine = await site.get(path)
        another = await site.get(path, site.token)
        audit = await ask(site, BULK, {"left": ["1.0.0"]})

    assert len(set().union(*looked)) == 200
    assert max(map(len, looked)) == search.PORTION
    assert (mine.status, "too many searches of this account or address" in mine.text) == (403, True)
    assert (another.status, audit.status) == (200, 200)


async def test_a_search_looks_at_no_more_than_its_page_needs(site: Site) -> None:
    for number in range(search.PORTION + 2):
        assert (await NPM.upload(site, f"asked-{number:02}", "1.0.0", site.token)).status == 201

    with names_of_each_transaction() as looked:
        first = await site.get(f"/main/npm/-/v1/search?text=sked&size={search.PORTION}", site.token)
    second = await site.get(f"/main/npm/-/v1/search?text=sked&size=20&from={search.PORTION}", site.token)

    assert len(set().union(*looked)) == search.PORTION
    shown = [[one["package"]["name"] for one in answer.json()["objects"]] for answer in (first, second)]
    assert shown[0] + shown[1] == [f"asked-{number:02}" for number in range(search.PORTION + 2)]


async def test_a_question_whose_answer_is_very_long_is_refused_or_answered_in_pages(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tell_advisories, "MAX_TOLD", 10_000)
    monkeypatch.setattr(osv_answers, "MAX_TOLD", 1_000)
    monkeypatch.setattr(osv_answers, "PORTION", 4)
    await advise(site, tmp_path, *(advisory("left", id=f"A-{number:02}") for number in range(20)))
    asked = {"left": [f"1.0.0-{number}{'a' * 40}" for number in range(20)]}
    query: dict[str, Any] = {"version": "1.0.0", "package": {"name": "left", "ecosystem": "npm"}}

    audit = await ask(site, BULK, asked)
    batch = await ask(site, "/main/osv/v1/querybatch", {"queries": [query] * 20})
    found: list[str] = []
    while len(found) < 20:
        page = (await ask(site, "/main/osv/v1/query", query)).json()
        assert len(page["vulns"]) == 4
        found += [one["id"] for one in page["vulns"]]
        query["page_token"] = page.get("next_page_token", "")

    assert (audit.status, batch.status) == (413, 413)
    assert "ask about fewer names or versions" in audit.json()["error"]
    assert found == [f"A-{number:02}" for number in range(20)]
    assert (await ask(site, BULK, {"left": ["1.0.0"]})).status == 200


async def test_lockfile_checks_have_slots_of_their_own(site: Site) -> None:
    questions, lockfile = site.ports.questions, CheckLockfile("Cargo.lock", "version = 4\n")
    async with questions.slot("one"), questions.slot("another"):
        assert (await check_lockfile(site.ports, lockfile, OPERATOR)).pins == 0
    async with questions.lockfile_slot("one"), questions.lockfile_slot("another"):
        with pytest.raises(Exception, match="too many lockfile checks are under way"):
            await check_lockfile(site.ports, lockfile, OPERATOR)


async def test_a_question_of_few_bytes_and_very_many_comparisons_is_refused(site: Site, tmp_path: Path) -> None:
    await advise(site, tmp_path, *(advisory("left", id=f"A-{number}") for number in range(260)))
    asked = {"left": [f"1.{number}.0" for number in range(400)]}
    query = {"version": "1.0.0", "package": {"name": "left", "ecosystem": "npm"}}

    audit = await site.ask("POST", BULK, data=gzip.compress(json.dumps(asked).encode()), Content_Encoding="gzip")
    batch = await ask(site, "/main/osv/v1/querybatch", {"queries": [query] * 400})

    assert (audit.status, batch.status) == (413, 413)
    assert "ask about fewer names or versions" in audit.json()["error"]
