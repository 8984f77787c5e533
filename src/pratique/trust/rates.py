"""How often somebody may do something: so many a minute, saved up for one minute at most. Bounded in memory."""

from __future__ import annotations

from collections.abc import Hashable

KEYS = 4_096
"""Askers of one kind that are remembered in each of two generations; about 200 bytes each."""

_WINDOW = 60.0
_LONGEST = _WINDOW + 1e-6
"""What a sum of many intervals may come to."""


class Buckets:
    """A bucket for each asker that holds a minute's worth and fills up evenly.

    Of an asker only the time is kept at which his bucket is full again, so that counting costs one look-up. Who has
    not asked for longest is forgotten, a generation at a time: with a full bucket, as if he had never asked.

    Source: the generic cell rate algorithm, ITU-T I.371.

    Args:
        a_minute: how many each asker may do; at least 1.
        keys: how many askers are remembered in each generation.
    """

    def __init__(self, a_minute: int, keys: int = KEYS) -> None:
        self.a_minute = a_minute
        self._interval, self._keys = _WINDOW / a_minute, keys
        self._young: dict[Hashable, float] = {}
        self._old: dict[Hashable, float] = {}

    def take(self, key: Hashable, now: float) -> float:
        """Count one more; refused ones do not count.

        Args:
            key: who.
            now: seconds of a clock that is never turned back.

        Returns:
            0.0 if it is allowed, else the seconds until it is.
        """
        young = self._young
        full = young.get(key)
        if full is None:
            full = self._old.pop(key, now)
        full = self._interval + (full if full > now else now)
        if full - now > _LONGEST:
            young[key] = full - self._interval
            return full - now - _WINDOW
        young[key] = full
        if len(young) > self._keys:
            self._old, self._young = self._young, {}
        return 0.0

    def wait(self, key: Hashable, now: float) -> float:
        """As `take`, and count nothing."""
        full = max(self._young.get(key) or self._old.get(key, now), now) + self._interval
        return full - now - _WINDOW if full - now > _LONGEST else 0.0

    def __len__(self) -> int:
        """How many askers are remembered."""
        return len(self._young) + len(self._old)
