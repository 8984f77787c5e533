"""Settings about clients: how long and how slow their requests may be, and how many there may be."""

from __future__ import annotations

import msgspec

from pratique.settings.quantities import Duration, Size

MINUTE, HOUR = 60.0, 3_600.0
MB = 1 << 20


class WebSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds on requests.

    Attributes:
        body_silence: between two bytes of a request body.
        slowest_body: bytes a second that must arrive on average once a body was waited for a minute, as sent.
        max_unpacking: a compressed body may unpack to so many times what was sent.
        max_body: a request body that is no upload.
        longest_body: a request body, uploads too, may take so long.
        max_head: a request's line and headers together.
        head_patience: a request's line and headers must have arrived within it.
        reader_patience: a client that does not read may keep an answer waiting so long.
        slowest_reader: bytes a second that it must have read by then on average.
        connections: open at the same time, in each process; 0: as many as the system gives descriptors for.
        connections_address: open from one address that is no trusted proxy, in each process; 0: as many as in all.
        keep_alive: an idle connection is kept.
        stop_patience: running requests may finish when the server stops.
        rendered_cache: memory for rendered listings, in each process.
        render_apart_from: listings of an index document from this size on are rendered in a process of their own.
        stored_from: listings of an index document from this size on are stored once rendered, for all processes.
    """

    body_silence: Duration = Duration(30)
    slowest_body: Size = Size(16 << 10)
    max_unpacking: int = 20
    max_body: Size = Size(MB)
    longest_body: Duration = Duration(HOUR)
    max_head: Size = Size(64 << 10)
    head_patience: Duration = Duration(30)
    reader_patience: Duration = Duration(30)
    slowest_reader: Size = Size(2 << 10)
    connections: int = 8_192
    connections_address: int = 4_096
    keep_alive: Duration = Duration(75)
    stop_patience: Duration = Duration(10)
    rendered_cache: Size = Size(64 * MB)
    render_apart_from: Size = Size(2 * MB)
    stored_from: Size = Size(256 << 10)


class LimitSettings(msgspec.Struct, frozen=True, kw_only=True):
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
        at_once: reads that one process decides at the same time, three quarters of them of one account or address.
        waiting: so many reads wait for their turn in one process; the next one is told to come again.
        patience: a read waits so long, then it is told to come again.
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
    at_once: int = 64
    waiting: int = 4_096
    patience: Duration = Duration(MINUTE)
