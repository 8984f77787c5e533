"""Where a request really comes from, when proxies that we trust stand in between."""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address

from aiohttp import web

from pratique.web.keys import LIMITS

Network = IPv4Network | IPv6Network


def client_address(request: web.Request) -> str:
    """The client's address; the proxy's own where it names none, empty where the connection has none."""
    limits = request.app[LIMITS]
    return address_behind(request.remote or "", request.headers.getall("X-Forwarded-For", []), limits.trusted_proxies)


def address_behind(peer: str, forwarded_for: Sequence[str], trusted: Sequence[Network]) -> str:
    """The first address, read from the near end, that no trusted proxy vouches for any more.

    What stands further left in the header was written by whoever that address is, and may be made up.

    Args:
        peer: who connected.
        forwarded_for: the X-Forwarded-For headers, in their order.
        trusted: networks of our proxies.
    """
    address = peer
    hops = [hop.strip() for header in forwarded_for for hop in header.split(",")]
    while hops and is_in(address, trusted):
        named = _plain(hops.pop())
        if named is None:
            return address
        address = named
    return address


def is_in(address: str, trusted: Sequence[Network]) -> bool:
    """Whether an address, in whichever spelling, is in one of these networks."""
    plain = _plain(address)
    return plain is not None and any(ip_address(plain) in network for network in trusted)


def _plain(text: str) -> str | None:
    """The address in `192.0.2.1`, `192.0.2.1:4711` or `[2001:db8::1]:4711`; None if there is none."""
    bare = text.strip().removeprefix("[").partition("]")[0].partition("%")[0]
    if bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = getattr(address, "ipv4_mapped", None)
    return str(mapped or address)
