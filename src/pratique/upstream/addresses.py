"""Which IP addresses a stranger may send us to: only those of the public internet."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from pratique.core.errors import BadUpstream
from pratique.core.sentences import clean

Address = IPv4Address | IPv6Address

_NAT64 = IPv6Network("64:ff9b::/96")
_NUMERIC = re.compile(r"[0-9.]+\Z|.*:|0[xX]")


def read_address(text: str) -> Address:
    """An address as resolvers return it; an IPv6 zone is dropped. Raises ValueError."""
    address = ip_address(text.partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def literal_address(host: str) -> Address | None:
    """The address that a URL's host is, None if it is a name.

    Raises:
        BadUpstream: it is meant as a number and is no plain address (`127.1`, `0x7f000001`): operating
            systems read such forms in ways that no check foresees.
    """
    try:
        return read_address(host)
    except ValueError:
        if _NUMERIC.match(host):
            raise BadUpstream(
                f'An upstream names the host "{clean(host)[:60]}", which is no plain IP address; tell its operator'
            ) from None
        return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet, also where it carries another inside.

    Source: the IANA special-purpose address registries as `ipaddress` knows them; multicast and
    site-local addresses, which it counts as global, are none.
    """
    if isinstance(address, IPv6Address):
        inner = _embedded(address)
        if inner is not None:
            return is_public(inner)
        if address.is_site_local:
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _embedded(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that a mapped, 6to4, Teredo or NAT64 address leads to."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    return IPv4Address(int(address) & 0xFFFFFFFF) if address in _NAT64 else None
