"""Memory for files without room on the disk: whatever ends a flight, it is given back."""

import asyncio
import errno
import threading

import pytest

from pratique.core.errors import PratiqueError
from pratique.core.limits import FlightLimits
from pratique.services.installing.fetch_file import Passenger
from pratique.services.installing.fetch_plan import FetchPlan
from pratique.services.installing.flight import Flight
from pratique.store.blobs_file import FileBlobs
from pratique.store.memory_draft import MemoryRoom

ROOM = 1_000


class Upstream:
    """Says how long a file is, and sends these pieces."""

    def __init__(self, size, *pieces):
        self.size, self._pieces = size, pieces

    async def open_file(self, _url, _file_url):
        return self

    async def chunks(self):
        for piece in self._pieces:
            yield piece

    def close(self):
        pass


class FullDisk:
    """No room for a draft, which is told when `may_answer` is set."""

    def __init__(self):
        self.asked, self.may_answer = threading.Event(), threading.Event()

    def draft(self):
        self.asked.set()
        self.may_answer.wait(10)
        raise OSError(errno.ENOSPC, "No space left on device")


class FillingDisk:
    """Has room for the first piece of a draft."""

    def __init__(self, root):
        self._blobs = FileBlobs(root)

    def draft(self):
        draft = self._blobs.draft()
        write = draft.write

        def write_once(piece):
            if draft.size:
                raise OSError(errno.ENOSPC, "No space left on device")
            write(piece)

        draft.write = write_once
        return draft


def board(upstream, blobs, room):
    async def see(_draft):
        return None

    async def judge(_seen):
        return 1

    async def record(_stored, _seen, _judged_at):
        return None

    plan = FetchPlan("u", "file:///left-pad-1.0.0.tgz", see, judge, record, upstream.size, record)
    limits = FlightLimits()
    return Passenger(Flight(upstream, blobs, room, plan, limits), plan, limits)


def is_all_free(room):
    draft = room.draft(ROOM)
    if draft is not None:
        draft.discard()
    return draft is not None


async def test_an_upstream_that_sends_more_than_it_says_while_the_disk_fills_takes_no_memory_for_good(tmp_path):
    room = MemoryRoom(ROOM)
    passenger = board(Upstream(600, b"a" * 100, b"b" * 600), FillingDisk(tmp_path), room)

    with pytest.raises(PratiqueError):
        await passenger.complete_or_deadline()
    passenger.leave()
    await passenger._flight.landed()

    assert is_all_free(room)


async def test_a_client_that_leaves_before_there_is_a_draft_takes_no_memory_for_good():
    room, disk = MemoryRoom(ROOM), FullDisk()
    passenger = board(Upstream(600, b"a" * 600), disk, room)
    await asyncio.to_thread(disk.asked.wait, 10)

    passenger.leave()
    await asyncio.sleep(0)
    disk.may_answer.set()
    await passenger._flight.landed()
    await asyncio.get_running_loop().shutdown_default_executor()  # a thread that nobody waits for ends as well

    assert is_all_free(room)
