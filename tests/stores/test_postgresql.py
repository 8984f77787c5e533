"""Where PostgreSQL needs care."""

from __future__ import annotations

import asyncio
import secrets
import threading

import psycopg
import pytest
import sqlalchemy as sa

from pratique.core.errors import Invalid, Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.store.database import Database
from pratique.store.postgresql import TURN
from pratique.store.schema import repository, revision
from tests.harness.postgresql import cluster
from tests.stores.implementations import empty_postgresql
from tests.stores.increments import COUNTER, increment


@pytest.fixture
def url():
    return cluster().url(cluster().new_database(empty_postgresql()))


def add_repository(c, name):
    c.execute(repository.insert().values(name=name, anonymous_read=True, created=0))
    return name


def names(c):
    return list(c.execute(sa.select(repository.c.name).order_by(repository.c.name)).scalars())


def value(c):
    return c.execute(sa.select(revision.c.value).where(COUNTER)).scalar_one()


def cut(url):
    """End every connection to the database, as a restart does."""
    name = sa.make_url(url).database
    cluster().do(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")


@pytest.fixture
def counter(database):
    database.write_now(
        lambda c: c.execute(revision.insert().values(repository_id=4711, ecosystem="", name="", value=0)).rowcount
    )


@pytest.mark.usefixtures("counter")
@pytest.mark.parametrize("durable", [True, False])
async def test_a_writer_whose_ground_moved_is_done_again_on_the_new_ground(database, durable):
    has_read, go_on, seen = threading.Event(), threading.Event(), []

    def read_wait_write(c):
        seen.append(value(c))
        has_read.set()
        assert go_on.wait(30)
        c.execute(revision.update().where(COUNTER).values(value=seen[-1] + 1))

    first = asyncio.ensure_future(database.write(read_wait_write, durable=durable))
    await asyncio.to_thread(has_read.wait, 30)
    await database.write(increment, durable=False)
    go_on.set()
    await first

    assert seen == [0, 1]
    assert await database.read(value) == 2


async def test_relaxed_writers_who_do_not_meet_do_not_wait_for_each_other(database):
    writing, go_on = threading.Event(), threading.Event()

    def slow(c):
        add_repository(c, "slow")
        writing.set()
        assert go_on.wait(30)

    first = asyncio.ensure_future(database.write(slow, durable=False))
    await asyncio.to_thread(writing.wait, 30)
    await database.write(add_repository, "quick", durable=False)
    go_on.set()
    await first

    assert await database.read(names) == ["quick", "slow"]


@pytest.mark.parametrize("durable", [True, False])
def test_each_writer_waits_for_the_disk_as_it_was_told_and_runs_as_if_alone(database, durable):
    def settings(c):
        shown = ("synchronous_commit", "transaction_isolation")
        return [c.exec_driver_sql(f"SHOW {name}").scalar_one() for name in shown]

    assert database.write_now(settings, durable=durable) == ["on" if durable else "off", "serializable"]


async def test_a_turn_held_too_long_by_another_process_becomes_a_sentence(url):
    impatient = Database.open(url, DatabaseLimits(patience=50))
    with psycopg.connect(url) as other:
        other.execute(TURN)
        with pytest.raises(Unavailable, match="busy for too long; try again"):
            await impatient.write(add_repository, "main")
        assert await impatient.read(names) == []

    assert await impatient.write(add_repository, "main") == "main"
    impatient.close()


@pytest.mark.parametrize("durable", [True, False])
async def test_who_stands_still_in_mid_turn_loses_it_before_the_others_lose_patience(url, durable):
    """A node that is frozen or cut off; once it goes on, its own work is done as well."""
    frozen, other = (Database.open(url, DatabaseLimits(patience=1_000)) for _ in range(2))
    stands, go_on, tried = threading.Event(), threading.Event(), []

    def stand_still_once(c):
        c.exec_driver_sql(TURN)
        add_repository(c, "frozen")
        tried.append(1)
        if len(tried) == 1:
            stands.set()
            assert go_on.wait(30)
        return names(c)

    standing = asyncio.ensure_future(frozen.write(stand_still_once, durable=durable))
    await asyncio.to_thread(stands.wait, 30)
    try:
        assert await other.write(add_repository, "other") == "other"
    finally:
        go_on.set()
    assert await standing == ["frozen", "other"]
    for database in (frozen, other):
        database.close()


async def test_a_statement_that_takes_too_long_becomes_a_sentence(url):
    impatient = Database.open(url, DatabaseLimits(statement=50))

    with pytest.raises(Unavailable, match="took too long; try again"):
        await impatient.read(lambda c: c.exec_driver_sql("SELECT pg_sleep(30)").scalar())
    impatient.close()


@pytest.mark.parametrize("durable", [True, False])
async def test_connections_that_ended_while_nobody_used_them_are_made_anew_unnoticed(database, url, durable):
    await database.write(add_repository, "before", durable=durable)
    await database.read(names)
    cut(url)

    assert await database.read(names) == ["before"]
    assert await database.write(add_repository, "after", durable=durable) == "after"


async def test_a_connection_that_ends_in_mid_transaction_is_replaced_and_the_work_done_once(database, url):
    tried = []

    def cut_once(c):
        add_repository(c, "main")
        tried.append(1)
        if len(tried) == 1:
            cut(url)
        return names(c)

    assert await database.write(cut_once) == ["main"]
    assert len(tried) == 2


async def test_a_connection_that_ends_at_the_commit_leaves_open_what_became_of_it_and_says_so(database, url):
    def cut_at_the_end(c):
        add_repository(c, "main")
        cut(url)

    with pytest.raises(Unavailable, match="may or may not have been; look before you try again"):
        await database.write(cut_at_the_end)


async def test_a_server_that_is_not_there_becomes_a_sentence_that_names_no_host(tmp_path):
    database = Database.open(f"postgresql://me:SECRET@/pratique?host={tmp_path}")

    for work in (database.read(names), database.write(names), database.write(names, durable=False)):
        with pytest.raises(Unavailable, match="cannot be reached right now; try again") as refused:
            await work
        assert str(tmp_path) not in str(refused.value)
    database.close()


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        ("53100", "disk of the database is full; nothing was changed"),
        ("53300", "takes no more connections; raise its max_connections"),
        ("57P01", "cannot be reached right now"),
        ("57P03", "cannot be reached right now"),
        ("08006", "cannot be reached right now"),
        ("XX001", "is damaged; stop the server and restore it"),
    ],
)
async def test_what_is_wrong_with_the_server_is_said(database, state, sentence):
    raised = f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$"

    with pytest.raises(Unavailable, match=sentence):
        await database.write(lambda c: c.exec_driver_sql(raised).rowcount)


