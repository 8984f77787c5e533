"""The OSV API: whole records and ids by package and version, in every place where its clients look for it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pratique.advisories.affected import Affected, pack
from pratique.advisories.osv_api import MAX_QUERIES, PAGE
from pratique.core.actors import ActorKind, Operation
from pratique.core.clock import Instant
from pratique.store import advisories
from pratique.store.advisories import StoredAdvisory
from pratique.store.schema import advisory_record
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, new_token, running_site
from tests.protocol.advising import advise, advisory
from tests.protocol.speakers import Speaker

BASE = "/main/osv/v1"
ID = "GHSA-aaaa-bbbb-cccc"


async def ask(site: Site, asked: Any, token: str | None = None, path: str = f"{BASE}/query") -> Answer:
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    return await site.ask("POST", path, token, data=body, Content_Type="application/json")


def about(name: str, version: str | None = "1.0.0", ecosystem: str = "npm") -> dict[str, Any]:
    package = {"package": {"name": name, "ecosystem": ecosystem}}
    return package if version is None else {**package, "version": version}


async def batch(site: Site, *queries: dict[str, Any], token: str | None = None, path: str = BASE) -> Answer:
    return await ask(site, {"queries": queries}, token, f"{path}/querybatch")


def stored(id: str, name: str = "left", **fields: Any) -> StoredAdvisory:
    """A record of which no original is kept."""
    usual = {
        "ecosystem": "npm",
        "twin": name,
        "source": "test",
        "malware": False,
        "withdrawn": False,
        "severity": "high",
    }
    affected = pack(Affected(("0.9.0",), ((("introduced", "0"), ("fixed", "1.0.1")),)))
    times = {"published": Instant(1_000), "modified": Instant(2_000)}
    return StoredAdvisory(id=id, name=name, summary="A flaw", affected=affected, **{**usual, **times, **fields})


async def test_a_query_gets_whole_records_in_every_ecosystem_by_name_or_purl(
    site: Site, registry: PlainRegistry, client: Speaker, tmp_path: Path
) -> None:
    spoken = site.ports.ecosystems[client.ecosystem].osv_name
    record = advisory("left", ecosystem=spoken, details="it reads\n\nfiles", unknown={"kept": True})
    await advise(site, tmp_path, record)
    purl = {"package": {"purl": f"pkg:{client.ecosystem}/left@1.0.0"}}

    by_name, fixed = [(await ask(site, about("left", one, spoken))).json() for one in ("1.0.0", "1.0.1")]
    by_purl = (await ask(site, purl)).json()

    assert by_name == by_purl == {"vulns": [record]}
    assert fixed == {}
    assert registry.asked == []


async def test_what_finds_nothing_is_refused_until_vulnerabilities_of_that_ecosystem_are_on_record(
    site: Site, tmp_path: Path
) -> None:
    await advise(site, tmp_path, advisory("flask", id="PYSEC-1", ecosystem="PyPI"))

    known, unknown = await ask(site, about("right", "1.0", "PyPI")), await ask(site, about("right"))
    clean = await batch(site, about("right", "1.0", "PyPI"))
    half = await batch(site, about("right", "1.0", "PyPI"), about("right"))
    found = await batch(site, about("flask", "1.0", "PyPI"), about("right"))
    none = await batch(site)

    assert [one.status for one in (known, unknown, clean, half, found, none)] == [200, 403, 200, 403, 200, 200]
    for refused in (unknown, half):
        assert "no vulnerability records of npm are here yet, so finding none means nothing" in refused.reason
        assert refused.json()["code"] == 7
    assert [len(one.get("vulns", ())) for one in found.json()["results"]] == [1, 0]


async def test_ecosystems_are_read_in_any_case_and_with_a_suffix_and_versions_as_they_are_spelled(
    site: Site, tmp_path: Path
) -> None:
    await advise(site, tmp_path, advisory("Some_Thing", ecosystem="PyPI"))

    for question in (
        about("some-thing", "1.0", "pypi"),
        about("Some.Thing", "v1.0.0", "PyPI:https://index.example.test"),
        about("some-thing", None, "PYPI"),
        about("some-thing", "no version at all", "PyPI"),
    ):
        assert [one["id"] for one in (await ask(site, question)).json()["vulns"]] == [ID], question


async def test_a_field_that_is_null_is_absent(site: Site, tmp_path: Path) -> None:
    await advise(site, tmp_path, advisory("left"))
    nothing = {"version": None, "commit": None, "page_token": None}
    by_name = {"package": {"name": "left", "ecosystem": "npm", "purl": None}, **nothing}
    by_purl = {"package": {"purl": "pkg:npm/left@1.0.0", "name": None, "ecosystem": None}, **nothing}

    single = [(await ask(site, one)).json() for one in (by_name, by_purl)]
    many = (await batch(site, by_name, by_purl)).json()["results"]

    assert [one["id"] for answer in (*single, *many) for one in answer["vulns"]] == [ID] * 4


async def test_a_batch_is_answered_in_order_with_ids_and_times(site: Site, tmp_path: Path) -> None:
    await advise(site, tmp_path, advisory("left"), advisory("flask", id="PYSEC-1", ecosystem="PyPI"))

    answer = await batch(site, about("right"), about("left"), about("no name!"), about("flask", "1.0", "PyPI"))

    modified = "2026-05-02T00:00:00.000Z"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "results": [
            {},
            {"vulns": [{"id": ID, "modified": modified}]},
            {},
            {"vulns": [{"id": "PYSEC-1", "modified": modified}]},
        ]
    }


async def test_a_record_is_shown_whole_also_when_it_was_withdrawn_and_is_then_no_answer(
    site: Site, tmp_path: Path
) -> None:
    record = advisory("left", withdrawn="2026-06-01T00:00:00Z")
    await advise(site, tmp_path, record)

    assert (await site.get(f"{BASE}/vulns/{ID}")).json() == record
    assert (await ask(site, about("left"))).json() == {}
    missing = await site.get(f"{BASE}/vulns/GHSA-none")
    assert (missing.status, missing.json()["code"]) == (404, 5)


async def test_a_record_that_is_not_kept_whole_is_told_as_far_as_it_is_known(site: Site) -> None:
    await site.ports.db.write(advisories.upsert_many, "test", [stored("A-1"), stored("A-1", "right")])

    (told,) = (await ask(site, about("left"))).json()["vulns"]

    assert told == (await site.get(f"{BASE}/vulns/A-1")).json()
    assert [one["package"] for one in told["affected"]] == [
        {"ecosystem": "npm", "name": "left"},
        {"ecosystem": "npm", "name": "right"},
    ]
    assert told["affected"][0]["ranges"][0]["events"] == [{"introduced": "0"}, {"fixed": "1.0.1"}]
    assert told["affected"][0]["versions"] == ["0.9.0"]
    assert (told["modified"], told["summary"]) == ("1970-01-01T00:00:02.000Z", "A flaw")


async def test_a_record_imported_before_they_were_kept_whole_is_completed_by_the_next_import(
    site: Site, tmp_path: Path
) -> None:
    record = advisory("left", details="the whole story")
    await advise(site, tmp_path, record)
    await site.ports.db.write(lambda connection: connection.execute(advisory_record.delete()))
    assert "details" not in (await site.get(f"{BASE}/vulns/{ID}")).json()

    await advise(site, tmp_path, record)

    assert (await site.get(f"{BASE}/vulns/{ID}")).json() == record


async def test_many_records_come_in_pages(site: Site) -> None:
    rows = [stored(f"A-{number:05}") for number in range(PAGE + 1)]
    await site.ports.db.write(advisories.upsert_many, "test", rows)

    first = (await ask(site, about("left"))).json()
    second = (await ask(site, {**about("left"), "page_token": first["next_page_token"]})).json()
    (ids,) = (await batch(site, about("left"))).json()["results"]
    (last,) = (await batch(site, {**about("left"), "page_token": ids["next_page_token"]})).json()["results"]

    assert [one["id"] for one in first["vulns"]] == [row.id for row in rows[:PAGE]]
    assert [one["id"] for one in second["vulns"]] == [rows[-1].id]
    assert "next_page_token" not in second
    assert len(ids["vulns"]) == PAGE
    assert last == {"vulns": [{"id": rows[-1].id, "modified": "1970-01-01T00:00:02.000Z"}]}


@pytest.mark.parametrize("base", ["/v1", "/main/v1", "/main/osv/v1"])
async def test_it_is_found_wherever_clients_join_the_address_to(site: Site, tmp_path: Path, base: str) -> None:
    await advise(site, tmp_path, advisory("left"))

    assert "vulns" in (await ask(site, about("left"), None, f"{base}/query")).json()
    assert "results" in (await batch(site, about("left"), path=base)).json()
    assert (await site.get(f"{base}/vulns/{ID}")).json()["id"] == ID


async def test_an_own_project_has_no_records_and_an_outsider_does_not_learn_of_it(
    site: Site, client: Speaker, tmp_path: Path
) -> None:
    spoken = site.ports.ecosystems[client.ecosystem].osv_name
    await client.upload(site, "secret", "1.0.0", site.admin)
    await advise(site, tmp_path, advisory("secret", ecosystem=spoken))
    question = about("secret", "1.0.0", spoken)

    told = [(await ask(site, question, token)).json() for token in (None, site.token, site.admin)]

    assert ["vulns" in one for one in told] == [True, True, False]


async def test_where_nobody_reads_unseen_it_asks_for_what_reading_asks_for(tmp_path: Path) -> None:
    async with running_site(tmp_path, "[repositories.main]\nanonymous_read = false\n") as site:
        await advise(site, tmp_path, advisory("left"))
        narrow = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), names=("@acme/*",))
        writer = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.EXPLAIN}))

        for path in (f"{BASE}/vulns/{ID}", f"/v1/vulns/{ID}"):
            nobody = await site.get(path)
            assert (nobody.status, nobody.json()["code"]) == (401, 16)
            assert "Basic" in nobody.headers["WWW-Authenticate"]
            assert (await site.get(path, writer)).status == 403
            assert (await site.get(path, site.agent)).json()["id"] == ID
        assert (await ask(site, about("left"))).status == 401
        refused = await batch(site, about("left"), token=narrow)
        assert (refused.status, refused.json()["code"]) == (403, 7)
        assert (await batch(site, about("@acme/x"), token=narrow)).json() == {"results": [{}]}
        assert (await batch(site, about("left"), token=site.agent)).json()["results"][0]["vulns"]


async def test_there_is_none_below_a_repository_that_is_none(site: Site) -> None:
    assert (await site.get("/other/osv/v1/vulns/A-1")).status == 404
    assert (await site.get(f"{BASE}/vulns/A-1", Host="evil.example.test")).status == 421
    assert (await site.get(f"{BASE}/query")).status == 404


WRONG = {
    "empty": b"",
    "no json": b"hello",
    "a list": b"[]",
    "nothing in it": b"{}",
    "nulls": {"package": {"name": None, "ecosystem": None, "purl": None}, "version": None},
    "deep": b"[" * 100_000,
    "broken text": b'{"version": "\xff"}',
    "a commit": {"commit": "0" * 40},
    "no ecosystem": {"package": {"name": "left"}},
    "an ecosystem that is none here": about("left", "1.0.0", "Debian:12"),
    "no purl": {"package": {"purl": "left@1.0.0"}},
    "a purl of another kind": {"package": {"purl": "pkg:golang/left@1.0.0"}},
    "two names": {"package": {"name": "left", "ecosystem": "npm", "purl": "pkg:npm/left"}},
    "two versions": {"package": {"purl": "pkg:npm/left@1.0.0"}, "version": "1.0.0"},
    "a token that is none": {**about("left"), "page_token": "%%%"},
    "a long name": about("l" * 600),
}


@pytest.mark.parametrize("asked", WRONG.values(), ids=WRONG.keys())
async def test_a_question_that_is_none_is_refused_with_a_sentence(site: Site, asked: Any) -> None:
    one = await ask(site, asked)
    many = await ask(site, asked if isinstance(asked, bytes) else {"queries": [asked]}, None, f"{BASE}/querybatch")

    for answer in (one, many):
        assert (answer.status, answer.json()["code"]) == (400, 3)
        assert answer.json()["message"]


async def test_too_many_queries_are_refused(site: Site) -> None:
    answer = await batch(site, *[about("left")] * (MAX_QUERIES + 1))

    assert answer.status == 413
    assert str(MAX_QUERIES) in answer.json()["message"]
