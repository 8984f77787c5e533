"""PostgreSQL tells those who listen that something has changed, on whatever machine they are.

As the mark of `store.change_mark` it is a hint: who does not hear it looks at the counter a fifth of a second later.
"""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable
from contextlib import closing
from typing import Any

import psycopg
import sqlalchemy as sa
import structlog

from pratique.store.dialects import CHANGES

PAUSE = 1.0
"""Seconds until a connection that was lost is sought again."""

_log = structlog.get_logger(__name__)


class ChangeListener:
    """One connection that only listens, on a thread of its own."""

    def __init__(self, engine: sa.Engine, heard: Callable[[], None], pause: float = PAUSE) -> None:
        """Begin.

        Args:
            engine: to connect with; let go of when listening ends.
            heard: called on the thread after each change, and after each new connection: nobody knows what was missed.
            pause: seconds between two attempts to connect.
        """
        self._engine, self._heard, self._pause = engine, heard, pause
        self._stopped, self._trouble = threading.Event(), ""
        self._wakes, self._waker = os.pipe()
        self._thread = threading.Thread(target=self._run, name="db-listen", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening. Safe to call twice."""
        if self._stopped.is_set():
            return
        self._stopped.set()
        os.write(self._waker, b"x")
        self._thread.join(self._pause)
        if not self._thread.is_alive():  # one that is still connecting keeps its end of the pipe
            os.close(self._wakes)
            os.close(self._waker)

    def _run(self) -> None:
        while not self._stopped.is_set():
            try:
                with closing(self._engine.raw_connection()) as connection:
                    self._listen(connection.driver_connection)
            except (sa.exc.SQLAlchemyError, psycopg.Error, OSError) as error:
                if not self._trouble:
                    _log.warning("changes of other machines are heard a fifth of a second late", why=str(error))
                self._trouble = str(error)
            self._stopped.wait(self._pause)
        self._engine.dispose()

    def _listen(self, connection: Any) -> None:
        """Until the connection is lost or nobody wants to hear any more. Raises psycopg.Error, OSError."""
        connection.autocommit = True
        connection.execute(f"LISTEN {CHANGES}")
        self._trouble = ""
        self._heard()
        server, told = connection.pgconn, select.poll()  # `select` knows no descriptor from 1,024 on
        for descriptor in (server.socket, self._wakes):
            told.register(descriptor, select.POLLIN)
        while not self._stopped.is_set():
            told.poll()
            server.consume_input()
            if server.notifies() is not None:
                while server.notifies() is not None:
                    """What came at once is one piece of news."""
                self._heard()
