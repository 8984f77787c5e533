"""Password hashing off the event loop, two at a time: each takes 64 MiB and a core. Few may wait."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from pratique.core.errors import Unavailable
from pratique.trust.passwords import hash_new_password, password_matches

P = ParamSpec("P")
T = TypeVar("T")

AT_ONCE = 2
MAX_WAITING = 6
"""Beyond those being hashed; a second's work or so. More is no crowd of people signing in."""


async def hash_password(password: str, account: str) -> str:
    """Hash a newly chosen password.

    Raises:
        Invalid: it will not do.
        Unavailable: too many wait already.
    """
    return await _QUEUE.run(hash_new_password, password, account)


async def check_password(stored: str | None, given: str) -> bool:
    """Whether the password is the stored one; None takes as long and says no. Raises Unavailable if too many wait."""
    return await _QUEUE.run(password_matches, stored, given)


class HashingQueue:
    """Two threads and a short queue before them."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="passwords")
        self._inside = 0
        self._lock = threading.Lock()

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do the work when it is its turn. Raises Unavailable if too many wait already."""
        if self._inside >= AT_ONCE + MAX_WAITING:
            raise Unavailable("too many passwords are being checked at this moment: try again", retry_after=2)
        with self._lock:
            self._inside += 1
        turn = self._pool.submit(work, *args, **kwargs)
        turn.add_done_callback(self._leave)
        return await asyncio.wrap_future(turn)

    def _leave(self, _turn: Future[T]) -> None:
        with self._lock:  # called in the thread that did the work, or in the one that gave it up
            self._inside -= 1


_QUEUE = HashingQueue()