async def test_a_writer_that_is_refused_for_ever_gives_up_with_a_sentence(url):
    impatient = Database.open(url, DatabaseLimits(patience=50))
    raised = "DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '40001'; END $$"

    with pytest.raises(Unavailable, match="busy for too long; try again"):
        await impatient.write(lambda c: c.exec_driver_sql(raised).rowcount, durable=False)
    impatient.close()


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("nul\0", "holds a character"), (2**70, None)],
    ids=["nul", "number"],
)
async def test_what_no_column_can_hold_is_a_bad_question_and_no_failure(database, name, sentence):
    if sentence is None:
        with pytest.raises(Invalid, match="a number is larger"):
            await database.write(lambda c: c.execute(repository.update().values(created=name)).rowcount)
        return
    with pytest.raises(Invalid, match=sentence):
        await database.write(add_repository, name)


async def test_a_name_too_long_to_be_looked_up_is_a_bad_question(database):
    with pytest.raises(Invalid, match="longer than this server can look up"):
        await database.write(add_repository, secrets.token_hex(4_000))


async def test_a_text_longer_than_its_column_says_is_kept_as_sqlite_keeps_it(database):
    assert await database.write(add_repository, "x" * 2_000)


@pytest.mark.parametrize(
    ("database", "user", "sentence"),
    [("nowhere", "pratique", "no such database or user"), ("postgres", "nobody", "no such database or user")],
)
async def test_a_database_or_user_that_does_not_exist_is_said(database, user, sentence):
    opened = Database.open(cluster().url(database).replace("pratique@", f"{user}@"))

    with pytest.raises(Unavailable, match=sentence):
        await opened.read(names)
    opened.close()
