"""Listings given before a request is made of the bytes: the same as by the longer way, in the same order, no longer."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from pratique.core.actors import OPERATOR
from pratique.services.governing.exposure import exposure
from pratique.services.governing.revoke import revoke
from pratique.web.at_once import AT_ONCE, Coming, Given
from pratique.web.connections import Connection
from tests.harness import crates
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, running_site
from tests.protocol.speakers import Speaker
from tests.protocol.test_standing_answers import PATIENT

LISTINGS = {
    "npm": "/main/npm/left",
    "pypi": "/main/pypi/simple/left/",
    "cargo": f"/main/cargo/index/{crates.index_path('left')}",
}
PARSED = "X-Forwarded-Proto: https\r\n"
"""Changes no answer, as no proxy is trusted here, and is left to the longer way."""


@pytest.fixture
async def site(tmp_path: Path, registry: PlainRegistry) -> AsyncIterator[Site]:
    async with running_site(tmp_path, registry.settings, PATIENT) as running:
        yield running


@pytest.fixture
def given(site: Site, monkeypatch: pytest.MonkeyPatch) -> list[Given | Coming]:
    """What was given at once."""
    at_once, all_of_it = site.application[AT_ONCE], []
    usual = at_once.answer

    def noting(*arguments, **options):
        answer = usual(*arguments, **options)
        if answer is not None:
            all_of_it.append(answer)
        return answer

    monkeypatch.setattr(at_once, "answer", noting)
    return all_of_it


async def at_once(talk: Talk, given: list[Given | Coming], more: str = "") -> tuple[str, dict[str, str], bytes]:
    """An answer that was given at once: the next one is, unless something was written meanwhile."""
    for _ in range(100):
        before = len(given)
        answer = await talk.ask(more)
        if len(given) > before:
            return answer
    raise AssertionError("nothing is given at once")


class Talk:
    """One connection, spoken to in bytes."""

    def __init__(self, site: Site, path: str, token: str) -> None:
        self._site, self._path, self._token = site, path, token
        self.asked = 0

    async def __aenter__(self) -> Talk:
        port = int(self._site.url.rpartition(":")[2])
        self.reader, self.writer = await asyncio.open_connection("127.0.0.1", port)
        return self

    async def __aexit__(self, *_ended: object) -> None:
        self.writer.close()
        await self.writer.wait_closed()

    def request(self, more: str = "", path: str | None = None) -> bytes:
        host = self._site.url.removeprefix("http://")
        lines = (
            f"GET {path or self._path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {self._token}\r\n{more}\r\n"
        )
        return lines.encode()

    async def ask(self, more: str = "") -> tuple[str, dict[str, str], bytes]:
        self.asked += 1
        self.writer.write(self.request(more))
        return await self.answer()

    async def answer(self) -> tuple[str, dict[str, str], bytes]:
        """Status line, headers but the date, and body."""
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        status, *lines = head.strip().split("\r\n")
        headers = {line.partition(": ")[0]: line.partition(": ")[2] for line in lines}
        assert headers.pop("Date").endswith("GMT")
        return status, headers, await self.reader.readexactly(int(headers.get("Content-Length", "0")))


async def talk_of(site: Site, speaker: Speaker, registry: PlainRegistry) -> Talk:
    """About a project whose listing was answered by the longer way."""
    for version in ("1.0.0", "1.0.1"):
        speaker.released(registry, "left", version)
    talk = Talk(site, LISTINGS[speaker.ecosystem], site.token)
    async with talk:
        for _ in range(2):  # the first one is news: the project is here now
            await talk.ask(PARSED)
    return talk


async def test_it_is_what_the_longer_way_answers(
    site: Site, registry: PlainRegistry, speaker: Speaker, given: list[Given | Coming]
) -> None:
    async with await talk_of(site, speaker, registry) as talk:
        longer = await talk.ask(PARSED)
        assert await at_once(talk, given) == longer
        etag = longer[1]["ETag"]
        for known in (etag, f'"other", W/{etag}', "*", '"other"'):
            if_none_match = f"If-None-Match: {known}\r\n"
            assert await at_once(talk, given, if_none_match) == await talk.ask(if_none_match + PARSED)


async def test_a_file_is_what_the_longer_way_answers_and_its_download_recorded_once(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming]
) -> None:
    release = client.released(registry, "left", "1.0.0")
    async with Talk(site, client.path("left", "1.0.0"), site.token) as talk:
        await talk.ask(PARSED)  # fetches it
        first = await talk.ask(PARSED)
        assert await at_once(talk, given) == first
        part = await talk.ask("Range: bytes=0-9\r\n")
    assert first[2] == release.content
    assert part[0].split()[1] == "206"
    seen = await exposure(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", OPERATOR)
    assert len(seen.downloads) == talk.asked


async def test_a_revoked_file_is_refused_on_a_connection_that_is_open(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming]
) -> None:
    client.released(registry, "left", "1.0.0")
    async with Talk(site, client.path("left", "1.0.0"), site.token) as talk:
        assert (await at_once(talk, given))[0].split()[1] == "200"
        await revoke(site.ports, "main", f"pkg:{client.ecosystem}/left@1.0.0", None, "stolen account", OPERATOR)
        assert (await talk.ask())[0].split()[1] == "403"


@pytest.mark.parametrize(
    "error", [OSError("bad sector"), MemoryError(), ValueError("odd")], ids=lambda one: type(one).__name__
)
async def test_whatever_fails_while_a_file_is_read_ends_the_connection_and_nothing_waits_for_ever(
    site: Site, registry: PlainRegistry, given: list[Given | Coming], monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def failing() -> bytearray:
        raise error

    registry.npm("left", "1.0.0")
    async with Talk(site, "/main/npm/left/-/left-1.0.0.tgz", site.token) as talk:
        await at_once(talk, given)
        monkeypatch.setattr(site.application[AT_ONCE]._rooms, "take", failing)
        with capture_logs() as logged:
            talk.writer.write(talk.request())
            assert await asyncio.wait_for(talk.reader.read(), 20) == b""
    assert [line["event"] for line in logged] == ["a stored file cannot be given"]


async def test_a_file_that_is_given_up_ends_its_connection_and_stays_given_up(
    site: Site, registry: PlainRegistry, given: list[Given | Coming], monkeypatch: pytest.MonkeyPatch
) -> None:
    def given_up() -> bytearray:
        raise asyncio.CancelledError

    registry.npm("left", "1.0.0")
    begun: list[asyncio.Task[None]] = []
    async with Talk(site, "/main/npm/left/-/left-1.0.0.tgz", site.token) as talk:
        await at_once(talk, given)
        giver = site.application[AT_ONCE]
        monkeypatch.setattr(giver._rooms, "take", given_up)
        monkeypatch.setattr(giver, "begin", lambda giving: begun.append(asyncio.create_task(giving)))
        talk.writer.write(talk.request())
        assert await asyncio.wait_for(talk.reader.read(), 20) == b""
    assert [task.cancelled() for task in begun] == [True]


async def test_what_is_sent_while_a_file_is_looked_for_is_answered_after_it(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    client.released(registry, "left", "1.0.0")
    async with Talk(site, client.path("left", "1.0.0"), site.token) as talk:
        file = [await talk.ask() for _ in range(3)][-1]
        missing = talk.request(path="/main/nothing/here")
        for wanted in (talk.request(), missing, talk.request()):
            talk.writer.write(wanted)
            await asyncio.sleep(0)
        answers = [await talk.answer() for _ in range(3)]
    assert [answers[0], answers[2]] == [file, file]
    assert answers[1][0].split()[1] == "404"


async def test_a_revocation_is_seen_by_the_next_request_on_a_connection_that_is_open(
    site: Site, registry: PlainRegistry, speaker: Speaker, given: list[Given | Coming]
) -> None:
    async with await talk_of(site, speaker, registry) as talk:
        before = await at_once(talk, given)
        await revoke(site.ports, "main", f"pkg:{speaker.ecosystem}/left@1.0.1", None, "stolen account", OPERATOR)
        assert (await talk.ask())[2] != before[2]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ("Host: elsewhere\r\n", "400"),
        ("Authorization: Bearer prq_nonsense\r\n", "200"),
        ("X-Forwarded-Host: elsewhere\r\n", "200"),
        ("Via: 1.1 another\r\n", "200"),
    ],
    ids=["two hosts", "two credentials", "forwarded", "passed on"],
)
async def test_what_may_mean_something_else_goes_the_longer_way(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming], more: str, status: str
) -> None:
    async with await talk_of(site, client, registry) as talk:
        answered = await talk.ask(more)
    assert answered[0].split()[1] == status
    assert given == []


async def test_a_foreign_host_and_a_token_that_is_none_are_refused_as_ever(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming]
) -> None:
    async with await talk_of(site, client, registry) as talk:
        for wrong, instead, status in ((b"Host: 127", b"Host: 128", 421), (b"prq_", b"prq-", 401)):
            talk.writer.write(talk.request().replace(wrong, instead))
            assert (await talk.answer())[0].split()[1] == str(status)
    assert given == []


async def test_who_asks_again_in_the_moment_of_an_answer_is_not_sent_the_longer_way_for_ever(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next request's bytes are there after an answer by the longer way went out, before its handler waits again."""
    async with await talk_of(site, client, registry) as talk:
        expected, usual = await at_once(talk, given), Connection.finish_response
        given.clear()

        async def ask_again(connection: Connection, *answer: Any) -> tuple[web.StreamResponse, bool]:
            monkeypatch.setattr(Connection, "finish_response", usual)
            finished = await usual(connection, *answer)
            asyncio.get_running_loop().call_soon(connection.data_received, talk.request())
            return finished

        monkeypatch.setattr(Connection, "finish_response", ask_again)
        assert await talk.ask(PARSED) == expected
        assert await asyncio.wait_for(talk.answer(), 10) == expected
    assert len(given) == 1


