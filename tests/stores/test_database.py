"""What `read` and `write` promise, on every database."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from contextlib import closing

import pytest
import sqlalchemy as sa

from pratique.core.errors import Invalid, Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.database import Database
from pratique.store.dialects import database_url
from pratique.store.revisions import bump, global_revision
from pratique.store.schema import repository
from tests.stores.implementations import new_sqlite

LEFT = ProjectKey(EcosystemId("npm"), "left")


def add_repository(c, name):
    c.execute(repository.insert().values(name=name, anonymous_read=True, created=0))
    return name


def names(c):
    return [row.name for row in c.execute(sa.select(repository.c.name).order_by(repository.c.name))]


@pytest.mark.parametrize("durable", [True, False])
async def test_what_is_written_can_be_read(database, durable):
    assert await database.write(add_repository, "main", durable=durable) == "main"

    assert await database.read(names) == ["main"]


@pytest.mark.parametrize("durable", [True, False])
async def test_an_error_takes_the_whole_transaction_back_and_reaches_the_caller(database, durable):
    def half(c, name):
        add_repository(c, name)
        raise LookupError(name)

    with pytest.raises(LookupError, match="gone"):
        await database.write(half, "gone", durable=durable)

    assert await database.read(names) == []


async def test_a_reader_cannot_write(database):
    with pytest.raises(sa.exc.DBAPIError):
        await database.read(add_repository, "sneaked")

    assert await database.read(names) == []


async def test_a_reader_sees_one_moment_even_if_somebody_writes_meanwhile(database):
    between = threading.Event()
    written = threading.Event()

    def twice(c):
        before = names(c)
        between.set()
        assert written.wait(30)
        return before, names(c)

    reading = asyncio.ensure_future(database.read(twice))
    await asyncio.to_thread(between.wait, 30)
    await database.write(add_repository, "main")
    written.set()

    assert await reading == ([], [])
    assert await database.read(names) == ["main"]


async def test_readers_do_not_wait_for_a_writer(database):
    writing, go_on = threading.Event(), threading.Event()

    def slow(c):
        add_repository(c, "late")
        writing.set()
        assert go_on.wait(30)

    write = asyncio.ensure_future(database.write(slow))
    await asyncio.to_thread(writing.wait, 30)
    seen = await asyncio.wait_for(database.read(names), 10)
    go_on.set()
    await write

    assert seen == []


async def test_a_caller_who_gives_up_leaves_a_whole_transaction_behind(database):
    writing, go_on = threading.Event(), threading.Event()

    def slow(c):
        add_repository(c, "one")
        writing.set()
        assert go_on.wait(30)
        add_repository(c, "two")

    write = asyncio.ensure_future(database.write(slow))
    await asyncio.to_thread(writing.wait, 30)
    write.cancel()
    with pytest.raises(asyncio.CancelledError):
        await write
    go_on.set()
    await database.write(global_revision)  # queued behind it

    assert await database.read(names) == ["one", "two"]


def test_commands_and_jobs_use_the_same_transactions_without_a_loop(database):
    database.write_now(add_repository, "durable")
    database.write_now(add_repository, "relaxed", durable=False)

    assert database.read_now(names) == ["durable", "relaxed"]


async def test_arguments_reach_the_function(database):
    def echo(c, *args, **kwargs):
        return args, kwargs

    assert await database.read(echo, 1, 2, three=3) == ((1, 2), {"three": 3})
    assert await database.write(echo, 1, 2, three=3) == ((1, 2), {"three": 3})


@pytest.mark.parametrize("durable", [True, False])
async def test_two_who_read_and_then_write_lose_nothing(database, durable):
    def read_then_write(c):
        value = global_revision(c)
        bump(c, 1, LEFT)
        assert global_revision(c) == value + 1

    await asyncio.gather(*(database.write(read_then_write, durable=durable) for _ in range(50)))

    assert await database.read(global_revision) == 50


def test_closing_twice_is_fine(database):
    database.write_now(add_repository, "main")

    database.close()
    database.close()


class TestSqlite:
    """Where SQLite needs care."""

    @pytest.fixture
    def url(self, tmp_path, empty_sqlite):
        return new_sqlite(tmp_path, empty_sqlite)

    def test_closing_leaves_no_more_than_the_database_and_its_mark(self, database, tmp_path):
        database.write_now(add_repository, "main")

        database.close()

        assert sorted(path.name for path in tmp_path.iterdir()) == ["pratique.db", "pratique.db-changes"]

    @pytest.fixture
    def impatient(self, url):
        database = Database.open(url, DatabaseLimits(patience=50))
        yield database
        database.close()

    @pytest.mark.parametrize("durable", [True, False])
    async def test_a_write_lock_held_too_long_by_another_process_becomes_a_sentence(self, impatient, tmp_path, durable):
        with closing(sqlite3.connect(tmp_path / "pratique.db", isolation_level=None)) as other:
            other.execute("begin immediate")
            with pytest.raises(Unavailable, match="busy for too long; try again"):
                await impatient.write(add_repository, "main", durable=durable)
            assert await impatient.read(names) == []
            other.execute("rollback")

        assert await impatient.write(add_repository, "main", durable=durable) == "main"

    async def test_a_writer_holds_the_lock_before_its_first_statement(self, impatient, tmp_path):
        def other_tries(c):
            with closing(sqlite3.connect(tmp_path / "pratique.db", isolation_level=None, timeout=0)) as other:
                other.execute("begin immediate")

        with pytest.raises(sqlite3.OperationalError, match="locked"):
            await impatient.write(other_tries)

    async def test_a_full_disk_becomes_a_sentence_and_changes_nothing(self, database):
        def too_much(c):
            pages = c.exec_driver_sql("PRAGMA page_count").scalar_one()
            c.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            for number in range(1_000):
                add_repository(c, f"{number} " + "x" * 2_000)

        with pytest.raises(Unavailable, match=r"disk .* is full; nothing was changed"):
            await database.write(too_much)

        assert await database.read(names) == []

    @pytest.mark.parametrize(
        ("pragma", "durable", "value"),
        [("synchronous", True, 2), ("synchronous", False, 1), ("foreign_keys", True, 1), ("journal_mode", True, "wal")],
    )
    def test_each_pool_has_its_settings(self, database, pragma, durable, value):
        def setting(c):
            return c.exec_driver_sql(f"PRAGMA {pragma}").scalar_one()

        assert database.write_now(setting, durable=durable) == value

    async def test_a_row_cannot_refer_to_nothing(self, database):
        def orphan(c):
            c.exec_driver_sql("insert into upstream (repository_id, ecosystem, position, url) values (7, 'npm', 0, '')")

        with pytest.raises(sa.exc.IntegrityError):
            await database.write(orphan)

    async def test_columns_that_a_newer_version_added_do_no_harm(self, database):
        database.write_now(lambda c: c.exec_driver_sql("alter table repository add column motto text"))

        await database.write(add_repository, "main")

        assert await database.read(names) == ["main"]

    def test_a_file_that_is_no_database_is_refused_with_a_sentence(self, tmp_path):
        (tmp_path / "text.db").write_text("not a database, " * 100)
        database = Database.open(database_url(tmp_path / "text.db"))

        with pytest.raises(Unavailable, match="no SQLite database; check the path"):
            database.read_now(names)
        database.close()

    def test_a_folder_that_is_not_there_is_refused_with_a_sentence(self, tmp_path):
        database = Database.open(database_url(tmp_path / "nowhere" / "pratique.db"))

        with pytest.raises(Unavailable, match="cannot be opened; check path and permissions"):
            database.write_now(names)
        database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://127.0.0.1/x", "no supported database"),
        ("sqlite://", "in memory cannot be shared"),
        ("sqlite:///:memory:", "in memory cannot be shared"),
        ("nonsense", "cannot be read; write sqlite:"),
    ],
)
def test_other_databases_are_refused_with_what_to_write(url, sentence):
    with pytest.raises(Invalid, match=sentence):
        Database.open(url)


async def test_the_error_of_a_failed_statement_does_not_tell_what_it_carried(database):
    with pytest.raises(sa.exc.DBAPIError) as refused:
        await database.write(lambda c: c.execute(sa.text("INSERT INTO nowhere VALUES (:x)"), {"x": "prq_SECRET"}))

    assert "SECRET" not in str(refused.value)


async def test_a_look_ahead_waits_for_none_of_those_who_wait_for_a_reader(database):
    go_on = threading.Event()
    blocked = [asyncio.create_task(database.read(lambda _connection: go_on.wait(20))) for _ in range(50)]
    try:
        assert await asyncio.wait_for(database.read_ahead(lambda _connection: "seen"), 10) == "seen"
    finally:
        go_on.set()
        await asyncio.gather(*blocked)


def test_an_error_without_a_sentence_is_raised_as_it_is(database):
    def twice(connection):
        connection.execute(sa.text("CREATE TABLE odd (number INTEGER PRIMARY KEY)"))
        for _ in range(2):
            connection.execute(sa.text("INSERT INTO odd VALUES (1)"))

    with pytest.raises(sa.exc.IntegrityError) as raised:
        database.write_now(twice)

    assert raised.value.__cause__ is not raised.value
