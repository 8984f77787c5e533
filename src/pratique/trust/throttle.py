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

    def attempt(self, key: str, now: Instant) -> None:
        """Count an attempt as a failure before it is made, so that attempts side by side count like a row of them.

        The window begins with the first. What succeeds is given back.

        Raises:
            Unavailable: the key failed too often; the sentence names the time to wait.
        """
        since, count = self._failures.pop(key, (now, 0))
        if not 0 <= now - since < WINDOW:
            since, count = now, 0
        refused = count >= self._limit
        self._failures[key] = (since, count if refused else count + 1)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)
        if refused:
            wait = WINDOW - (now - since)
            raise Unavailable(f"too many failed attempts: wait {in_words(wait)}", retry_after=max(1, wait // SECOND))

    def give_back(self, key: str) -> None:
        """Uncount one attempt: it succeeded, or was never made. What others failed at stays."""
        since, count = self._failures.pop(key, (Instant(0), 0))
        if count > 1:
            self._failures[key] = (since, count - 1)

    def forget(self, key: str) -> None:
        """Forget all of the key's failures: it has shown who it is."""
        self._failures.pop(key, None)
