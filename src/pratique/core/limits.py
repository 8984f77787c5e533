"""Bounds on what upstreams may send and how long we wait for them. All are settings; durations are milliseconds."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from pratique.core.clock import DAY, MINUTE, SECOND


class ScanWhen(StrEnum):
    """When an own release is scanned: before anybody gets it, after it is public, or not at all."""

    BEFORE = "before"
    AFTER = "after"
    OFF = "off"


class UpstreamLimits(msgspec.Struct, frozen=True):
    """Bounds on one exchange with an upstream.

    Attributes:
        connect: until name, connection and TLS stand.
        silence: longest pause between two reads.
        document: until a whole index document is there, so that a slow drip ends.
        slowest_file: bytes a second that a file must average after its first minute.
        max_document: bytes of an index document, packed or unpacked; the largest known are 40 MB.
        max_file: bytes of one artefact.
        max_redirects: hops followed for one request.
    """

    connect: int = 10 * SECOND
    silence: int = 30 * SECOND
    document: int = 2 * MINUTE
    slowest_file: int = 1024
    max_document: int = 64 << 20
    max_file: int = 4 << 30
    max_redirects: int = 5


class Freshness(msgspec.Struct, frozen=True):
    """How long a stored index document is believed.

    A listing of a project in use never waits: up to `wait_after` the stored document answers while a
    new one is fetched behind it. Beyond that one round trip is waited for: ten minutes bound how long a
    withdrawal upstream can stay unseen, and an older answer would surprise whoever has just published.

    Attributes:
        fresh_for: believed without asking.
        wait_after: older than this, the upstream is asked first.
        missing_for: how long "the upstream has nothing of that name" is believed.
        stale_if_error: up to this age a stored document answers when the upstream cannot.
        retry_after: after a failure the same document is not asked for again this long.
        patience: so long an upstream may take to confirm what could answer as it is stored; then that answers, and
            what the upstream says is believed when it comes. pip gives up after 15 silent seconds.
        cached_views: bytes of documents whose parsed form is kept in memory.
    """

    fresh_for: int = MINUTE
    wait_after: int = 10 * MINUTE
    missing_for: int = MINUTE
    stale_if_error: int = 7 * DAY
    retry_after: int = 15 * SECOND
    patience: int = 5 * SECOND
    cached_views: int = 64 << 20


class FlightLimits(msgspec.Struct, frozen=True):
    """How the first download of a file is handed on while it is being fetched and judged.

    Attributes:
        complete_bytes: up to this many bytes the client waits for a file that is fetched and judged ...
        complete_within: ... and no longer than this: pip gives up after 15 silent seconds.
        held_back: bytes at the end that no client gets before the file is judged.
    """

    complete_bytes: int = 50 << 20
    complete_within: int = 8 * SECOND
    held_back: int = 64 << 10


class ScanWaiting(msgspec.Struct, frozen=True):
    """How long a client is kept waiting for a file that has to be scanned before it is served.

    Attributes:
        within: so long; then it is told to come back, and the scan goes on.
        retry_after: seconds after which it is to come back.
    """

    within: int = 10 * SECOND
    retry_after: int = 5


class DatabaseLimits(msgspec.Struct, frozen=True):
    """How many connections one process opens to the database, and how long a transaction waits.

    Attributes:
        readers: transactions that read at the same time.
        writers: those that write what may be lost with the machine's power, at the same time; of others one.
            SQLite has one of each.
        patience: for another's write, before `Unavailable`.
        statement: longest statement (PostgreSQL only); 0: as long as it takes.
        connect: until a connection stands (PostgreSQL only).
    """

    readers: int = 4
    writers: int = 2
    patience: int = 5 * SECOND
    statement: int = 30 * SECOND
    connect: int = 5 * SECOND
