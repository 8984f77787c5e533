"""Slow down guessing: after some failures a key has to wait. Held per process, bounded in size."""

from __future__ import annotations

from collections import OrderedDict

from pratique.core.clock import MINUTE, SECOND, Instant, in_words
from pratique.core.errors import Unavailable

MAX_KEYS = 10_000
WINDOW = 10 * MINUTE


class Throttle:
    """Counts failures by key (an account, an address) and refuses while one has too many.

    Args:
        failures: how many a key may have within ten minutes.
    """

    def __init__(self, failures: int) -> None:
        self._limit = failures
        self._failures: OrderedDict[str, tuple[Instant, int]] = OrderedDict()

    def check(self, key: str, now: Instant) -> None:
        """Raise Unavailable with the time to wait if the key failed too often."""
        since, count = self._failures.get(key, (now, 0))
        wait = WINDOW - (now - since)
        if count >= self._limit and 0 < wait <= WINDOW:
            raise Unavailable(f"too many failed attempts: wait {in_words(wait)}", retry_after=max(1, wait // SECOND))

    def failed(self, key: str, now: Instant) -> None:
        """Count one failure; the window begins with the first."""
        since, count = self._failures.pop(key, (now, 0))
        if not 0 <= now - since < WINDOW:
            since, count = now, 0
        self._failures[key] = (since, count + 1)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, key: str) -> None:
        """Forget the key's failures."""
        self._failures.pop(key, None)
