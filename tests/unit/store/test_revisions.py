"""Revisions: every change is seen, by everyone, in time."""

import asyncio
import threading

import pytest

from pratique.core.errors import Unavailable
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.change_mark import LocalMark
from pratique.store.database import Database
from pratique.store.revisions import REREAD_AFTER, SERVER, RevisionReader, bump, global_revision, project_revision

RIGHT = ProjectKey(EcosystemId("npm"), "right")


class HandClock:
    """Seconds that pass when the test says so."""

    def __init__(self):
        self.seconds = 1_000.0

    def __call__(self):
        return self.seconds


def test_nothing_changed_yet(c, main, left):
    assert global_revision(c) == project_revision(c, main.id, left) == 0


def test_a_change_of_a_project_is_seen_there_and_globally(c, main, left):
    bump(c, main.id, left)

    assert project_revision(c, main.id, left) == 1
    assert project_revision(c, main.id, RIGHT) == 0
    assert project_revision(c, main.id + 1, left) == 0
    assert global_revision(c) == 1


def test_a_change_of_the_policy_is_seen_by_every_project_of_the_repository(c, main, left):
    bump(c, main.id, left)
    bump(c, main.id, None)

    assert project_revision(c, main.id, left) == 2
    assert project_revision(c, main.id, RIGHT) == 1
    assert project_revision(c, main.id + 1, left) == 0
    assert global_revision(c) == 2


def test_a_change_that_was_taken_back_is_not_seen(database, left):
    def fail(c):
        bump(c, 1, left)
        raise LookupError

    with pytest.raises(LookupError):
        database.write_now(fail)

    assert database.read_now(global_revision) == 0


async def test_the_reader_sees_another_connections_change_after_200_ms(database, url, left):
    clock = HandClock()
    database.mark = LocalMark()  # as of another machine, whose writes move no mark here
    reader = RevisionReader(database, clock)
    assert await reader.current() == 0

    elsewhere = Database.open(url)
    await elsewhere.write(bump, 1, left)
    clock.seconds += 0.199
    assert await reader.current() == 0  # kept
    clock.seconds += 0.002
    assert await reader.current() == 1
    elsewhere.close()


async def test_the_reader_sees_at_once_what_is_written_on_this_machine(database, url, left):
    elsewhere, reader = Database.open(url), RevisionReader(database, HandClock())
    elsewhere.mark = database.mark  # as another process on the same file has it
    assert await reader.current() == 0

    await elsewhere.write(bump, 1, left)

    assert await reader.current() == 1
    elsewhere.close()


async def test_what_stands_is_what_has_not_moved_since(database, left):
    reader = RevisionReader(database)
    before = await reader.current()

    await database.write(bump, 1, left)
    await reader.current()

    assert not reader.stands(before, 1, left)
    assert reader.stands(before, 1, RIGHT)
    assert reader.stands(before, 2, left)
    assert reader.stands(before, 1)
    assert reader.stands(before, SERVER)


async def test_a_change_of_the_policy_moves_every_project_of_the_repository(database, left):
    reader = RevisionReader(database)
    before = await reader.current()

    await database.write(bump, 1, None)
    await reader.current()

    assert not reader.stands(before, 1, left)
    assert not reader.stands(before, 1)
    assert reader.stands(before, 2, left)
    assert reader.stands(before, SERVER)


async def test_a_change_of_accounts_moves_what_belongs_to_the_server_and_no_project(database, left):
    reader = RevisionReader(database)
    before = await reader.current()

    await database.write(bump, SERVER, None)
    await reader.current()

    assert not reader.stands(before, SERVER)
    assert reader.stands(before, 1, left)


async def test_what_was_kept_before_the_reader_knew_anything_does_not_stand(database, left):
    await database.write(bump, 1, RIGHT)
    reader = RevisionReader(database)
    await reader.current()

    assert not reader.stands(0, 1, left)


async def test_more_changes_than_are_remembered_move_everything(database, left, monkeypatch):
    monkeypatch.setattr("pratique.store.revisions.KNOWN_CHANGES", 2)
    reader = RevisionReader(database)
    before = await reader.current()

    for number in range(3):
        await database.write(bump, 1, ProjectKey(EcosystemId("npm"), f"name-{number}"))
        await reader.current()

    assert not reader.stands(before, 1, left)
    assert reader.stands(await reader.current(), 1, left)


async def test_many_who_ask_at_once_cost_one_read(url):
    reads = []

    class Counting(Database):
        async def read_ahead(self, fn, *args, **kwargs):
            reads.append(fn)
            return await super().read_ahead(fn, *args, **kwargs)

    database = Counting.open(url)
    reader = RevisionReader(database, HandClock())

    assert set(await asyncio.gather(*(reader.current() for _ in range(100)))) == {0}
    assert len(reads) == 1
    database.close()


async def test_a_counter_that_cannot_be_read_is_trusted_for_two_seconds_and_not_longer(url):
    class CutOff(Database):
        cut = False

        async def read_ahead(self, fn, *args, **kwargs):
            if self.cut:
                raise Unavailable("cut off")
            return await super().read_ahead(fn, *args, **kwargs)

    database = CutOff.open(url)
    clock = HandClock()
    reader = RevisionReader(database, clock)
    assert await reader.current() == 0

    database.cut = True
    clock.seconds += 1.9
    assert await reader.current() == 0
    clock.seconds += 0.2
    with pytest.raises(Unavailable, match="whether something was revoked cannot be read"):
        await reader.current()

    database.cut = False
    assert await reader.current() == 0
    database.close()


async def test_an_idle_reader_reads_again_instead_of_giving_up(database, left):
    clock = HandClock()
    reader = RevisionReader(database, clock)
    await reader.current()
    await database.write(bump, 1, left)

    clock.seconds += 3_600
    assert await reader.current() == 1


async def test_a_read_that_hangs_does_not_hang_the_asker(database):
    stuck = threading.Event()
    hog = asyncio.ensure_future(database.read_ahead(lambda _connection: stuck.wait(60)))
    await asyncio.sleep(0)

    with pytest.raises(Unavailable):
        await asyncio.wait_for(RevisionReader(database).current(), 30)

    stuck.set()
    await hog


async def test_a_mistake_of_ours_is_not_hidden_as_a_busy_database(database):
    database.close()

    with pytest.raises((RuntimeError, OSError)):
        await RevisionReader(database).current()


async def test_a_write_that_changes_no_answer_makes_nobody_look(database, left):
    reader = RevisionReader(database, HandClock())
    await reader.current()

    await database.write(lambda c: c.exec_driver_sql("CREATE TABLE downloads_of_today (n INT)"), durable=False)
    assert reader.known() == 0

    await database.write(bump, 1, left)
    assert reader.known() is None


async def test_what_is_asked_for_all_the_time_is_read_again_before_it_is_too_old(database, url, left):
    clock = HandClock()
    database.mark = LocalMark()
    reader = RevisionReader(database, clock)
    assert reader.kept_known() is None
    await reader.current()
    elsewhere = Database.open(url)
    await elsewhere.write(bump, 1, left)

    clock.seconds += REREAD_AFTER / 2
    assert reader.kept_known() == 0
    while reader.kept_known() == 0:
        await asyncio.sleep(0.001)

    assert reader.known() == 1
    elsewhere.close()
