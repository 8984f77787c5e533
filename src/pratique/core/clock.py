"""Time as one type and one port: pure code is handed `now`, everything else asks a Clock."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NewType, Protocol

Instant = NewType("Instant", int)
"""Milliseconds since 1970-01-01T00:00:00Z. An integer, so that canonical bytes hold no floats."""

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

EARLIEST_PUBLISHED = Instant(946_684_800_000)
"""2000-01-01T00:00:00Z, before any index that we read. Year 1, 1900, 1970 and 1980 are how programs write "no date"."""

LATEST_PUBLISHED = Instant(32_503_680_000_000)
"""3000-01-01T00:00:00Z. A file may be dated ahead; years without end leave what a calendar can write."""


class Clock(Protocol):
    """Where the present comes from: the system's clock, or a file in a marked test folder."""

    def now(self) -> Instant:
        """The present instant."""
        ...


def from_iso(text: str) -> Instant:
    """Read an ISO 8601 / RFC 3339 time; a time without a zone is taken as UTC.

    Raises:
        ValueError: the text is not such a time.
    """
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return Instant(int(moment.timestamp() * 1_000))


def read_published(stated: Any) -> Instant | None:
    """A publish time as an index states it; None for what is no time, or cannot be one.

    Every ecosystem reads its times through this: a date that is believed although nothing can have been
    published then makes any file old enough for every rule.
    """
    if not isinstance(stated, str):
        return None
    try:
        instant = from_iso(stated)
    except (ValueError, OverflowError):
        return None
    return instant if EARLIEST_PUBLISHED <= instant < LATEST_PUBLISHED else None


def to_iso(instant: Instant) -> str:
    """Write an instant as RFC 3339 in UTC with milliseconds, as npm's `time` and PEP 700 do."""
    moment = datetime.fromtimestamp(instant // 1_000, UTC).replace(tzinfo=None)
    return f"{moment.isoformat()}.{instant % 1_000:03d}Z"  # a sixth of what strftime takes


def in_words(milliseconds: int) -> str:
    """A duration as people say it: `3 days`, `1 hour`, `40 seconds`."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (MINUTE, "minute")):
        count = milliseconds // unit
        if count >= 1:
            return f"{count} {name}" + ("" if count == 1 else "s")
    seconds = max(0, milliseconds // SECOND)
    return f"{seconds} second" + ("" if seconds == 1 else "s")
