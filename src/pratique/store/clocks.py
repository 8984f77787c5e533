"""The two clocks: the system's, and one that a test turns by writing a file."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from pathlib import Path

from pratique.core.clock import Clock, Instant, from_iso
from pratique.core.errors import Conflict, Invalid

MARKER = "unsafe_test_clock"
"""Name of the file that marks a data folder whose times are made up."""

_OFFSET = re.compile(r"([+-])(\d+)\s*(ms|s|m|min|h|d)\Z")
_UNITS = {
    "ms": timedelta(milliseconds=1),
    "s": timedelta(seconds=1),
    "m": timedelta(minutes=1),
    "min": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
}


class SystemClock:
    """The present as the operating system tells it."""

    def now(self) -> Instant:
        """The present instant."""
        return Instant(time.time_ns() // 1_000_000)


class FileClock:
    """The present as a file tells it; read again every time, so that a test can turn it at will.

    The file holds an ISO 8601 time, a number of milliseconds since 1970, or an offset from the
    system clock such as `+3d` or `-90s`.
    """

    def __init__(self, path: Path) -> None:
        self._path, self._system = path, SystemClock()

    def now(self) -> Instant:
        """The instant that the file holds now.

        Raises:
            Invalid: the file cannot be read or holds no time.
        """
        try:
            text = self._path.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Invalid(f"the test clock {self._path} cannot be read ({error}); write a time into it") from error
        try:
            return self._read(text)
        except (ValueError, OverflowError):
            raise Invalid(
                f'the test clock {self._path} holds "{text[:40]}"; write an ISO time such as 2030-01-31T12:00:00Z, '
                "milliseconds since 1970, or an offset such as +3d"
            ) from None

    def _read(self, text: str) -> Instant:
        offset = _OFFSET.match(text)
        if offset:
            sign = -1 if offset[1] == "-" else 1
            distance = sign * int(offset[2]) * _UNITS[offset[3]] // timedelta(milliseconds=1)
            return Instant(self._system.now() + distance)
        return Instant(int(text)) if text.isascii() and text.isdigit() else from_iso(text)


def open_clock(data: Path, test_clock: Path | None) -> Clock:
    """The clock of a data folder. A folder once used with a test clock is marked, and never mixed again.

    Args:
        data: the data folder; it exists.
        test_clock: file of the test clock, None for the system clock.

    Raises:
        Conflict: the folder was used with the other kind of clock.
        Invalid: the test clock cannot be read.
    """
    marker = data / MARKER
    if test_clock is None:
        if marker.exists():
            raise Conflict(
                f"the data folder {data} was used with a test clock, so its times are made up; "
                "set unsafe_test_clock again, or use another data folder"
            )
        return SystemClock()
    if not marker.exists() and _is_in_use(data):
        raise Conflict(
            f"the data folder {data} was used with the system clock, and a test clock would spoil its record; "
            "remove unsafe_test_clock from the settings, or use a new data folder"
        )
    clock = FileClock(test_clock)
    clock.now()
    marker.write_text("The times in this folder come from a test clock. Nothing in it proves anything.\n", "utf-8")
    return clock


def _is_in_use(data: Path) -> bool:
    return (data / "blobs").exists() or any(data.glob("*.db"))
