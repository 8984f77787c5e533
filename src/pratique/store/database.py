"""`await db.read(fn, ...)` and `await db.write(fn, ...)`: one transaction, on one hop to a thread."""

from __future__ import annotations

import asyncio
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Concatenate, Generic, ParamSpec, TypeVar

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

from pratique.core.errors import Invalid, Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.store.change_mark import open_mark
from pratique.store.dialects import dialect_of, read_url, takes_announcement

if TYPE_CHECKING:
    from pratique.store.change_listener import ChangeListener

P = ParamSpec("P")
T = TypeVar("T")

_FIRST_PAUSE, _LONGEST_PAUSE = 0.002, 0.1
"""Seconds before a refused transaction is done again; about twice as many each time."""


class _Attempt(Generic[T]):
    """One transaction.

    Attributes:
        committing: the work is done, and the database may or may not have been told to keep it.
    """

    def __init__(
        self,
        work: Callable[[sa.Connection], T],
        take_turn: Callable[[sa.Connection], None] | None,
        tell: Callable[[], None],
    ) -> None:
        self._work, self._take_turn, self._tell, self.committing = work, take_turn, tell, False

    def run(self, engine: sa.Engine) -> T:
        """Do it. Raises what the database and the work raise."""
        with engine.begin() as connection:
            if self._take_turn is not None:
                self._take_turn(connection)
            result = self._work(connection)
            is_news = takes_announcement(connection)
            self.committing = True
        if is_news:
            self._tell()
        return result


