"""What clients of the whole server see when the upstream lies: a sentence, or a cut connection, and nothing stored."""

from __future__ import annotations

import asyncio
import gzip
import json
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import aiohttp
import pytest

from pratique.core.actors import OPERATOR
from pratique.core.decisions import Mode
from pratique.services.governing.rule_settings import SetRule, set_rule
from tests.harness.lying_upstream import (
    Behaviour,
    LyingUpstream,
    breaks_off,
    falls_silent,
    hangs_up,
    in_turn,
    misstates_length,
    never_ends,
    redirects,
    says,
    waits_for,
)
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site

NPM_PAGE, NPM_FILE = "/npm/left", "/files/npm/left/left-1.0.0.tgz"
HELD_BACK = 64 << 10
REFUSAL = {
    "error": "Blocked by policy denylist: left is bad; allowed: none; do not retry or substitute; see http://far/r/A",
    "decision_id": "A",
    "rule": "denylist",
    "retry": False,
}


@pytest.fixture
async def upstream() -> AsyncIterator[LyingUpstream]:
    async with LyingUpstream() as lying:
        yield lying


@pytest.fixture
def registry(upstream: LyingUpstream) -> Iterator[PlainRegistry]:
    """What the upstream says where it does not lie."""
    with PlainRegistry() as registry:
        registry.url = upstream.url
        upstream.honest = registry._answer
        registry.npm("left", "1.0.0")
        yield registry


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings) as running:
        yield running


def stored(site: Site) -> list[str]:
    """Every blob and draft in the data folder."""
    return [path.name for folder in ("blobs", "tmp") for path in (site.data / folder).rglob("*") if path.is_file()]


PAGE_LIES: list[tuple[Behaviour, str]] = [
    (says(b"down", status=500), "answered 500 Internal Server Error"),
    (breaks_off(b'{"name": "left"}' * 100, 40), "broke off in the middle of its answer"),
    (misstates_length(b'{"name": "left"}', 9_999), "broke off in the middle of its answer"),
    (says(b"<html>please log in</html>", "text/html"), "(upstream 127.0.0.1"),
    (says(b"<html>please log in</html>", "application/json"), "(upstream 127.0.0.1"),
    (says(gzip.compress(b" " * (65 << 20)), Content_Encoding="gzip"), "raise max_document"),
    (redirects("https://10.0.0.1/left"), "10.0.0.1, which is not on the public internet"),
    (redirects("http://169.254.169.254/latest/meta-data"), "without https"),
    (redirects("/npm/left"), "redirects more than 5 times"),
    (hangs_up(), "hung up without an answer"),
]


async def test_a_lie_in_place_of_a_listing_is_a_sentence_and_the_truth_is_served_afterwards(
    upstream: LyingUpstream, site: Site
) -> None:
    for lie, sentence in PAGE_LIES:
        upstream.behaviours[NPM_PAGE] = lie
        answer = await site.get("/main/npm/left")

        assert (answer.status, sentence in answer.json()["error"]) == (502, True), answer.text
        assert "127.0.0.1" in answer.json()["error"]

    del upstream.behaviours[NPM_PAGE]
    assert list((await site.get("/main/npm/left")).json()["versions"]) == ["1.0.0"]


async def test_a_lie_does_not_take_away_what_was_known(upstream: LyingUpstream, site: Site) -> None:
    await site.get("/main/npm/left")

    for lie, _ in PAGE_LIES:
        upstream.behaviours[NPM_PAGE] = lie
        answer = await site.get("/main/npm/left")

        assert answer.status == 200, answer.text
        assert list(answer.json()["versions"]) == ["1.0.0"]


FILE_LIES: list[tuple[Behaviour, str]] = [
    (says(b"down", status=503), "answered 503 Service Unavailable"),
    (says(b"gone", status=404), "lists this file and does not have it"),
    (breaks_off(b"x" * 1_000, 40), "broke off in the middle of its answer"),
    (misstates_length(b"x" * 1_000, 9_999), "broke off in the middle of its answer"),
    (redirects("https://127.0.0.2/left.tgz"), "127.0.0.2, which is not on the public internet"),
    (redirects("https://[::ffff:10.1.1.1]/left.tgz"), "not on the public internet"),
    (hangs_up(), "hung up without an answer"),
]


async def test_a_lie_in_place_of_a_file_is_a_sentence_and_the_truth_is_served_afterwards(
    upstream: LyingUpstream, site: Site
) -> None:
    for lie, sentence in FILE_LIES:
        upstream.behaviours[NPM_FILE] = lie
        answer = await site.get("/main/npm/left/-/left-1.0.0.tgz")

        assert (answer.status, sentence in answer.json()["error"]) == (502, True), answer.text
        assert stored(site) == []

    del upstream.behaviours[NPM_FILE]
    assert (await site.get("/main/npm/left/-/left-1.0.0.tgz")).status == 200
    assert len(stored(site)) == 1


async def test_other_bytes_than_promised_are_refused_now_and_from_then_on_without_asking(
    upstream: LyingUpstream, site: Site
) -> None:
    upstream.behaviours[NPM_FILE] = says(b"something else")

    first = await site.get("/main/npm/left/-/left-1.0.0.tgz")
    asked = upstream.paths().count(NPM_FILE)
    second = await site.get("/main/npm/left/-/left-1.0.0.tgz")

    for answer in (first, second):
        assert answer.status == 403
        assert "Blocked by policy digest_mismatch: left@1.0.0" in answer.json()["error"]
    assert upstream.paths().count(NPM_FILE) == asked == 1
    assert "1.0.0" not in (await site.get("/main/npm/left")).json()["versions"]
    assert stored(site) == []


