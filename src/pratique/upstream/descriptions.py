"""What upstreams say of themselves: where their files are (cargo's `config.json`), with which keys they sign.

Where files are is needed only when one is about to be fetched from the same upstream, so nothing is lost by keeping it
in memory alone: without the upstream there would be no file either. Keys are asked for by people who audit.
"""

from __future__ import annotations

import msgspec
import structlog

from pratique.core.artifacts import FileView
from pratique.core.clock import HOUR, MINUTE, Clock, Instant
from pratique.core.ecosystem import Ecosystem, UpstreamRequest
from pratique.core.ecosystem_verbs import Describes
from pratique.core.errors import BadUpstream
from pratique.upstream.access import Upstream
from pratique.upstream.client import UpstreamClient
from pratique.upstream.single_flight import SingleFlight

_log = structlog.get_logger(__name__)
_FRESH_FOR = HOUR
_FAILED_FOR = MINUTE


class _Description(msgspec.Struct, frozen=True):
    """An upstream's own words, where they came from, and when."""

    content: bytes
    url: str
    asked: Instant


class Descriptions:
    """What the upstreams of this process say of themselves; asked again after an hour."""

    def __init__(self, client: UpstreamClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known: dict[tuple[str, str], _Description] = {}
        self._failed: dict[tuple[str, str], tuple[BadUpstream, Instant]] = {}
        self._asking: SingleFlight[tuple[str, str], _Description] = SingleFlight()

    async def address(self, upstream: Upstream, ecosystem: Ecosystem, file: FileView) -> str:
        """The URL to fetch a file from.

        Raises:
            BadUpstream: the upstream does not say where its files are.
        """
        if not isinstance(ecosystem, Describes):
            return file.url
        said = await self._of(upstream, ecosystem.description)
        return ecosystem.locate(file, said.content, said.url)

    async def said(self, upstream: Upstream, request: UpstreamRequest) -> bytes:
        """An upstream's own words at a path. What it failed to say is not asked again for a minute.

        Raises:
            BadUpstream: it does not say, and has not said before.
        """
        key, now = (upstream.url, request.path), self._clock.now()
        failure = self._failed.get(key)
        if failure is not None and key not in self._known and abs(now - failure[1]) <= _FAILED_FOR:
            raise failure[0]
        try:
            return (await self._of(upstream, request)).content
        except BadUpstream as error:
            self._failed[key] = (error, now)
            raise

    async def _of(self, upstream: Upstream, request: UpstreamRequest) -> _Description:
        key = (upstream.url, request.path)
        known = self._known.get(key)
        if known is not None and abs(self._clock.now() - known.asked) <= _FRESH_FOR:
            return known
        try:
            return await self._asking.run(key, lambda: self._ask(upstream, request))
        except BadUpstream as error:
            if known is None:
                raise
            _log.warning("an upstream's description was not refreshed", upstream=upstream.url, error=str(error))
            return known

    async def _ask(self, upstream: Upstream, request: UpstreamRequest) -> _Description:
        fetched = await self._client.document(upstream.url, request)
        if fetched.status != 200:
            raise BadUpstream(f"the upstream has no {request.path}")
        said = _Description(fetched.content, fetched.url, self._clock.now())
        self._known[upstream.url, request.path] = said
        return said

    async def close(self) -> None:
        """Stop what is under way."""
        await self._asking.close()
