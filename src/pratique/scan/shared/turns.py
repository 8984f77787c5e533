"""Whose turn it is: who installs before who publishes, both before what nobody waits for, and nobody starves another.

Within each of these the one has the next turn for whom the least time was spent of late: who has much to scan, or what
takes long, waits behind those with little, however many of his artefacts came first.

Source: start-time fair queuing (Goyal, Vin, Cheng: SIGCOMM 1996), with the cost told afterwards.
"""

from __future__ import annotations

import threading
from collections import deque
from enum import IntEnum
from typing import Generic, TypeVar

T = TypeVar("T")

_REMEMBERED = 10_000
"""Whose spent time is remembered; beyond that all begin anew."""


class Hurry(IntEnum):
    """Who waits for a scan, in the order of their turns."""

    INSTALL = 0
    PUBLISH = 1
    NOBODY = 2


class Turns(Generic[T]):
    """What waits for its turn. Safe to use from several threads."""

    def __init__(self) -> None:
        """Nothing waits."""
        self._waiting: dict[Hurry, dict[str, deque[T]]] = {hurry: {} for hurry in Hurry}
        self._spent: dict[str, float] = {}
        self._clock = 0.0
        self._changed = threading.Condition()
        self._is_over = False

    def put(self, hurry: Hurry, whose: str, work: T) -> None:
        """Let something wait.

        Args:
            hurry: who waits for it.
            whose: turns are shared out among these.
            work: what it is.
        """
        with self._changed:
            self._waiting[hurry].setdefault(whose, deque()).append(work)
            # Who had nothing to do for long has saved up no time by that.
            self._spent[whose] = max(self._spent.get(whose, 0.0), self._clock)
            self._changed.notify()

    def take(self) -> tuple[str, T] | None:
        """Whose turn it is, and what; waits until there is something. None when it is over."""
        with self._changed:
            while not self._is_over:
                for waiting in self._waiting.values():
                    if waiting:
                        return self._next(waiting)
                self._changed.wait()
            return None

    def _next(self, waiting: dict[str, deque[T]]) -> tuple[str, T]:
        whose = min(waiting, key=lambda one: self._spent.get(one, 0.0))
        self._clock = self._spent.get(whose, 0.0)
        work = waiting[whose].popleft()
        if not waiting[whose]:
            del waiting[whose]
        return whose, work

    def spend(self, whose: str, seconds: float) -> None:
        """Note how long a turn took."""
        with self._changed:
            if len(self._spent) > _REMEMBERED:
                self._spent.clear()
                self._clock = 0.0
            self._spent[whose] = self._spent.get(whose, self._clock) + seconds

    def end(self) -> None:
        """It is over: whoever waits for a turn goes."""
        with self._changed:
            self._is_over = True
            self._changed.notify_all()
