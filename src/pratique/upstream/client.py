"""The one door to upstreams: fetches index documents whole and artefacts as streams, within the outbound rules."""

from __future__ import annotations

import asyncio
import os
import re
import ssl
from collections.abc import Mapping

import aiohttp
from aiohttp.abc import AbstractResolver
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, Invalid
from pratique.core.limits import UpstreamLimits
from pratique.upstream.access import UpstreamAccess
from pratique.upstream.answers import Fetched, FileStream, read_body, read_refusal, too_large, unpack
from pratique.upstream.chain import via
from pratique.upstream.failures import in_sentences, no_answer
from pratique.upstream.line import Line
from pratique.upstream.locations import Endpoint, below, endpoint_of, read_named_url, read_upstream_url
from pratique.upstream.outbound import read_file_hosts
from pratique.upstream.proxies import ProxySettings

_DEFAULT_LIMITS = UpstreamLimits()
_VALIDATOR = re.compile(r"[ -~]{1,500}\Z")
_NOTHING_THERE = frozenset({404, 410, 451})
"""A sparse index may say any of them of a crate that it has not; others say 451 of what was withdrawn by law."""


class UpstreamClient:
    """Asks upstreams. Nothing of a client's request ever reaches it but a name: no header, no credential."""

    def __init__(
        self,
        access: Mapping[str, UpstreamAccess] | None = None,
        *,
        limits: UpstreamLimits = _DEFAULT_LIMITS,
        ca_file: str | None = None,
        environment: Mapping[str, str] | None = None,
        resolver: AbstractResolver | None = None,
        server_name: str = "",
    ) -> None:
        """Take the settings; connections are made when they are needed.

        Args:
            access: by base URL, what the settings say about an upstream beside it.
            limits: bounds on sizes and times.
            ca_file: certificates to trust beside the system's (which SSL_CERT_FILE replaces).
            environment: where the proxies stand; the process environment by default.
            resolver: how names become addresses; the system's way by default.
            server_name: how this server is called in Via headers; empty to send none.

        Raises:
            Invalid: a URL, a proxy or the CA file cannot be used.
        """
        self._access = {str(read_upstream_url(url)): one for url, one in (access or {}).items()}
        for one in self._access.values():
            read_file_hosts(one.file_hosts)  # at start, not at the first request
        self._limits = limits
        self._proxies = ProxySettings(os.environ if environment is None else environment)
        self._tls = trust(ca_file)
        self._resolver, self._server_name = resolver, server_name
        self._lines: dict[str, Line] = {}

    async def document(
        self, upstream_url: str, request: UpstreamRequest, *, etag: str | None = None, last_modified: str | None = None
    ) -> Fetched:
        """Ask for a project's index document.

        Args:
            upstream_url: the upstream's base URL.
            request: path below it, and headers, from the ecosystem.
            etag: of the document held, so that 304 can be the answer.
            last_modified: the same for upstreams without an ETag.

        Raises:
            BadUpstream: no answer, or one that cannot be right.
            UpstreamRefused: the upstream decides as we do, and refuses.
        """
        line = self._line(upstream_url)
        headers = {**request.headers, **via(self._server_name), "Accept-Encoding": "gzip"}
        if etag:
            headers["If-None-Match"] = etag
        elif last_modified:
            headers["If-Modified-Since"] = last_modified
        at = endpoint_of(line.base)
        with in_sentences(at, self._limits):
            async with asyncio.timeout(self._limits.document / 1000):
                response, url = await line.get(below(line.base, request.path), headers)
                try:
                    return await self._fetched(response, url, conditional=bool(etag or last_modified))
                finally:
                    _leave(response)

    async def _fetched(self, response: aiohttp.ClientResponse, url: URL, *, conditional: bool) -> Fetched:
        at, status = endpoint_of(url), response.status
        if status in _NOTHING_THERE:
            return Fetched(404, b"", "", None, None, str(url))
        if status == 304 and conditional:
            return Fetched(304, b"", "", _validator(response, "ETag"), None, str(url))
        if status != 200:
            raise await _not_an_answer(response, at)
        with in_sentences(at, self._limits):
            body = await read_body(response, at, self._limits.max_document)
        encoding = response.headers.get("Content-Encoding", "").strip().lower()
        content = await asyncio.to_thread(unpack, body, encoding, at, self._limits.max_document)
        content_type = response.headers.get("Content-Type", "")[:200]
        return Fetched(
            200, content, content_type, _validator(response, "ETag"), _validator(response, "Last-Modified"), str(url)
        )

    async def open_file(self, upstream_url: str, file_url: str) -> FileStream:
        """Start fetching an artefact that a document of this upstream lists; the caller closes the stream.

        Raises:
            BadUpstream: no answer, or one that cannot be right.
            UpstreamRefused: the upstream decides as we do, and refuses.
        """
        line = self._line(upstream_url)
        headers = {**via(self._server_name), "Accept": "*/*", "Accept-Encoding": "identity"}
        response, url = await line.get(read_named_url(file_url, line.base), headers)
        at = endpoint_of(url)
        try:
            if response.status in _NOTHING_THERE:
                raise BadUpstream(f"Upstream {at} lists this file and does not have it; choose another version")
            if response.status != 200:
                raise await _not_an_answer(response, at)
            if (response.content_length or 0) > self._limits.max_file:
                raise too_large(at, "a file", self._limits.max_file, "max_file")
        except BaseException:
            _leave(response)
            raise
        return FileStream(response, at, self._limits)

    def _line(self, upstream_url: str) -> Line:
        line = self._lines.get(upstream_url)
        if line is None:
            base = str(read_upstream_url(upstream_url))
            access = self._access.get(base, UpstreamAccess())
            self._resolver = self._resolver or ThreadedResolver()
            line = Line(base, access, self._limits, self._proxies, self._tls, self._resolver)
            self._lines[upstream_url] = line
        return line

    async def close(self) -> None:
        """Close every connection."""
        for line in self._lines.values():
            await line.close()
        self._lines.clear()


def trust(ca_file: str | None) -> ssl.SSLContext:
    """The certificates we trust: the system's or those of SSL_CERT_FILE, and those of a file in the settings.

    Raises:
        Invalid: the file cannot be read or holds no certificate.
    """
    context = ssl.create_default_context()
    if ca_file is not None:
        try:
            context.load_verify_locations(cafile=ca_file)
        except (OSError, ssl.SSLError):
            raise Invalid(f'ca_file "{ca_file}" cannot be read as PEM certificates; check the path') from None
    return context


async def _not_an_answer(response: aiohttp.ClientResponse, at: Endpoint) -> Exception:
    if response.status == 403 and (refusal := await read_refusal(response, at)) is not None:
        return refusal
    return no_answer(at, response.status, response.reason)


def _validator(response: aiohttp.ClientResponse, name: str) -> str | None:
    value = response.headers.get(name)
    return value if value and _VALIDATOR.match(value) else None


def _leave(response: aiohttp.ClientResponse) -> None:
    """Give the connection back if the answer was read whole, drop it otherwise."""
    if response.content.at_eof():
        response.release()
    else:
        response.close()
