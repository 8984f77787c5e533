"""Work that comes round: each turn of a timer is one promised job with the turn's own id."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import msgspec

from pratique.core.clock import DAY, Instant, from_iso, to_iso


class Turn(msgspec.Struct, frozen=True):
    """Payload of a turn's job."""

    turn: str


class Timer(msgspec.Struct, frozen=True):
    """A kind of job that is due once in every stretch of time.

    Attributes:
        job_name: a name of the job table; its payload is `{"turn": "2026-11-23"}`.
        every: length of the stretch, milliseconds.
        starts: how far into the stretch it is due (with one day: the time of day, UTC).
    """

    job_name: str
    every: int = DAY
    starts: int = 0

    def turn(self, now: Instant) -> str:
        """Name of the turn that `now` falls into: a date for whole days, else the instant it began."""
        begun = Instant((now - self.starts) // self.every * self.every + self.starts)
        return to_iso(begun)[:10] if self.every % DAY == 0 else to_iso(begun)[:19] + "Z"

    def began(self, turn: str) -> Instant:
        """When the turn of this name began. Raises ValueError if it is no name of a turn."""
        return Instant(from_iso(turn) + (self.starts % DAY if self.every % DAY == 0 else 0))

    def job_id(self, now: Instant) -> str:
        """Id of the turn's job: however often and by whomever it is promised, it is done once."""
        return f"{self.job_name}:{self.turn(now)}"


class Timers:
    """Promises what is due. A turn missed while everything was down is caught up while it lasts."""

    def __init__(self, timers: Iterable[Timer], promise: Callable[[str, dict[str, str], str], None]) -> None:
        """Keep a set of timers.

        Args:
            timers: what comes round.
            promise: job name, payload, job id: a durable `outbox.enqueue` in a transaction of its own.
        """
        self._timers, self._promise = tuple(timers), promise
        self._done: dict[str, str] = {}

    def tick(self, now: Instant) -> tuple[str, ...]:
        """Promise every turn not yet promised by this process; returns the job ids."""
        promised = []
        for timer in self._timers:
            job_id = timer.job_id(now)
            if self._done.get(timer.job_name) != job_id:
                self._promise(timer.job_name, {"turn": timer.turn(now)}, job_id)
                self._done[timer.job_name] = job_id
                promised.append(job_id)
        return tuple(promised)
