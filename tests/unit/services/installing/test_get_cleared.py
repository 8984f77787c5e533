"""Clearings: one look into the database for all who ask meanwhile, begun after each of them asked."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pratique.core.clock import Instant
from pratique.core.errors import Unavailable
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.installing.file_answers import Cleared
from pratique.services.installing.get_cleared import Clearings
from pratique.store import migrations
from pratique.store.blobs_file import FileBlobs
from pratique.store.database import Database
from pratique.store.dialects import database_url
from pratique.store.revisions import bump

LEFT = ProjectKey(EcosystemId("npm"), "left")
SHA256 = hashlib.sha256(b"bytes").hexdigest()


class Counting(Database):
    """Counts looks, and fails them if it is told to."""

    looks = 0
    failing = False

    async def read(self, fn, *args, **kwargs):
        self.looks += 1
        await asyncio.sleep(0)
        if self.failing:
            raise Unavailable("the database was busy for too long; try again")
        return await super().read(fn, *args, **kwargs)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Counting]:
    url = database_url(tmp_path / "db")
    migrations.upgrade(url)
    made = Counting.open(url)
    assert isinstance(made, Counting)
    yield made
    made.close()


@pytest.fixture
def blobs(tmp_path: Path) -> FileBlobs:
    made = FileBlobs(tmp_path / "blobs")
    draft = made.draft()
    draft.write(b"bytes")
    draft.keep()
    draft.discard()
    return made


def cleared(revision: int = 0, sha256: str = SHA256, size: int = 5) -> Cleared:
    return Cleared(1, LEFT, "1.0.0", "left-1.0.0.tgz", sha256, size, False, revision, Instant(0), None)


async def test_who_asks_during_a_look_waits_for_the_next_one_and_sees_what_was_written_before_he_asked(
    database: Counting, blobs: FileBlobs
) -> None:
    clearings = Clearings(database, blobs)
    first = asyncio.create_task(clearings.open(cleared()))
    while not database.looks:
        await asyncio.sleep(0)
    database.write_now(bump, 1, LEFT)

    later = await asyncio.gather(*(clearings.open(cleared()) for _ in range(50)), clearings.open(cleared(revision=1)))

    assert database.looks == 2
    assert later[:50] == [None] * 50
    assert later[50] is not None
    assert later[50].blob.read_at(0, 9) == b"bytes"
    for stored in (await first, later[50]):
        if stored is not None:
            stored.let_go()


async def test_bytes_that_are_gone_or_others_are_not_given(database: Counting, blobs: FileBlobs) -> None:
    clearings = Clearings(database, blobs)
    wanted = (cleared(sha256="0" * 64), cleared(size=6))
    assert await asyncio.gather(*map(clearings.open, wanted)) == [None, None]


async def test_all_who_wait_are_told_when_the_database_cannot_be_read_and_asked_again_later(
    database: Counting, blobs: FileBlobs
) -> None:
    clearings = Clearings(database, blobs)
    database.failing = True
    answers = await asyncio.gather(*(clearings.open(cleared()) for _ in range(3)), return_exceptions=True)
    assert [type(one) for one in answers] == [Unavailable] * 3

    database.failing = False
    stored = await clearings.open(cleared())
    assert stored is not None
    stored.let_go()


async def test_who_gives_up_waiting_leaves_no_file_open(database: Counting, blobs: FileBlobs) -> None:
    clearings = Clearings(database, blobs)
    opened = []
    usual = blobs.open
    blobs.open = lambda sha256: opened.append(usual(sha256)) or opened[-1]  # type: ignore[method-assign]
    asking = asyncio.create_task(clearings.open(cleared()))
    while not database.looks:
        await asyncio.sleep(0)
    asking.cancel()
    while not opened:
        await asyncio.sleep(0.001)
    stored = await clearings.open(cleared())
    assert stored is not None
    stored.let_go()
    with pytest.raises(ValueError, match="closed"):
        opened[0].read_at(0, 1)
