"""Send an artefact: from the store at any range, or while it is still on its way from an upstream."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from pratique.core.ports import BlobFile
from pratique.services.blob_threads import in_blob_thread
from pratique.services.installing.file_answers import Arriving, FileAnswer, Known, Stored
from pratique.web.access_log import loggable_path
from pratique.web.crowd import CROWD
from pratique.web.documents import etag_matches
from pratique.web.leaving import cut, has_left, nobody_there
from pratique.web.wire import head

Record = Callable[[], Awaitable[None]]

log = structlog.get_logger(__name__)

_RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)\Z")
_BEYOND = 10**18
"""Stands for any position beyond the end of any file; Python refuses to read a number of thousands of digits."""

CACHED = {"Cache-Control": "private, max-age=3600, immutable"}
"""Artefacts never change under their name; shared caches would outlive a revocation."""


async def send_file(request: web.Request, answer: FileAnswer) -> web.StreamResponse:
    """Send what `get_file` or `head_file` answered."""
    headers = {"Content-Type": "application/octet-stream", **CACHED, **answer.headers}
    if isinstance(answer.body, Known):
        if answer.body.size is not None:
            headers["Content-Length"] = str(answer.body.size)
        return web.Response(headers=headers)
    try:
        if isinstance(answer.body, Stored):
            headers["ETag"] = f'"{answer.body.sha256}"'
            return await _send_stored(request, answer.body, headers, answer.record)
        return await _send_arriving(request, answer.body, headers, answer.record)
    except ConnectionError:
        if not has_left(request):
            raise
        log.info("the client left before its file", path=loggable_path(request.raw_path))
        return nobody_there()


async def _send_stored(
    request: web.Request, stored: Stored, headers: dict[str, str], record: Record
) -> web.StreamResponse:
    blob = stored.blob
    try:
        if etag_matches(request.headers.get("If-None-Match"), headers["ETag"]):
            return web.Response(status=304, headers=headers)
        first, last = 0, blob.size - 1
        status = 200
        wanted = request.headers.get("Range")
        if wanted is not None and request.headers.get("If-Range", headers["ETag"]) == headers["ETag"]:
            span = read_range(wanted, blob.size)
            if span is None:
                return web.Response(status=416, headers={**headers, "Content-Range": f"bytes */{blob.size}"})
            if span != (first, last):
                (first, last), status = span, 206
                headers["Content-Range"] = f"bytes {first}-{last}/{blob.size}"
        headers["Accept-Ranges"] = "bytes"
        headers["Content-Length"] = str(last - first + 1)
        response = web.StreamResponse(status=status, headers=headers)
        # What fails here can still be said in a proper answer.
        begin = await _read(blob, first, last + 1, request.app[CROWD].piece)
        await record()
        return await _send_span(request, response, blob, begin, (first, last + 1))
    finally:
        blob.close()


async def _send_span(
    request: web.Request, response: web.StreamResponse, blob: BlobFile, chunk: bytes, span: tuple[int, int]
) -> web.StreamResponse:
    """Send a span of which the beginning was read. What fails cuts the connection: no second answer may follow."""
    await response.prepare(request)
    try:
        offset, end = span
        while chunk:
            await response.write(chunk)
            offset += len(chunk)
            chunk = await _read(blob, offset, end, request.app[CROWD].piece)
        await response.write_eof()
    except BaseException:
        cut(request, response)
        raise
    return response


async def _read(blob: BlobFile, offset: int, end: int, largest: int) -> bytes:
    """The next bytes, none at the end. What the page cache holds comes at once; all else costs a thread."""
    if offset >= end:
        return b""
    length = min(largest, end - offset)
    chunk = blob.read_ready(offset, length) or await in_blob_thread(blob.read_at, offset, length)
    if not chunk:
        raise ConnectionAbortedError("the stored file is shorter than its size says")
    return chunk


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """First and last byte of a single range (RFC 9110, 14.1.2).

    Returns:
        The whole file for what is no single byte range, None for one that lies outside.
    """
    found = _RANGE.match(header.strip())
    if found is None or found[0] == "bytes=-":
        return (0, size - 1)
    if not found[1]:
        length = _position(found[2])
        return (max(0, size - length), size - 1) if length and size else None
    first = _position(found[1])
    end = _position(found[2]) if found[2] else size - 1
    return None if first >= size or end < first else (first, min(end, size - 1))


def _position(digits: str) -> int:
    return min(int(digits), _BEYOND) if len(digits) < 1_000 else _BEYOND


async def _send_arriving(
    request: web.Request, arriving: Arriving, headers: dict[str, str], record: Record
) -> web.StreamResponse:
    """Send while fetching; the end is held back until the file is cleared, and a failure cuts the connection."""
    if arriving.size is not None:
        headers["Content-Length"] = str(arriving.size)
    response = web.StreamResponse(headers=headers)
    try:
        await record()
    except BaseException:
        arriving.leave()
        raise
    try:
        await response.prepare(request)
        async for chunk in arriving.chunks:
            await response.write(chunk)
        await response.write_eof()
    except BaseException:
        cut(request, response)
        raise
    finally:
        arriving.leave()
    return response


def wire_head(more: dict[str, str], sha256: str, size: int) -> bytes:
    """What `send_file` says before all of a stored file.

    Args:
        more: the headers of the answer.
    """
    always = {"Content-Type": "application/octet-stream", **CACHED, **more}
    return head(HTTPStatus.OK, {**always, "ETag": f'"{sha256}"', "Accept-Ranges": "bytes", "Content-Length": str(size)})
