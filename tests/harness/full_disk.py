"""A database on a disk that has no room left: its writes fail with SQLite's own error, its reads go on.

Give it to whatever is open with `database.__class__ = FullDatabase`, and make room with `= Database`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Concatenate, TypeVar

import sqlalchemy as sa

from pratique.store.database import Database

T = TypeVar("T")


class FullDatabase(Database):
    """The real one, without room for one page more."""

    def write_now(
        self,
        fn: Callable[Concatenate[sa.Connection, ...], T],
        *args: Any,
        durable: bool = True,
        **kwargs: Any,
    ) -> T:
        """Do as the real one does until there has to be room."""

        def without_room(connection: sa.Connection) -> T:
            found = fn(connection, *args, **kwargs)
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            try:
                connection.exec_driver_sql("CREATE TABLE filler AS SELECT zeroblob(50000000)")
            finally:
                connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")
            return found

        return super().write_now(without_room, durable=durable)
