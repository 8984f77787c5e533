"""What waits to be recorded is a second of downloads at most, whatever the database does."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pratique.core.actors import NOBODY
from pratique.core.artifacts import FileView
from pratique.core.clock import Instant
from pratique.core.errors import Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.installing.download_log import AT_RISK, DownloadLog
from pratique.store import downloads, migrations
from pratique.store.database import Database
from tests.harness.full_disk import FullDatabase

KEY = ProjectKey(EcosystemId("npm"), "left")


class Hand:
    """A clock that a test turns."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("prepared") / "pratique.db"
    migrations.upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as made:
        made.execute("INSERT INTO repository (id, name, anonymous_read, created) VALUES (1, 'main', 1, 0)")
        made.commit()
    return path


@pytest.fixture
def db(tmp_path: Path, prepared: Path) -> Iterator[Database]:
    database = Database.open(f"sqlite:///{shutil.copy(prepared, tmp_path)}")
    yield database
    database.close()


@pytest.fixture
def hand() -> Hand:
    return Hand()


@pytest.fixture
async def log(db: Database, hand: Hand) -> AsyncIterator[DownloadLog]:
    log = DownloadLog(db, hand)
    yield log
    await log.stop()


def note(log: DownloadLog, filename: str = "left-1.0.0.tgz") -> None:
    log.note(1, KEY, FileView(filename, "1.0.0"), NOBODY, Instant(0))


def recorded(db: Database) -> list[str]:
    return sorted(one.filename for one in db.read_now(downloads.exposure, 1, KEY, None, 100))


def fill(db: Database) -> None:
    db.__class__ = FullDatabase


def make_room(db: Database) -> None:
    db.__class__ = Database


async def failing_flush(log: DownloadLog) -> None:
    with pytest.raises(Unavailable):
        await log.flush()


async def test_downloads_are_taken_for_a_second_while_they_cannot_be_written_and_then_refused(
    db: Database, log: DownloadLog, hand: Hand
) -> None:
    fill(db)
    note(log, "a")
    await failing_flush(log)
    hand.seconds = AT_RISK - 0.01
    await log.room()
    note(log, "b")

    hand.seconds = AT_RISK
    with pytest.raises(
        Unavailable, match=r"cannot be recorded, so nothing is handed out .* disk .* is full"
    ) as refused:
        await log.room()
    assert refused.value.retry_after > 0
    assert recorded(db) == []


async def test_downloads_go_on_and_none_is_lost_once_there_is_room_again(
    db: Database, log: DownloadLog, hand: Hand
) -> None:
    fill(db)
    note(log, "a")
    note(log, "b")
    await failing_flush(log)
    hand.seconds = 60.0
    make_room(db)

    await log.flush()
    await log.room()
    note(log, "c")
    await log.flush()

    assert recorded(db) == ["a", "b", "c"]


async def test_what_is_noted_during_a_write_counts_from_its_own_time(
    db: Database, log: DownloadLog, hand: Hand
) -> None:
    note(log, "a")
    hand.seconds = 0.5
    with closing(busy(db)) as other:
        writing = asyncio.create_task(log.flush())
        await until_writing(db)
        note(log, "b")
        other.execute("COMMIT")
        await writing
    hand.seconds = 1.25

    await log.room()
    hand.seconds = 0.5 + AT_RISK
    fill(db)
    await failing_flush(log)
    with pytest.raises(Unavailable):
        await log.room()
    make_room(db)


async def test_a_download_waits_for_a_busy_database_and_is_not_refused(
    db: Database, log: DownloadLog, hand: Hand
) -> None:
    note(log, "a")
    with closing(busy(db)) as other:
        writing = asyncio.create_task(log.flush())
        await until_writing(db)
        hand.seconds = 2.0
        waiting = asyncio.create_task(log.room())
        await asyncio.sleep(0)
        assert not waiting.done()
        other.execute("COMMIT")
        await writing
        await waiting


async def test_whoever_waits_for_a_write_that_fails_is_told_so_at_once(
    db: Database, tmp_path: Path, hand: Hand
) -> None:
    hasty = Database.open(db.url, DatabaseLimits(patience=50))
    log = DownloadLog(hasty, hand)
    note(log, "a")
    with closing(busy(db)) as other:
        writing = asyncio.create_task(log.flush())
        await until_writing(hasty)
        hand.seconds = 2.0
        with pytest.raises(Unavailable, match="busy for too long"):
            await log.room()
        with pytest.raises(Unavailable):
            await writing
        other.execute("COMMIT")
    await log.stop()
    hasty.close()
    assert recorded(db) == ["a"]


async def test_a_log_that_ends_while_nothing_can_be_written_ends_all_the_same(
    db: Database, log: DownloadLog, hand: Hand
) -> None:
    log.start()
    assert not log.trouble
    fill(db)
    note(log)
    await failing_flush(log)
    assert "is full" in log.trouble

    await log.stop()

    assert "nobody writes them" in log.trouble


def busy(db: Database) -> Any:
    """Somebody else who holds the write lock."""
    path = db.url.removeprefix("sqlite:///")
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    return other


async def until_writing(db: Database) -> None:
    while not db._write_turn.locked():
        await asyncio.sleep(0)
