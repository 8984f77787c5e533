import asyncio
import os
import socket
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest

from pratique.cli.orders import Order, Role, read_order
from pratique.cli.presence import Beats, living_processes, present
from pratique.core.clock import Instant
from pratique.core.limits import DatabaseLimits
from pratique.services.upkeep.nodes import Node
from pratique.store import migrations, processes
from pratique.store.clocks import SystemClock
from pratique.store.database import Database
from pratique.store.processes import Process
from tests.harness.full_disk import FullDatabase


@pytest.fixture
def db(tmp_path):
    url = f"sqlite:///{tmp_path}/pratique.db"
    migrations.upgrade(url)
    database = Database.open(url)
    yield database
    database.close()


NODE = Node("here:/data", {"public_urls": "[]"})


def order(process_id="one"):
    return Order(Role.JOBS, process_id, "/data", {"port": 8000}, 3, 4)


def test_an_order_reaches_the_child_as_it_was_given():
    assert read_order(order().line().decode()) == order()


async def test_a_process_is_known_as_living_exactly_while_it_runs(db):
    living = living_processes(db, 10, Beats(), "who asks")

    async with present(db, order(), asyncio.Event(), NODE):
        assert living() == {"who asks", "one"}
    assert living() == {"who asks"}


async def test_a_process_that_was_taken_for_dead_stops(db, monkeypatch):
    monkeypatch.setattr("pratique.cli.presence.EVERY", 0.01)
    stop = asyncio.Event()

    async with present(db, order(), stop, NODE):
        await db.write(processes.remove, "one")
        await asyncio.wait_for(stop.wait(), 30)


async def test_a_dead_process_of_this_machine_is_known_at_once_and_of_another_after_its_heartbeat(db):
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    now = SystemClock().now()
    for process_id, host, pid, beat in (
        ("here and gone", socket.gethostname(), gone.pid, now),
        ("here and alive", socket.gethostname(), os.getpid(), now),
        ("elsewhere", "another", gone.pid, now),
        ("elsewhere and silent", "another", gone.pid, now - 60_000),
    ):
        await db.write(processes.register, Process(process_id, "jobs", host, pid, now, beat))

    assert living_processes(db, 10, Beats(), "who asks")() == {"here and alive", "elsewhere", "who asks"}


async def test_after_a_missed_beat_of_its_own_a_process_gives_the_others_time_to_come_back(db):
    """The database was away: whoever is back first would find everybody else dead."""
    now, passed = SystemClock().now(), [0.0]
    beats = Beats(lambda: passed[0])
    await db.write(processes.register, Process("back soon", "jobs", "another", 1, now, now - 60_000))
    living = living_processes(db, 10, beats, "who asks")
    assert living() == {"who asks"}

    beats.missed()
    passed[0] += 9
    assert living() == {"who asks", "back soon"}

    passed[0] += 1
    assert living() == {"who asks"}


async def test_a_process_that_cannot_beat_knows_it(db, tmp_path, monkeypatch):
    monkeypatch.setattr("pratique.cli.presence.EVERY", 0.01)
    hasty = Database.open(f"sqlite:///{tmp_path}/pratique.db", DatabaseLimits(patience=10))

    async with present(hasty, order(), asyncio.Event(), NODE) as beats:
        assert beats.are_steady(10)
        with closing(sqlite3.connect(tmp_path / "pratique.db", isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            while beats.are_steady(10):
                await asyncio.sleep(0.01)
            other.execute("ROLLBACK")
        while not await hasty.read(processes.living, 0):
            await asyncio.sleep(0.01)
    hasty.close()


async def test_a_process_without_room_for_its_heartbeat_goes_on_and_ends_in_peace(db, monkeypatch):
    monkeypatch.setattr("pratique.cli.presence.EVERY", 0.01)
    stop, tried = asyncio.Event(), asyncio.Event()

    class Watched(FullDatabase):
        def write_now(self, *args, **kwargs):
            asyncio.run_coroutine_threadsafe(note(), loop)
            return super().write_now(*args, **kwargs)

    async def note():
        tried.set()

    loop = asyncio.get_running_loop()
    async with present(db, order(), stop, NODE):
        db.__class__ = Watched
        await tried.wait()
        tried.clear()
        await tried.wait()  # it tries again

    assert not stop.is_set()


@pytest.mark.parametrize("seconds", [86_400, -86_400])
def test_a_clock_that_is_set_makes_nobody_look_dead(seconds):
    now = [100.0]
    beats = Beats(lambda: now[0])
    assert beats.look_at_clock(Instant(1_000_000)) == 0.0
    now[0] += 1.0
    assert beats.look_at_clock(Instant(1_001_050)) == 0.0
    assert beats.are_steady(10)

    now[0] += 1.0
    assert beats.look_at_clock(Instant(1_002_000 + seconds * 1_000)) == pytest.approx(seconds, abs=0.1)
    assert not beats.are_steady(10)

    now[0] += 11.0
    assert beats.look_at_clock(Instant(1_013_000 + seconds * 1_000)) == 0.0
    assert beats.are_steady(10)
