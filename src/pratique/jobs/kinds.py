"""What kinds of jobs there are: a name, the use case behind it, and how patient we are with it."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable
from typing import Any, ParamSpec, TypeVar

import msgspec

from pratique.core.errors import Invalid

T = TypeVar("T")
P = ParamSpec("P")

_NAME = re.compile(r"[a-z][a-z0-9_]{0,63}")


class JobRun(msgspec.Struct, frozen=True):
    """One attempt at one job, as its handler sees it.

    Attributes:
        job_id: the same for every attempt; an event's id where an event started the job.
        payload: JSON, as handed to `outbox.enqueue`.
        attempt: 1 for the first. A run that died with its process is repeated under the same number.
    """

    job_id: str
    payload: bytes
    attempt: int

    def read(self, kind: type[T]) -> T:
        """The payload as a typed value.

        Raises:
            Invalid: the payload is not such a value.
        """
        try:
            return msgspec.json.decode(self.payload, type=kind)
        except msgspec.DecodeError as error:
            raise Invalid(f"job {self.job_id} carries a payload that is no {kind.__name__}: {error}") from error


Handler = Callable[[JobRun], Awaitable[None]]
"""A use case as a job. It is idempotent: a process that dies in the middle makes it run again."""


def whatever_run(work: Callable[P, Awaitable[object]], *args: P.args, **kwargs: P.kwargs) -> Handler:
    """The handler of work that is the same in every run, and whose outcome is not kept."""

    async def handle(_run: JobRun) -> None:
        await work(*args, **kwargs)

    return handle


class JobKind(msgspec.Struct, frozen=True):
    """One line of the job table.

    Attributes:
        name: as in `outbox.enqueue`; stays the same for as long as jobs of that name may be stored.
        handler: what does the work, awaited on the job process's event loop.
        attempts: after so many failures the job is given up and shown as failed.
        first_pause: seconds before the second attempt.
        back_off: each later pause is so many times longer.
        longest_pause: seconds beyond which pauses do not grow.
        time_limit: seconds one attempt may take.
    """

    name: str
    handler: Handler
    attempts: int = 6
    first_pause: float = 5.0
    back_off: float = 3.0
    longest_pause: float = 86_400.0
    time_limit: float = 900.0

    def pause_before(self, attempt: int) -> float:
        """Seconds to wait before this attempt (2 or later)."""
        return min(self.longest_pause, float(self.first_pause * self.back_off ** (attempt - 2)))


def job_table(kinds: Iterable[JobKind]) -> dict[str, JobKind]:
    """The kinds by name.

    Raises:
        ValueError: two kinds share a name, or a name is not lower-case letters, digits and `_`.
    """
    table: dict[str, JobKind] = {}
    for kind in kinds:
        if not _NAME.fullmatch(kind.name):
            raise ValueError(f"{kind.name!r} is no name for a job: use lower-case letters, digits and `_`")
        if kind.name in table:
            raise ValueError(f"two jobs are called {kind.name}")
        table[kind.name] = kind
    return table


def encode_payload(payload: Any) -> str:
    """A payload (bytes of JSON, a struct, or JSON values) as the text that is stored."""
    return (payload if isinstance(payload, bytes) else msgspec.json.encode(payload)).decode()
