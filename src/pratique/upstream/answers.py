"""Reading an upstream's answer within bounds: unpacked documents, refusals passed on, streams of bytes."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any, cast

import aiohttp
import msgspec
from isal import isal_zlib

from pratique.core.errors import BadUpstream, UpstreamRefused
from pratique.core.limits import UpstreamLimits
from pratique.core.sentences import MAX_LINE, clean
from pratique.upstream.failures import in_sentences
from pratique.upstream.locations import Endpoint

_MAX_REFUSAL = 64 << 10
_PASSED_ON = ("decision_id", "rule", "allowed_versions", "request_approval_url", "retry")
_PATIENCE = 60.0
_GZIP = 31
"""wbits for one gzip member, as HTTP answers have it."""
_IsalError = cast("type[Exception]", isal_zlib.error)  # its type hints call it an instance
_MEGABYTE = 1 << 20


class Fetched(msgspec.Struct, frozen=True):
    """An upstream's answer to a question for a document.

    Attributes:
        status: 200, 304 (what we hold still holds) or 404 (nothing of that name, 410 and 451 included).
        content: unpacked; empty unless 200.
        url: where it came from in the end, the base of relative links.
    """

    status: int
    content: bytes
    content_type: str
    etag: str | None
    last_modified: str | None
    url: str


class FileStream:
    """The body of one artefact on its way. Close it whatever happens."""

    def __init__(self, response: aiohttp.ClientResponse, at: Endpoint, limits: UpstreamLimits) -> None:
        self._response, self._at, self._limits = response, at, limits
        self.size = response.content_length

    async def chunks(self) -> AsyncIterator[bytes]:
        """The bytes as they stand on the wire.

        Raises:
            BadUpstream: cut off, silent, slower than the limit, or larger than a file may be.
        """
        received, started = 0, time.monotonic()
        with in_sentences(self._at, self._limits):
            async for chunk in self._response.content.iter_any():
                received += len(chunk)
                if received > self._limits.max_file:
                    raise too_large(self._at, "a file", self._limits.max_file, "max_file")
                elapsed = time.monotonic() - started
                if elapsed > _PATIENCE and received < elapsed * self._limits.slowest_file:
                    raise BadUpstream(
                        f"Upstream {self._at} sends less than {self._limits.slowest_file} bytes a second; "
                        "nothing was stored; try again later"
                    )
                yield chunk
        if self.size is not None and received != self.size:
            raise BadUpstream(
                f"Upstream {self._at} sent {received} of {self.size} bytes; nothing was stored; try again later"
            )

    def close(self) -> None:
        """Drop the connection unless the body was read to its end."""
        self._response.close() if not self._response.content.at_eof() else self._response.release()


def too_large(at: Endpoint, what: str, limit: int, setting: str) -> BadUpstream:
    """The sentence for more bytes than the settings allow."""
    shown = f"{limit // _MEGABYTE} MB" if limit >= _MEGABYTE else f"{limit} bytes"
    return BadUpstream(f"Upstream {at} sends {what} larger than {shown}; if that is right, raise {setting}")


async def read_body(response: aiohttp.ClientResponse, at: Endpoint, limit: int) -> bytes:
    """The whole body as it stands on the wire. Raises BadUpstream beyond the limit."""
    if (response.content_length or 0) > limit:
        raise too_large(at, "a document", limit, "max_document")
    parts, received = [], 0
    async for chunk in response.content.iter_any():
        received += len(chunk)
        if received > limit:
            raise too_large(at, "a document", limit, "max_document")
        parts.append(chunk)
    if received < _MEGABYTE:
        return b"".join(parts)
    return await asyncio.to_thread(b"".join, parts)  # 20 MB take 10 ms, in which a thread needs no interpreter


def unpack(body: bytes, encoding: str, at: Endpoint, limit: int) -> bytes:
    """Undo a Content-Encoding within bounds.

    Raises:
        BadUpstream: an encoding that was not asked for, broken data, or more than the limit inside.
    """
    if encoding in {"", "identity"}:
        return body
    if encoding not in {"gzip", "x-gzip"}:
        raise BadUpstream(
            f"Upstream {at} answers in the encoding {clean(encoding)[:20]}, which was not asked for; tell its operator"
        )
    broken = BadUpstream(f"Upstream {at} answers with broken gzip data; nothing was stored; try again later")
    inflater = isal_zlib.decompressobj(wbits=_GZIP)
    try:
        content = inflater.decompress(body, limit + 1)
    except _IsalError:
        raise broken from None
    if len(content) > limit:
        raise too_large(at, "a document", limit, "max_document")
    if not inflater.eof or inflater.unused_data:
        raise broken
    return content


def refusal_in(body: bytes) -> UpstreamRefused | None:
    """The refusal of an upstream that decides as we do, None if this is another kind of 403."""
    try:
        said = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if not isinstance(said, dict) or not isinstance(said.get("decision_id"), str):
        return None
    sentence = said.get("error")
    if not isinstance(sentence, str) or not clean(sentence):
        return None
    line = clean(sentence)[:MAX_LINE]
    return UpstreamRefused(line, {name: _harmless(said[name]) for name in _PASSED_ON if name in said} | {"error": line})


def _harmless(value: Any) -> Any:
    """A machine field as we pass it on: short printable text, a flag, or a short list of texts."""
    if isinstance(value, str):
        return clean(value)[:MAX_LINE]
    if isinstance(value, list):
        return [clean(one)[:MAX_LINE] for one in value[:100] if isinstance(one, str)]
    return value if isinstance(value, bool) else None


async def read_refusal(response: aiohttp.ClientResponse, at: Endpoint) -> UpstreamRefused | None:
    """The refusal in a 403's body, if it is one that is passed on."""
    try:
        body = await read_body(response, at, _MAX_REFUSAL)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        return refusal_in(unpack(body, encoding, at, _MAX_REFUSAL))
    except BadUpstream:
        return None
