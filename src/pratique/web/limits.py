"""Bounds on requests, and whom to believe about where they come from."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

import msgspec


class WebLimits(msgspec.Struct, frozen=True):
    """What the settings say about requests.

    Attributes:
        body_silence: seconds a client may send nothing while it uploads.
        slowest_body: bytes a second, as sent, that a body must reach once it was waited for a minute.
        max_unpacking: a compressed body may unpack to so many times what was sent.
        max_body: bytes of a request body that is no upload.
        trusted_proxies: networks whose X-Forwarded headers are believed; empty: nobody's.
        only_by_proxy: a request must come through one of them, by TLS; nothing else is encrypted.
    """

    body_silence: float = 30.0
    slowest_body: int = 16 << 10
    max_unpacking: int = 20
    max_body: int = 1 << 20
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    only_by_proxy: bool = False
