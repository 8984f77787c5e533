"""Bounds on requests, and whom to believe about where they come from."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network

import msgspec

from pratique.services.slots import SlotLimits


class RateLimits(msgspec.Struct, frozen=True):
    """What one asker may do in a minute, in each process; all of it may come at once. 0: as often as he likes.

    Attributes:
        requests: of one account, of every kind.
        anonymous: requests without a token, of one address (of IPv6: of one /64).
        failed_credentials: wrong tokens from one address; good ones from there go on.
        missing: names and files that do not exist, of one account or address; each may cost an upstream a request.
        decisions: listings and files that have to be decided anew, of one account or address.
        searches: searches and lists of all projects, of one account or address.
        audits: questions about advisories, of one account or address.
        name_checks: questions what a name would be taken for, of one account or address.
        uploads: uploads, also those that are refused, of one account.
        reports: reports of releases and answers to them, of one account or address.
    """

    requests: int = 180_000
    anonymous: int = 180_000
    failed_credentials: int = 600
    missing: int = 6_000
    decisions: int = 60_000
    searches: int = 600
    audits: int = 1_200
    name_checks: int = 600
    uploads: int = 3_000
    reports: int = 30


_RATES = RateLimits()
_SEATS = SlotLimits(at_once=64, at_once_each=48, patience=60.0, waiting=4_096, waiting_each=3_072)


class WebLimits(msgspec.Struct, frozen=True):
    """What the settings say about requests.

    Attributes:
        body_silence: seconds a client may send nothing while it uploads.
        slowest_body: bytes a second, as sent, that a body must reach once it was waited for a minute.
        max_unpacking: a compressed body may unpack to so many times what was sent.
        max_body: bytes of a request body that is no upload.
        longest_body: seconds after which a body that still arrives is given up.
        max_head: bytes of a request's line and headers together.
        connections: open at the same time; 0: as many as there are descriptors for.
        connections_address: of one address that is no proxy of ours; 0: as many as there may be.
        reader_patience: seconds for which a client may keep the server waiting ...
        slowest_reader: ... before it must have read so many bytes a second.
        trusted_proxies: networks whose X-Forwarded headers are believed; empty: nobody's.
        only_by_proxy: a request must come through one of them, by TLS; nothing else is encrypted.
        rates: how often somebody may ask.
        seats: reads that are decided at the same time; `at_once` 0: as many as come.
    """

    body_silence: float = 30.0
    slowest_body: int = 16 << 10
    max_unpacking: int = 20
    max_body: int = 1 << 20
    longest_body: float = 3_600.0
    max_head: int = 64 << 10
    connections: int = 8_192
    connections_address: int = 4_096
    reader_patience: float = 30.0
    slowest_reader: int = 2 << 10
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    only_by_proxy: bool = False
    rates: RateLimits = _RATES
    seats: SlotLimits = _SEATS