async def test_an_index_that_changes_its_mind_about_stored_bytes_is_not_believed(
    upstream: LyingUpstream, site: Site, registry: PlainRegistry
) -> None:
    assert (await site.get("/main/npm/left/-/left-1.0.0.tgz")).status == 200
    registry.releases["npm", "left"][0].content = b"other bytes"

    answer = await site.get("/main/npm/left/-/left-1.0.0.tgz")

    assert answer.status == 403
    assert "digest_mismatch" in answer.json()["error"]


async def test_who_read_a_newer_index_is_not_judged_by_bytes_fetched_for_an_older_one(
    upstream: LyingUpstream, site: Site, registry: PlainRegistry
) -> None:
    await set_rule(site.ports, SetRule("cooldown", Mode.OFF), OPERATOR)
    release, path = registry.releases["npm", "left"][0], "/main/npm/left/-/left-1.0.0.tgz"
    old, new, late = release.content, release.content + b"mended", asyncio.Event()
    upstream.behaviours[NPM_FILE] = in_turn(waits_for(late, says(old)), says(new))

    before = asyncio.create_task(site.get(path))
    while NPM_FILE not in upstream.paths():
        await asyncio.sleep(0.01)
    release.content = new
    after = await site.get(path)
    late.set()

    assert (after.status, after.body) == (200, new)
    assert (await before).status == 403
    assert (await site.get(path)).body == new
    assert list((await site.get("/main/npm/left")).json()["versions"]) == ["1.0.0"]


@pytest.fixture
async def flowing(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    """A server that lets bytes flow from the start, as if every file were a long one."""
    settings = registry.settings + "[downloads]\nwait_bytes = 0\n"
    async with running_site(tmp_path, settings) as running:
        yield running


async def received(site: Site, begun: asyncio.Event | None = None) -> tuple[bytes, bool]:
    """What a client of a long download gets, and whether the connection was cut; `begun` is set at its first bytes."""
    got = bytearray()
    async with site.session.get(f"{site.url}/main/npm/left/-/left-1.0.0.tgz") as response:
        assert response.status == 200
        try:
            async for chunk in response.content.iter_any():
                got.extend(chunk)
                if begun is not None:
                    begun.set()
        except aiohttp.ClientPayloadError:
            return bytes(got), True
    return bytes(got), False


def large(registry: PlainRegistry) -> bytes:
    """Make the release's file a large one."""
    content = json.dumps(list(range(200_000))).encode()
    registry.releases["npm", "left"][0].content = content
    return content


async def test_a_long_download_flows_and_is_whole(flowing: Site, registry: PlainRegistry) -> None:
    content = large(registry)

    assert await received(flowing) == (content, False)
    assert len(stored(flowing)) == 1


async def test_nobody_gets_the_end_of_a_long_download_that_turns_out_to_be_another_file(
    upstream: LyingUpstream, flowing: Site, registry: PlainRegistry
) -> None:
    content = large(registry)
    begun = asyncio.Event()
    upstream.behaviours[NPM_FILE] = falls_silent(content[:-1] + b"!", 900_000, begun)

    got, cut = await received(flowing, begun)

    assert cut
    assert len(got) <= len(content) - HELD_BACK
    assert stored(flowing) == []


async def test_a_long_download_that_breaks_off_is_cut_and_whole_the_next_time(
    upstream: LyingUpstream, flowing: Site, registry: PlainRegistry
) -> None:
    content = large(registry)
    begun = asyncio.Event()
    upstream.behaviours[NPM_FILE] = in_turn(breaks_off(content, 900_000, begun), says(content))

    assert (await received(flowing, begun))[1]
    assert stored(flowing) == []
    assert await received(flowing) == (content, False)


async def test_a_file_without_end_is_cut_at_the_limit(
    upstream: LyingUpstream, tmp_path: Path, registry: PlainRegistry
) -> None:
    upstream.behaviours[NPM_FILE] = never_ends()
    async with running_site(tmp_path, registry.settings, patience='\n[upstream]\nmax_file = "1 MB"\n') as site:
        answer = await site.get("/main/npm/left/-/left-1.0.0.tgz")

        assert answer.status == 502
        assert "a file larger than 1 MB; if that is right, raise max_file" in answer.json()["error"]
        assert stored(site) == []


async def test_a_refusal_by_an_upstream_like_ours_reaches_who_may_know_in_its_words_and_others_in_ours(
    upstream: LyingUpstream, site: Site
) -> None:
    upstream.behaviours[NPM_PAGE] = says(json.dumps(REFUSAL).encode(), status=403)

    theirs, ours = await site.get("/main/npm/left", site.admin), await site.get("/main/npm/left")

    assert theirs.status == ours.status == 403
    assert theirs.json()["error"] == theirs.reason == REFUSAL["error"]
    assert theirs.json()["decision_id"] == "A"
    assert "Blocked by policy denylist: left is refused by an upstream of this repository" in ours.reason
    assert f"{site.url}/r/" in ours.reason
    assert "far" not in ours.text


async def test_no_header_of_a_client_reaches_the_upstream(upstream: LyingUpstream, site: Site) -> None:
    await site.get("/main/npm/left", site.token, Cookie="a=b", X_Private="c", Referer="http://d.test")
    await site.get("/main/npm/left/-/left-1.0.0.tgz", site.token, Cookie="a=b", X_Private="c")

    assert len(upstream.asked) >= 2
    for asked in upstream.asked:
        assert {name.lower() for name in asked.headers} <= {
            "accept", "accept-encoding", "host", "user-agent", "if-none-match", "if-modified-since", "via"
        }  # fmt: skip
