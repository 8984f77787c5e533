"""`await db.read(fn, ...)` and `await db.write(fn, ...)`: one transaction, on one hop to a thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any, Concatenate, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import Invalid
from pratique.store.change_mark import open_mark
from pratique.store.dialects import BUSY_TIMEOUT_MS, as_unavailable, reading_engine, writing_engine

P = ParamSpec("P")
T = TypeVar("T")


class Database:
    """One database with its pools: some readers, one durable writer, one relaxed writer.

    The functions passed in get a Connection inside a transaction as their first argument. They
    return plain values, and what they raise rolls the transaction back and reaches the caller.
    A caller that is cancelled does not stop a transaction that already runs: it ends whole.

    Attributes:
        url: as given to `open`.
        engine: the durable writer's engine.
        mark: moves with every write, of whatever process of this machine.
    """

    def __init__(self, url: str, reading: sa.Engine, durable: sa.Engine, relaxed: sa.Engine, readers: int) -> None:
        self.url = url
        self.engine = durable
        self.mark = open_mark(sa.make_url(url).database if url.startswith("sqlite") else None)
        self._reading, self._relaxed = reading, relaxed
        self._readers = ThreadPoolExecutor(readers, thread_name_prefix="db-read")
        self._durable_writer = ThreadPoolExecutor(1, thread_name_prefix="db-write-durable")
        self._relaxed_writer = ThreadPoolExecutor(1, thread_name_prefix="db-write-relaxed")
        # SQLite has one write lock and waits for it by sleeping; this wakes the next one at once.
        self._write_turn = threading.Lock()

    @classmethod
    def open(cls, url: str, *, readers: int = 4, patience_ms: int = BUSY_TIMEOUT_MS) -> Database:
        """Open a database whose schema is in place (`store.migrations.upgrade`).

        Args:
            url: `sqlite:///` and a path; `store.dialects.database_url` writes it.
            readers: transactions that read at the same time.
            patience_ms: how long to wait for another process's write before `Unavailable`.

        Raises:
            Invalid: the URL names no database that is supported.
        """
        return cls(
            url,
            # One connection more for `read_now`, which uses the caller's thread.
            reading_engine(url, readers + 1, patience_ms),
            writing_engine(url, patience_ms, durable=True),
            writing_engine(url, patience_ms, durable=False),
            readers,
        )

    async def read(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, ...)` on one snapshot of the database, in a reader thread.

        Raises:
            Unavailable: the database is busy, full or cannot be read.
        """
        work = partial(self.read_now, fn, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def write(
        self,
        fn: Callable[Concatenate[sa.Connection, ...], T],
        *args: Any,
        durable: bool = True,
        **kwargs: Any,
    ) -> T:
        """Run `fn(connection, ...)` in a transaction that holds the write lock, in a writer thread.

        Args:
            fn: gets the connection first; what it raises rolls back.
            args: for `fn`.
            durable: wait until the disk has it; `False` only for what may be lost with the power.
            kwargs: for `fn`.

        Raises:
            Unavailable: the database is busy, full or cannot be written; nothing was changed.
        """
        pool = self._durable_writer if durable else self._relaxed_writer
        work = partial(self.write_now, fn, *args, durable=durable, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def read_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `read` does, in the caller's thread: for commands and jobs, never on an event loop.

        Raises:
            Unavailable: the database is busy, full or cannot be read.
        """
        return _in_transaction(self._reading, fn, *args, **kwargs)

    def write_now(
        self,
        fn: Callable[Concatenate[sa.Connection, ...], T],
        *args: Any,
        durable: bool = True,
        **kwargs: Any,
    ) -> T:
        """Do as `write` does, in the caller's thread: for commands and jobs, never on an event loop.

        Raises:
            Unavailable: the database is busy, full or cannot be written; nothing was changed.
        """
        with self._write_turn:
            done = _in_transaction(self.engine if durable else self._relaxed, fn, *args, **kwargs)
        self.mark.move()
        return done

    def close(self) -> None:
        """Let running transactions end, then close every connection. Safe to call twice."""
        for pool in (self._readers, self._durable_writer, self._relaxed_writer):
            pool.shutdown(wait=True)
        for engine in (self._reading, self.engine, self._relaxed):
            engine.dispose()
        self.mark.close()


def _in_transaction(
    engine: sa.Engine, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs
) -> T:
    try:
        with engine.begin() as connection:
            return fn(connection, *args, **kwargs)
    except OverflowError as error:
        raise Invalid("a number is larger than any that this server ever gives out") from error
    except DBAPIError as error:
        sentence = as_unavailable(error)
        if sentence is None:
            raise
        raise sentence from error
