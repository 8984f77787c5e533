"""Which addresses count as one asker."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address

_HOST_BITS = 64
"""One customer commonly gets a whole /64 of IPv6, and so as many addresses as he likes. Source: RFC 6177."""


def network_of(address: str) -> str:
    """What an address is counted as: itself, of IPv6 its /64; what is no address stays as it is."""
    try:
        read = ip_address(address)
    except ValueError:
        return address
    if not isinstance(read, IPv6Address):
        return str(read)
    if read.ipv4_mapped is not None:
        return str(read.ipv4_mapped)
    return f"{IPv6Address(int(read) >> _HOST_BITS << _HOST_BITS)}/{_HOST_BITS}"