class Database:
    """One database with its pools: some readers, one durable writer, one or a few relaxed writers.

    The functions passed in get a Connection inside a transaction as their first argument. They
    return plain values, and what they raise rolls the transaction back and reaches the caller.
    They may be called again, in a new transaction, where the first one could not be: so they change nothing but the
    database, and take what they go through as lists.
    A caller that is cancelled does not stop a transaction that already runs: it ends whole.

    Attributes:
        url: as given to `open`.
        engine: the durable writer's engine.
        mark: moves with every write that changes an answer, of whatever process of this machine.
    """

    def __init__(self, url: str, limits: DatabaseLimits) -> None:
        parsed = read_url(url)
        self._dialect, self._patience = dialect_of(parsed), limits.patience / 1_000
        self.url = url
        self.engine = self._dialect.writing(parsed, limits, durable=True)
        self.mark = open_mark(parsed.database if self._dialect.one_writer else None)
        self._reading = self._dialect.reading(parsed, limits)
        self._relaxed = self._dialect.writing(parsed, limits, durable=False)
        self._readers = ThreadPoolExecutor(limits.readers, thread_name_prefix="db-read")
        self._reader_ahead = ThreadPoolExecutor(1, thread_name_prefix="db-read-ahead")
        self._durable_writer = ThreadPoolExecutor(1, thread_name_prefix="db-write-durable")
        writers = 1 if self._dialect.one_writer else limits.writers
        self._relaxed_writers = ThreadPoolExecutor(writers, thread_name_prefix="db-write-relaxed")
        # Who waits for the database's own lock may sleep or hold a connection; this wakes the next one at once.
        self._write_turn = threading.Lock()
        self._limits = limits
        self._listener: ChangeListener | None = None

    @classmethod
    def open(cls, url: str, limits: DatabaseLimits | None = None) -> Database:
        """Open a database whose schema is in place (`store.migrations.upgrade`).

        Args:
            url: `sqlite:///` and a path, which `store.dialects.database_url` writes, or `postgresql://...`.
            limits: connections, and how long to wait for another process's write before `Unavailable`.

        Raises:
            Invalid: the URL names no database that is supported.
        """
        return cls(url, limits or DatabaseLimits())

    def listen(self) -> None:
        """Let the mark move with changes of other machines too, where the database tells of them.

        For processes that answer requests: it takes a thread and a connection.
        """
        engine = self._dialect.listening(read_url(self.url), self._limits)
        if engine is None or self._listener is not None:
            return
        # The driver of PostgreSQL is loaded by those who have one.
        from pratique.store.change_listener import ChangeListener

        self._listener = ChangeListener(engine, self.mark.move)

    @property
    def sleeps_for_its_turn(self) -> bool:
        """Whether who waits for another process's write looks now and then, instead of being next in a row."""
        return self._dialect.one_writer

    async def read(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `fn(connection, ...)` on one snapshot of the database, in a reader thread.

        Raises:
            Unavailable: the database is busy, full or cannot be read.
        """
        work = partial(self.read_now, fn, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    async def read_ahead(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """As `read`, past all who wait for a reader: for the one look that every answer hangs on, and no other."""
        work = partial(self.read_now, fn, *args, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(self._reader_ahead, work)

    async def write(
        self,
        fn: Callable[Concatenate[sa.Connection, ...], T],
        *args: Any,
        durable: bool = True,
        **kwargs: Any,
    ) -> T:
        """Run `fn(connection, ...)` as if no other transaction wrote at the same time, in a writer thread.

        Args:
            fn: gets the connection first; what it raises rolls back.
            args: for `fn`.
            durable: wait until the disk has it; `False` only for what may be lost with the power.
            kwargs: for `fn`.

        Raises:
            Unavailable: the database is busy, full or cannot be written; nothing was changed, unless the sentence
                says that this is not known.
        """
        pool = self._durable_writer if durable else self._relaxed_writers
        work = partial(self.write_now, fn, *args, durable=durable, **kwargs)
        return await asyncio.get_running_loop().run_in_executor(pool, work)

    def read_now(self, fn: Callable[Concatenate[sa.Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do as `read` does, in the caller's thread: for commands and jobs, never on an event loop.

        Raises:
            Unavailable: the database is busy, full or cannot be read.
        """
        return self._until_done(self._reading, lambda connection: fn(connection, *args, **kwargs), turns=False)

    def write_now(
        self,
        fn: Callable[Concatenate[sa.Connection, ...], T],
        *args: Any,
        durable: bool = True,
        **kwargs: Any,
    ) -> T:
        """Do as `write` does, in the caller's thread: for commands and jobs, never on an event loop.

        Raises:
            Unavailable: as `write`.
        """

        def work(connection: sa.Connection) -> T:
            return fn(connection, *args, **kwargs)

        if not durable and not self._dialect.one_writer:
            return self._until_done(self._relaxed, work, turns=False)
        with self._write_turn:
            return self._until_done(self.engine if durable else self._relaxed, work, turns=True)

    def _until_done(self, engine: sa.Engine, work: Callable[[sa.Connection], T], *, turns: bool) -> T:
        """Run a transaction, again where another one got into its way or its connection had ended while it lay idle.

        Whoever was refused once takes a turn, and is then refused by few.
        """
        deadline, pause, may_reconnect = time.monotonic() + self._patience, _FIRST_PAUSE, True
        while True:
            attempt = _Attempt(work, self._dialect.take_turn if turns else None, self.mark.move)
            try:
                return attempt.run(engine)
            except OverflowError as error:
                raise Invalid("a number is larger than any that this server ever gives out") from error
            except sa.exc.TimeoutError as error:
                raise Unavailable("the database was busy for too long; try again") from error
            except DBAPIError as error:
                if may_reconnect and error.connection_invalidated and not attempt.committing:
                    may_reconnect = False
                    continue
                if not self._dialect.is_conflict(error) or time.monotonic() > deadline:
                    sentence = self._in_words(error, attempt)
                    if sentence is None:
                        raise
                    raise sentence from error
            time.sleep(pause * random.uniform(0.5, 1.5))  # noqa: S311 (no secret)
            pause, turns = min(2 * pause, _LONGEST_PAUSE), engine is not self._reading

    def _in_words(self, error: DBAPIError, attempt: _Attempt[Any]) -> Unavailable | Invalid | None:
        if attempt.committing and error.connection_invalidated:
            return Unavailable(
                "the connection to the database was lost while the change was being recorded, so that it may or may "
                "not have been; look before you try again"
            )
        return self._dialect.sentence(error)

    def close(self) -> None:
        """Let running transactions end, then close every connection. Safe to call twice."""
        if self._listener is not None:
            self._listener.close()
        for pool in (self._readers, self._reader_ahead, self._durable_writer, self._relaxed_writers):
            pool.shutdown(wait=True)
        for engine in (self._reading, self.engine, self._relaxed):
            engine.dispose()
        self.mark.close()
