"""The connections to one upstream and to the hosts it names; redirects are followed by hand, each hop checked."""

from __future__ import annotations

import socket
import ssl
from collections.abc import Mapping

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from pratique.core.errors import BadUpstream
from pratique.core.limits import UpstreamLimits
from pratique.upstream.access import UpstreamAccess
from pratique.upstream.failures import in_sentences
from pratique.upstream.locations import Endpoint, endpoint_of, read_named_url
from pratique.upstream.outbound import CheckedResolver, Outbound
from pratique.upstream.proxies import Proxy, ProxySettings

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_READ_BUFFER = 1 << 20
_LONGEST_HEADER = 32 << 10
"""Some hosts send content security policies beyond the usual 8 KiB."""


class Line:
    """Sends GET requests for one upstream. Pools are never shared with another: what one may reach, another may not."""

    def __init__(
        self,
        url: str,
        access: UpstreamAccess,
        limits: UpstreamLimits,
        proxies: ProxySettings,
        tls: ssl.SSLContext,
        resolver: AbstractResolver,
    ) -> None:
        self._outbound = Outbound(url, access, resolver)
        self._access, self._limits, self._proxies, self._resolver = access, limits, proxies, resolver
        checked = CheckedResolver(self._outbound, resolver, limits.connect / 1000)
        self._direct = self._session(tls, checked)
        self._proxied = self._session(tls, resolver)

    def _session(self, tls: ssl.SSLContext, resolver: AbstractResolver) -> aiohttp.ClientSession:
        """A session without memory: no cookies, no netrc, no environment, nothing unpacked by itself."""
        timeout = aiohttp.ClientTimeout(
            total=None, sock_connect=self._limits.connect / 1000, sock_read=self._limits.silence / 1000
        )
        return aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(ssl=tls, resolver=resolver),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=timeout,
            auto_decompress=False,
            trust_env=False,
            read_bufsize=_READ_BUFFER,
            max_line_size=_LONGEST_HEADER,
            max_field_size=_LONGEST_HEADER,
            headers={"User-Agent": "pratique (package registry and firewall)"},
        )

    @property
    def base(self) -> URL:
        """The upstream's base URL."""
        return self._outbound.base

    async def get(self, url: URL, headers: Mapping[str, str]) -> tuple[aiohttp.ClientResponse, URL]:
        """The first answer that is no redirect, and the URL that gave it.

        Raises:
            BadUpstream: no answer, too many redirects, or one to where it must not lead.
        """
        for _ in range(self._limits.max_redirects + 1):
            response = await self._ask(url, headers)
            if response.status not in _REDIRECTS:
                return response, url
            target = response.headers.get("Location")
            response.close()
            if not target:
                raise BadUpstream(f"Upstream {endpoint_of(url)} redirects to nowhere; tell its operator")
            url = read_named_url(target, url)
        raise BadUpstream(
            f"Upstream {self._outbound.own} redirects more than {self._limits.max_redirects} times; check its address"
        )

    async def _ask(self, url: URL, headers: Mapping[str, str]) -> aiohttp.ClientResponse:
        endpoint = endpoint_of(url)
        sent = dict(headers)
        if endpoint == self._outbound.own and self._access.credentials is not None:
            sent["Authorization"] = self._access.credentials.header()
        with in_sentences(endpoint, self._limits):
            await self._outbound.check(url)
            proxy = self._proxies.proxy_for(endpoint)
            if proxy is None:
                return await self._direct.get(url, headers=sent, allow_redirects=False)
            return await self._ask_through(proxy, endpoint, url, sent)

    async def _ask_through(
        self, proxy: Proxy, endpoint: Endpoint, url: URL, headers: dict[str, str]
    ) -> aiohttp.ClientResponse:
        """Ask through a proxy, which resolves names itself: it is the network's own guard.

        A name that we can resolve and that leads only to private addresses is refused all the same.
        """
        await self._refuse_if_known_private(endpoint)
        tunnel = endpoint.scheme == "https"
        return await self._proxied.get(
            url,
            headers=headers if tunnel else {**headers, **proxy.headers},
            allow_redirects=False,
            proxy=proxy.url,
            proxy_headers=proxy.headers if tunnel else None,
        )

    async def _refuse_if_known_private(self, endpoint: Endpoint) -> None:
        if self._outbound.trusts(endpoint.host, endpoint.port):
            return
        try:
            found = await self._resolver.resolve(endpoint.host, endpoint.port, socket.AF_UNSPEC)
        except OSError:
            return
        await self._outbound.permitted(endpoint.host, endpoint.port, found)

    async def close(self) -> None:
        """Close every connection."""
        await self._direct.close()
        await self._proxied.close()
