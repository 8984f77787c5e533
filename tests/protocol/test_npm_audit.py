"""npm's bulk advisories: answered from what is here, for whoever may read, and told to nobody."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from pratique.advisories.affected import Affected, pack
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.clock import Instant
from pratique.ecosystems.npm.audit import MAX_NAMES, MAX_VERSIONS_OF_ONE, number_of
from pratique.services.names.reservations import Reserve, reserve
from pratique.services.publishing.membership import SetVisibility, set_visibility
from pratique.store import advisories
from pratique.store.advisories import StoredAdvisory
from pratique.trust.permissions import Visibility
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Answer
from tests.harness.site import Site, new_token, running_site
from tests.protocol.advising import advise, advisory
from tests.protocol.speakers import NpmSpeaker

BULK = "/main/npm/-/npm/v1/security/advisories/bulk"
NPM = NpmSpeaker("full", "application/json")


async def ask(site: Site, asked: Any, token: str | None = None, **headers: str) -> Answer:
    body = asked if isinstance(asked, bytes) else json.dumps(asked).encode()
    return await site.ask("POST", BULK, token, data=body, **{"Content_Type": "application/json", **headers})


async def test_an_advisory_is_told_with_range_words_and_a_stable_number(site: Site, tmp_path: Path) -> None:
    rating = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"
    specific = {"severity": "MODERATE", "cwe_ids": ["CWE-22"]}
    rated = {"severity": [{"type": "CVSS_V3", "score": rating}], "database_specific": specific}
    await advise(site, tmp_path, advisory("left", fixed="1.2.0", **rated), advisory("right", id="A-2", fixed="0.1.0"))

    answer = await ask(site, {"left": ["1.0.0", "1.2.0"], "right": ["1.0.0"], "no such thing": ["1.0.0"]})

    assert answer.status == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json() == {
        "left": [
            {
                "id": number_of("GHSA-aaaa-bbbb-cccc", "left"),
                "url": "https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
                "title": "reads files it should not",
                "severity": "moderate",
                "vulnerable_versions": "<1.2.0",
                "cwe": ["CWE-22"],
                "cvss": {"score": 7.5, "vectorString": rating},
            }
        ]
    }


async def test_a_packed_question_is_read_and_no_upstream_hears_of_it(
    site: Site, registry: PlainRegistry, tmp_path: Path
) -> None:
    await advise(site, tmp_path, advisory("left"))
    body = gzip.compress(json.dumps({"left": ["1.0.0"], "@scope/other": ["2.0.0"]}).encode())

    answer = await ask(site, body, Content_Encoding="gzip")

    assert list(answer.json()) == ["left"]
    assert registry.asked == []


async def test_a_title_cannot_steer_the_terminal_that_it_is_printed_on(site: Site, tmp_path: Path) -> None:
    await advise(site, tmp_path, advisory("left", summary="quiet\x1b[2Jnow\u202e"))

    (told,) = (await ask(site, {"left": ["1.0.0"]})).json()["left"]

    assert told["title"] == "quiet?[2Jnow?"


async def test_malware_is_critical_and_what_was_withdrawn_is_not_told(site: Site, tmp_path: Path) -> None:
    bad = advisory("left", id="MAL-2026-1")
    bad["affected"][0] = {"package": bad["affected"][0]["package"], "versions": ["1.0.0", "1.0.1-rc.1"]}
    await advise(site, tmp_path, bad, advisory("right", id="MAL-2026-2", withdrawn="2026-06-01T00:00:00Z"))

    told = (await ask(site, {"left": ["1.0.0"], "right": ["1.0.0"]})).json()

    assert list(told) == ["left"]
    assert told["left"][0]["severity"] == "critical"
    assert told["left"][0]["cwe"] == ["CWE-506"]
    assert told["left"][0]["vulnerable_versions"] == "1.0.0 || 1.0.1-rc.1"


async def test_what_finds_nothing_is_refused_until_vulnerabilities_are_on_record(site: Site, tmp_path: Path) -> None:
    question = {"left": ["1.0.0"]}
    before = await ask(site, question)
    await advise(site, tmp_path, advisory("flask", id="PYSEC-1", ecosystem="PyPI"))
    of_another = await ask(site, question)
    await advise(site, tmp_path, advisory("left", id="MAL-2026-1"))
    malware = await ask(site, question)
    without_it = await ask(site, {"left": ["1.0.1"]})
    await advise(site, tmp_path, advisory("right"))
    after = await ask(site, {"left": ["1.0.1"]})

    assert [before.status, of_another.status, malware.status, without_it.status, after.status] == [
        403,
        403,
        200,
        403,
        200,
    ]
    assert "no vulnerability records of npm are here yet, so finding none means nothing" in before.headers["npm-notice"]
    assert before.reason.endswith("`pratique advisories import all.zip`"), "nothing of it is cut"
    assert [one["severity"] for one in malware.json()["left"]] == ["critical"]
    assert after.json() == {}
    assert (await ask(site, {})).json() == {}, "nothing was asked"


async def test_of_a_record_that_is_not_kept_whole_the_id_speaks(site: Site) -> None:
    everything = pack(Affected(ranges=((("introduced", "0"),),)))
    starter = StoredAdvisory(
        id="MAL-2026-1",
        ecosystem="npm",
        name="left",
        twin="left",
        source="starter",
        malware=True,
        withdrawn=False,
        severity="critical",
        summary="Malicious code in left (npm)",
        affected=everything,
        published=Instant(1),
        modified=Instant(1),
    )
    await site.ports.db.write(advisories.upsert_many, "starter", [starter])

    told = (await ask(site, {"left": ["1.0.0"]})).json()["left"][0]

    assert (told["title"], told["vulnerable_versions"]) == ("Malicious code in left (npm)", "*")
    assert told["url"] == "https://osv.dev/vulnerability/MAL-2026-1"
    assert told["cvss"] == {"score": 0, "vectorString": None}


async def test_an_own_project_has_no_advisories_and_an_outsider_does_not_learn_of_it(
    site: Site, tmp_path: Path
) -> None:
    await NPM.upload(site, "secret", "1.0.0", site.admin)
    await advise(site, tmp_path, advisory("secret"), advisory("public", id="A-2"))
    asked = {"secret": ["1.0.0"], "public": ["1.0.0"]}

    outsider, stranger, owner = [(await ask(site, asked, token)).json() for token in (None, site.token, site.admin)]

    assert list(outsider) == list(stranger) == ["secret", "public"]
    assert list(owner) == ["public"]


async def test_an_own_project_that_is_public_has_none_for_anybody(site: Site, tmp_path: Path) -> None:
    await NPM.upload(site, "ours", "1.0.0", site.admin)
    await set_visibility(site.ports, SetVisibility("pkg:npm/ours", Visibility.PUBLIC), OPERATOR)
    await advise(site, tmp_path, advisory("ours"))

    assert (await ask(site, {"ours": ["1.0.0"]})).json() == {}


async def test_a_reserved_name_is_answered_as_any_other(site: Site, tmp_path: Path) -> None:
    await reserve(site.ports, Reserve(ecosystem="npm", pattern="acme-*", reason="ours"), OPERATOR)
    await advise(site, tmp_path, advisory("acme-core"))

    answers = [await ask(site, {"acme-core": ["1.0.0"]}, token) for token in (None, site.token)]

    assert [list(one.json()) for one in answers] == [["acme-core"], ["acme-core"]]


async def test_where_nobody_reads_unseen_an_audit_asks_for_what_reading_asks_for(tmp_path: Path) -> None:
    async with running_site(tmp_path, "[repositories.main]\nanonymous_read = false\n") as site:
        await advise(site, tmp_path, advisory("left"))
        narrow = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), names=("@acme/*",))
        writer = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.EXPLAIN}))
        other = await new_token(
            site, "ann", ActorKind.USER, frozenset({Operation.READ}), ecosystems=frozenset({"pypi"})
        )

        assert (await ask(site, {"left": ["1.0.0"]})).status == 401
        for token in (narrow, writer, other):
            refused = await ask(site, {"left": ["1.0.0"]}, token)
            assert refused.status == 403
            assert "scope" in refused.json()["error"]
        assert (await ask(site, {"@acme/x": ["1.0.0"]}, narrow)).json() == {}
        assert list((await ask(site, {"left": ["1.0.0"]}, site.agent)).json()) == ["left"]


BODIES = {
    "empty": b"",
    "no json": b"hello",
    "a list": b"[]",
    "no versions": b'{"left": "1.0.0"}',
    "no text": b'{"left": [1]}',
    "deep": b"[" * 100_000,
    "broken text": b'{"left": ["\xff"]}',
    "long version": json.dumps({"left": ["1" * 300]}).encode(),
    "long name": json.dumps({"l" * 600: ["1.0.0"]}).encode(),
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES.keys())
async def test_a_question_that_is_none_is_refused_with_a_sentence(site: Site, body: bytes) -> None:
    answer = await ask(site, body)

    assert answer.status == 400
    assert answer.json()["error"]


async def test_too_many_names_or_bytes_are_refused(site: Site) -> None:
    many = await ask(site, {f"p{number}": ["1.0.0"] for number in range(MAX_NAMES + 1)})
    versions = await ask(site, {"left": [f"1.0.{number}" for number in range(MAX_VERSIONS_OF_ONE + 1)]})
    long = await site.ask("POST", BULK, data=io.BytesIO(b" " * (5 << 20)))
    bomb = await ask(site, gzip.compress(b" " * (64 << 20)), Content_Encoding="gzip")
    broken = await ask(site, b"\x1f\x8bno", Content_Encoding="gzip")

    assert (many.status, versions.status, long.status, bomb.status, broken.status) == (413, 413, 413, 413, 400)
    assert str(MAX_NAMES) in many.json()["error"]


async def test_the_tree_audits_of_old_clients_are_not_answered_and_nobody_is_told_after_each_install(
    site: Site,
) -> None:
    """They fall back on what they print themselves: that this registry does not support audit requests."""
    for path in ("audits/quick", "audits"):
        answer = await site.ask("POST", f"/main/npm/-/npm/v1/security/{path}", data=b"{}")

        assert answer.status == 404
        assert "npm-notice" not in answer.headers


async def test_odd_names_and_versions_fail_nobodys_audit(site: Site, tmp_path: Path) -> None:
    await advise(site, tmp_path, advisory("left"))

    answer = await ask(site, {"../../etc": ["1.0.0"], "a\u0000b": [], "": ["1"], "left": ["1.0.0", "latest", "v0.9.0"]})

    assert answer.status == 200
    assert answer.json()["left"][0]["vulnerable_versions"] == "<1.0.1"
