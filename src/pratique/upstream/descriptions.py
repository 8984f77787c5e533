"""Where upstreams serve their files, for ecosystems whose index tells that apart (cargo's `config.json`).

A description is needed only when a file is about to be fetched from the same upstream, so nothing is lost by keeping
it in memory alone: without the upstream there would be no file either.
"""

from __future__ import annotations

import msgspec
import structlog

from pratique.core.artifacts import FileView
from pratique.core.clock import HOUR, Clock, Instant
from pratique.core.ecosystem import Ecosystem, UpstreamRequest
from pratique.core.ecosystem_verbs import Describes
from pratique.core.errors import BadUpstream
from pratique.upstream.access import Upstream
from pratique.upstream.client import UpstreamClient
from pratique.upstream.single_flight import SingleFlight

_log = structlog.get_logger(__name__)
_FRESH_FOR = HOUR


class _Description(msgspec.Struct, frozen=True):
    """An upstream's own words, where they came from, and when."""

    content: bytes
    url: str
    asked: Instant


class Descriptions:
    """What the upstreams of this process say of themselves; asked again after an hour."""

    def __init__(self, client: UpstreamClient, clock: Clock) -> None:
        self._client, self._clock = client, clock
        self._known: dict[str, _Description] = {}
        self._asking: SingleFlight[str, _Description] = SingleFlight()

    async def address(self, upstream: Upstream, ecosystem: Ecosystem, file: FileView) -> str:
        """The URL to fetch a file from.

        Raises:
            BadUpstream: the upstream does not say where its files are.
        """
        if not isinstance(ecosystem, Describes):
            return file.url
        said = await self._of(upstream, ecosystem.description)
        return ecosystem.locate(file, said.content, said.url)

    async def _of(self, upstream: Upstream, request: UpstreamRequest) -> _Description:
        known = self._known.get(upstream.url)
        if known is not None and abs(self._clock.now() - known.asked) <= _FRESH_FOR:
            return known
        try:
            return await self._asking.run(upstream.url, lambda: self._ask(upstream, request))
        except BadUpstream as error:
            if known is None:
                raise
            _log.warning("an upstream's description was not refreshed", upstream=upstream.url, error=str(error))
            return known

    async def _ask(self, upstream: Upstream, request: UpstreamRequest) -> _Description:
        fetched = await self._client.document(upstream.url, request)
        if fetched.status != 200:
            raise BadUpstream(f"the upstream has no {request.path}, so nobody knows where its files are")
        said = self._known[upstream.url] = _Description(fetched.content, fetched.url, self._clock.now())
        return said

    async def close(self) -> None:
        """Stop what is under way."""
        await self._asking.close()
