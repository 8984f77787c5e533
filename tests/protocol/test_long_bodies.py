"""Bodies of many small pieces: read where they keep nobody else waiting, and only so far."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any

import pytest

from pratique.ecosystems.npm import documents
from pratique.formats import json_stream
from pratique.formats.json_stream import MAX_DEPTH, MAX_PIECES
from pratique.web.bodies import MAX_SHORT
from tests.harness.site import Site, running_site
from tests.protocol.npm_publisher import Publisher


@pytest.fixture
def readers(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The threads that read sent documents."""
    seen: list[str] = []
    read = json_stream.read_bounded

    def watched(body: bytes) -> Any:
        seen.append(threading.current_thread().name)
        return read(body)

    monkeypatch.setattr(documents, "read_bounded", watched)
    return seen


async def put(site: Site, path: str, body: bytes, token: str | None) -> Any:
    return await site.ask("PUT", f"/main/npm/{path}", token, data=body, Content_Type="application/json")


async def test_a_document_of_nothing_but_pieces_or_levels_is_refused_at_both_of_its_addresses(
    site: Site, readers: list[str]
) -> None:
    ann = Publisher(site, site.admin)
    await ann.publish("ours", "1.0.0")
    revision = (await ann.document("ours"))["_rev"]
    many = b'{"versions": [' + b"[]," * (MAX_PIECES // 2) + b"[]]}"
    deep = b'{"a": ' + b"[" * MAX_DEPTH + b"]" * MAX_DEPTH + b"}"

    for path in (f"ours/-rev/{revision}", "ours"):
        answers = [await put(site, path, body, site.admin) for body in (many, deep)]
        assert [one.status for one in answers] == [413, 400]
        assert "brackets, commas and strings" in answers[0].json()["error"]
        assert f"deeper than {MAX_DEPTH}" in answers[1].json()["error"]
    assert [name.startswith("upload") for name in readers] == [True, True]


async def test_who_may_change_nothing_is_turned_away_before_the_document_is_read(
    site: Site, readers: list[str]
) -> None:
    await Publisher(site, site.admin).publish("ours", "1.0.0")

    answers = [await put(site, "ours/-rev/1-a", b"{}", token) for token in (None, site.token)]

    assert [one.status for one in answers] == [401, 403]
    assert readers == []


async def test_a_change_at_the_address_of_a_revision_takes_one_of_the_slots_of_uploads(tmp_path: Path) -> None:
    async with running_site(tmp_path, '[publish]\nat_once = 1\npatience = "50 ms"\n') as site:
        ann = Publisher(site, site.admin)
        await ann.publish("ours", "1.0.0")
        document = await ann.document("ours")
        document["versions"]["1.0.0"]["deprecated"] = "old"
        path, body = f"ours/-rev/{document['_rev']}", json.dumps(document).encode()

        async with site.ports.uploads.slot("somebody else"):
            waited = await put(site, path, body, site.admin)
        changed = await put(site, path, body, site.admin)

    assert (waited.status, changed.status) == (503, 200)


async def test_a_few_words_are_not_sent_in_a_long_body(site: Site) -> None:
    long = b'"' + b"a" * MAX_SHORT + b'"'
    asked = [
        ("PUT", "/main/npm/-/package/ours/dist-tags/next"),
        ("POST", "/main/npm/-/package/ours/access"),
        ("POST", "/main/npm/-/npm/v1/tokens"),
        ("POST", "/main/npm/-/npm/v1/user"),
        ("POST", "/main/npm/-/v1/login"),
        ("PUT", "/main/npm/-/user/org.couchdb.user:ann"),
    ]

    answers = [await site.ask(verb, path, site.admin, data=long) for verb, path in asked]

    assert [one.status for one in answers] == [413] * len(asked)
