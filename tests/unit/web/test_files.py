"""Ranges of a stored file, and who does not wait for its bytes."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from pratique.services.installing.file_answers import Arriving, FileAnswer, Stored
from pratique.store.blobs_file import FileBlobs
from pratique.web.crowd import CROWD, Crowd
from pratique.web.files import read_range, send_file
from pratique.web.limits import WebLimits
from tests.unit.web.one_answer import one_answer

SIZES = st.integers(0, 10**12)


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-0", (0, 0)),
        ("bytes=2-5", (2, 5)),
        ("bytes=5-", (5, 9)),
        ("bytes=-3", (7, 9)),
        ("bytes=-30", (0, 9)),
        ("bytes=0-100", (0, 9)),
        (" bytes=1-2 ", (1, 2)),
        ("bytes=10-", None),
        ("bytes=-0", None),
        ("bytes=5-2", None),
        ("bytes=" + "9" * 5_000 + "-", None),
        ("bytes=0-1,3-4", (0, 9)),
        ("bytes=-", (0, 9)),
        ("bytes=١-٢", (0, 9)),
        ("lines=1-2", (0, 9)),
        ("", (0, 9)),
    ],
)
def test_one_range_of_bytes_is_read_and_everything_else_means_the_whole_file(
    header: str, span: tuple[int, int] | None
) -> None:
    assert read_range(header, 10) == span


@given(st.text() | st.from_regex(r"bytes=[0-9]{0,25}-[0-9]{0,25}", fullmatch=True), SIZES.filter(bool))
def test_whatever_is_asked_the_span_lies_in_the_file(header: str, size: int) -> None:
    span = read_range(header, size)

    assert span is None or 0 <= span[0] <= span[1] < size


@given(st.integers(0, 10**15), st.integers(0, 10**15), SIZES.filter(bool))
def test_a_span_inside_the_file_is_what_was_asked_for(first: int, length: int, size: int) -> None:
    last = first + length

    span = read_range(f"bytes={first}-{last}", size)

    assert span == (None if first >= size else (first, min(last, size - 1)))


@given(st.text() | st.from_regex(r"bytes=[0-9]{1,25}-[0-9]{0,25}", fullmatch=True))
def test_of_an_empty_file_there_is_no_range(header: str) -> None:
    assert read_range(header, 0) in (None, (0, -1))


def stored(folder: Path) -> Stored:
    blobs = FileBlobs(folder)
    draft = blobs.draft()
    draft.write(b"x" * 1000)
    kept = draft.keep()
    return Stored(blobs.open(kept.sha256), kept.sha256)


def arriving(_folder: Path) -> Arriving:
    async def chunks() -> Any:
        yield b"x" * 1000

    return Arriving(1000, chunks(), lambda: None)


@pytest.mark.parametrize("body", [stored, arriving])
async def test_a_client_that_leaves_before_the_file_is_a_quiet_line_and_no_failure(tmp_path: Path, body: Any) -> None:
    async def give(request: web.Request) -> web.StreamResponse:
        while request.transport is not None and not request.transport.is_closing():
            await asyncio.sleep(0.001)
        return await send_file(request, FileAnswer(body(tmp_path)))

    with capture_logs() as logged:
        async with one_answer("/left.tgz", give) as served:
            _, writer = await asyncio.open_connection("127.0.0.1", served.port)
            writer.write(b"GET /left.tgz?key=secret HTTP/1.1\r\nHost: x\r\n\r\n")
            writer.close()
            response = await asyncio.wait_for(served.sent, 20)

    assert response.status == 499
    assert logged == [{"event": "the client left before its file", "path": "/left.tgz", "log_level": "info"}]
    assert [line["status"] for line in served.lines] == [499]


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [("{}", 304), ("W/{}", 304), ('"other", {}', 304), ("*", 304), ('"other"', 200), ("", 200)],
)
async def test_whoever_has_the_file_is_told_so_however_it_is_written(
    tmp_path: Path, if_none_match: str, status: int
) -> None:
    kept = stored(tmp_path)

    async def answer(request: web.Request) -> web.StreamResponse:
        return await send_file(request, FileAnswer(kept))

    application = web.Application()
    application[CROWD] = Crowd(WebLimits())
    application.router.add_get("/", answer)
    async with TestClient(TestServer(application)) as client:
        asked = {"If-None-Match": if_none_match.replace("{}", f'"{kept.sha256}"')}
        answered = await client.get("/", headers=asked)
        assert (answered.status, len(await answered.read())) == (status, 1000 if status == 200 else 0)
