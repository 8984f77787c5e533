"""An old SQLite with a new Python: jobs are promised all the same."""

from __future__ import annotations

import sqlite3

from sqlalchemy import Engine, event

from pratique.jobs.old_sqlite import KNOWS_SUBSEC, teach


def test_a_connection_that_was_taught_knows_milliseconds_also_as_a_default_of_a_column() -> None:
    connection = sqlite3.connect(":memory:")
    teach(connection)

    connection.execute("create table job (name text, created integer not null default (unixepoch('subsec') * 1000))")
    connection.execute("insert into job (name) values ('a')")

    ((made, now),) = connection.execute("select created, cast(strftime('%s', 'now') as integer) * 1000 from job")
    assert abs(made - now) < 60_000
    assert connection.execute("select typeof(unixepoch('subsec')), unixepoch() % 1").fetchone() == ("real", 0.0)


def test_every_engine_of_this_process_teaches_its_connections_where_the_sqlite_needs_it() -> None:
    assert event.contains(Engine, "connect", teach) == (sqlite3.sqlite_version_info < KNOWS_SUBSEC)
