"""Lines for the log about what may happen a thousand times a second: the first one, then one a minute with a count."""

from __future__ import annotations

from collections.abc import Callable, Hashable

PAUSE = 60.0
_KNOWN = 1_000
"""Different things of which is known when the log last told them."""


class OnceAMinute:
    """Decides when something is told again."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._told: dict[Hashable, tuple[float, int]] = {}

    def times(self, what: Hashable) -> int:
        """Count it once more: 0 for "say nothing now", else how often it happened since it was last told."""
        now = self._clock()
        last, count = self._told.get(what, (now - PAUSE, 0))
        if now - last < PAUSE:
            self._told[what] = last, count + 1
            return 0
        self._told.pop(what, None)
        self._told[what] = now, 0
        if len(self._told) > _KNOWN:
            del self._told[next(iter(self._told))]
        return count + 1
