"""Where a request may go: the configured upstream, and of all else only what is safe to be sent to.

The upstream's own scheme, host and port are the operator's word and trusted whatever they resolve to.
A host that a document or redirect names is a stranger's word: https only, resolved once, and connected
to only at an address of the public internet, or of the upstream itself, or listed in `file_hosts`.
Source: SECURITY.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Collection, Sequence

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from pratique.core.errors import BadUpstream, Invalid
from pratique.core.sentences import clean
from pratique.upstream.access import UpstreamAccess
from pratique.upstream.addresses import Address, is_public, literal_address, read_address
from pratique.upstream.locations import Endpoint, endpoint_of, read_upstream_url


def read_file_hosts(texts: Collection[str]) -> tuple[frozenset[Endpoint], frozenset[str]]:
    """Origins, and hosts that are trusted over https only.

    Raises:
        Invalid: one is neither.
    """
    hosts = frozenset(text.rstrip(".").lower() for text in texts if "://" not in text)
    for host in hosts:
        if not host or "/" in host:
            raise Invalid(
                f'file host "{clean(host)[:60]}" is neither a host name nor an origin; write files.example.test'
            )
    return frozenset(endpoint_of(read_upstream_url(text)) for text in texts if "://" in text), hosts


class Outbound:
    """The rules for one upstream."""

    def __init__(self, url: str, access: UpstreamAccess, resolver: AbstractResolver) -> None:
        """Take an upstream's base URL from the settings.

        Raises:
            Invalid: the URL or a file host cannot be used.
        """
        self.base = read_upstream_url(url)
        self.own = endpoint_of(self.base)
        self._resolver = resolver
        self._file_origins, self._file_hosts = read_file_hosts(access.file_hosts)

    async def check(self, url: URL) -> None:
        """Refuse a URL that must not be asked for, as far as that can be said before its name is resolved.

        Raises:
            BadUpstream: the sentence tells what to add to the settings if it is meant to be so.
        """
        endpoint = endpoint_of(url)
        if endpoint == self.own or endpoint in self._file_origins:
            return
        if endpoint.scheme != "https":
            raise BadUpstream(
                f"Upstream {self.own} sends us to {endpoint} without https; if that is right, "
                f"add http://{endpoint} to file_hosts"
            )
        address = literal_address(endpoint.host)
        if address is not None and not await self.permits(endpoint, address):
            raise self.refusal(endpoint.host)

    def trusts(self, host: str, port: int) -> bool:
        """Whether the settings name this host: then its addresses are not looked at."""
        host = host.rstrip(".").lower()
        if host in self._file_hosts or (host, port) == (self.own.host, self.own.port):
            return True
        return any((one.host, one.port) == (host, port) for one in self._file_origins)

    async def permits(self, endpoint: Endpoint, address: Address) -> bool:
        """Whether a host that a stranger named may be connected to at this address."""
        if self.trusts(endpoint.host, endpoint.port) or is_public(address):
            return True
        return address in await self._own_addresses()

    async def _own_addresses(self) -> set[Address]:
        own = literal_address(self.own.host)
        if own is not None:
            return {own}
        found = await self._resolver.resolve(self.own.host, self.own.port, socket.AF_UNSPEC)
        return {read_address(one["host"]) for one in found}

    async def permitted(self, host: str, port: int, found: Sequence[ResolveResult]) -> list[ResolveResult]:
        """Those of a host's addresses that may be connected to.

        Raises:
            BadUpstream: none of them.
        """
        endpoint = Endpoint("https", host, port)
        kept = [one for one in found if await self.permits(endpoint, read_address(one["host"]))]
        if not kept:
            raise self.refusal(host)
        return kept

    def refusal(self, host: str) -> BadUpstream:
        """The sentence for an address that is not on the public internet."""
        return BadUpstream(
            f"Upstream {self.own} sends us to {host[:60]}, which is not on the public internet; if that is right, "
            "add it to file_hosts"
        )


class CheckedResolver(AbstractResolver):
    """Resolves each host once and hands the connector only addresses that may be connected to.

    What was checked is what is connected to: a name that changes its mind between check and connection
    (DNS rebinding) gains nothing.
    """

    def __init__(self, outbound: Outbound, resolver: AbstractResolver, timeout: float) -> None:
        self._outbound, self._resolver, self._timeout = outbound, resolver, timeout

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Addresses of a host. Raises BadUpstream if none is permitted, OSError if there are none."""
        async with asyncio.timeout(self._timeout):
            found = await self._resolver.resolve(host, port, family)
            return found if self._outbound.trusts(host, port) else await self._outbound.permitted(host, port, found)

    async def close(self) -> None:
        """Nothing of its own to close."""
