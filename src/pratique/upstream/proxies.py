"""HTTPS_PROXY, HTTP_PROXY and NO_PROXY: through which proxy a request leaves, if any."""

from __future__ import annotations

import base64
import urllib.request
from collections.abc import Mapping
from urllib.parse import unquote

import msgspec
from yarl import URL

from pratique.core.errors import Invalid
from pratique.upstream.addresses import read_address
from pratique.upstream.locations import Endpoint

_SCHEMES = ("http", "https")


class Proxy(msgspec.Struct, frozen=True):
    """One proxy, and what it has to be told.

    Attributes:
        url: without credentials.
        headers: the Proxy-Authorization header, if credentials were given.
    """

    url: URL
    headers: dict[str, str]

    def __repr__(self) -> str:
        """Never shows the password."""
        return f"Proxy({self.url})"


class ProxySettings:
    """The proxies of the environment, read once at start."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Read `environment`; lower-case names win over upper-case ones, as curl has it.

        Raises:
            Invalid: a proxy's URL cannot be used.
        """
        self._rules = _lower_first(environment)
        self._by_scheme = {
            scheme: _read_proxy(scheme, text)
            for scheme in _SCHEMES
            if (text := self._rules.get(scheme) or self._rules.get("all"))
        }

    def proxy_for(self, endpoint: Endpoint) -> Proxy | None:
        """The proxy for a request, None for a direct connection; this machine is always reached directly."""
        proxy = self._by_scheme.get(endpoint.scheme)
        if proxy is None or _is_this_machine(endpoint.host):
            return None
        host = f"{endpoint.host}:{endpoint.port}"
        bypass = getattr(urllib.request, "proxy_bypass_environment")  # noqa: B009 - typeshed lacks it
        return None if bypass(host, self._rules) else proxy


def _lower_first(environment: Mapping[str, str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for lower in (False, True):
        for name, value in environment.items():
            if name.lower().endswith("_proxy") and name.islower() is lower:
                found[name.lower().removesuffix("_proxy")] = value.strip()
    if "REQUEST_METHOD" in environment:
        found.pop("http", None)  # in CGI a client's header would set it
    return found


def _read_proxy(scheme: str, text: str) -> Proxy:
    try:
        url = URL(text if "://" in text else f"http://{text}")
        usable = url.scheme in _SCHEMES and bool(url.host) and bool(url.port)
    except ValueError:
        usable = False
    if not usable:
        raise Invalid(f"{scheme.upper()}_PROXY is not the URL of an HTTP proxy; write http://host:port")
    headers: dict[str, str] = {}
    if url.raw_user is not None:
        secret = f"{unquote(url.raw_user)}:{unquote(url.raw_password or '')}"
        headers["Proxy-Authorization"] = "Basic " + base64.b64encode(secret.encode()).decode("ascii")
    return Proxy(url.with_user(None), headers)


def _is_this_machine(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return read_address(host).is_loopback
    except ValueError:
        return False