async def test_requests_sent_ahead_are_answered_in_their_order(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    async with await talk_of(site, client, registry) as talk:
        expected = await talk.ask()
        missing = talk.request(path="/main/nothing/here")
        talk.writer.write(missing + talk.request())
        await asyncio.sleep(0)
        talk.writer.write(talk.request())
        first = await talk.answer()
        assert first[0].split()[1] == "404"
        assert [await talk.answer(), await talk.answer()] == [expected, expected]


async def test_a_request_in_two_pieces_is_one(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming]
) -> None:
    async with await talk_of(site, client, registry) as talk:
        expected, whole = await at_once(talk, given), talk.request()
        given.clear()
        talk.writer.write(whole[:30])
        await talk.writer.drain()
        await asyncio.sleep(0.02)  # so that the server reads the beginning alone
        talk.writer.write(whole[30:])
        assert await talk.answer() == expected
        assert await talk.ask() == expected
    assert given == []  # from the first half on the parser alone knows where requests begin


async def test_who_does_not_read_gets_no_more_than_a_connection_holds(
    site: Site, registry: PlainRegistry, given: list[Given | Coming]
) -> None:
    for version in ("1.0.0", "1.0.1"):
        registry.npm("left", version, description="x" * 100_000)
    async with Talk(site, LISTINGS["npm"], site.token) as talk:
        assert len((await at_once(talk, given))[2]) > 200_000
        given.clear()
        talk.reader._transport.pause_reading()
        for _ in range(200):
            talk.writer.write(talk.request())
            await asyncio.sleep(0.001)  # each is read alone, as the server's turns come between
        assert 0 < len(given) < 100


async def test_a_process_that_ends_closes_connections_instead(
    site: Site, registry: PlainRegistry, client: Speaker, given: list[Given | Coming]
) -> None:
    async with await talk_of(site, client, registry) as talk:
        await site.application[AT_ONCE].stop(1)
        await talk.ask()
    assert given == []
