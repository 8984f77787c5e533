"""The first download of an upstream's file: one fetch for all, judged before its end is handed out."""

import asyncio
import dataclasses
import errno
import hashlib
import os
from pathlib import Path

import pytest

from pratique.core.errors import BadUpstream, Conflict, PratiqueError, Unavailable
from pratique.core.facts import Seen
from pratique.core.limits import FlightLimits, UpstreamLimits
from pratique.services.installing.fetch_file import FetchPlan, FlightFailed, Flights
from pratique.services.publishing.record_release import ChangedMeanwhile
from pratique.store.memory_draft import ROOM as MEMORY
from pratique.upstream.client import UpstreamClient
from tests.harness.lying_upstream import (
    LyingUpstream,
    breaks_off,
    drips,
    falls_silent,
    in_turn,
    misstates_length,
    never_ends,
    says,
    waits_for,
)

CONTENT = os.urandom(400_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
HELD_BACK = 64 << 10


class PolicySaysNo(PratiqueError):
    status = 403


class Desk:
    """What a use case brings along: a judge that compares digests, and the record of what was kept."""

    def __init__(self, upstream, *, sha256=SHA256, no=None, size=None):
        self.upstream, self.sha256, self.no, self.size = upstream, sha256, no, size
        self.judged, self.recorded = [], []
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.trouble = None
        self.revision = 1

    @property
    def plan(self):
        return FetchPlan(self.upstream.url, f"{self.upstream.url}/f.tgz", self.see, self.judge, self.record, self.size)

    async def see(self, draft):
        return Seen(draft.digests())

    async def judge(self, seen):
        await self.may_go_on.wait()
        self.judged.append(seen.digests.sha256)
        if self.no is not None:
            raise self.no
        if seen.digests.sha256 != self.sha256:
            raise PolicySaysNo("arrived with another sha256 than its index states")
        return self.revision

    async def record(self, stored, seen, revision):
        if self.trouble is not None:
            raise self.trouble
        if revision != self.revision:
            raise ChangedMeanwhile
        self.recorded.append(stored.sha256)


@pytest.fixture
async def upstream():
    async with LyingUpstream() as lying:
        yield lying


@pytest.fixture
async def client():
    limits = UpstreamLimits(connect=2_000, silence=1_000, max_file=1_000_000)
    client = UpstreamClient(limits=limits, environment={})
    yield client
    await client.close()


@pytest.fixture
async def flights(client, blobs):
    """For files that come at once."""
    flights = Flights(client, blobs)
    yield flights
    await flights.close()


@pytest.fixture
async def hasty(client, blobs):
    """As if every file were a long one: bytes flow from the start."""
    flights = Flights(client, blobs, FlightLimits(complete_bytes=0))
    yield flights
    await flights.close()


async def body(passenger, offset=0):
    return b"".join([piece async for piece in passenger.chunks(offset)])


def stored(blobs):
    """Everything that lies in the blob folder, drafts too."""
    root = Path(blobs._blobs).parent
    return sorted(path.name for path in root.rglob("*") if path.is_file())


async def until(condition):
    for _ in range(500):
        if condition():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came")


async def test_a_small_file_is_waited_for_judged_recorded_and_stored(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Desk(upstream)

    async with flights.board("f", desk.plan) as passenger:
        blob = await passenger.complete_or_deadline()

    assert (blob.sha256, blob.size) == (SHA256, len(CONTENT))
    assert desk.judged == desk.recorded == [SHA256]
    assert stored(blobs) == [SHA256]


async def test_many_clients_at_once_are_one_fetch_and_each_is_judged(upstream, flights):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desks = [Desk(upstream) for _ in range(10)]

    async def download(desk):
        async with flights.board("f", desk.plan) as passenger:
            return await passenger.complete_or_deadline()

    found = await asyncio.gather(*(download(desk) for desk in desks))

    assert {one.sha256 for one in found} == {SHA256}
    assert [desk.judged for desk in desks] == [[SHA256]] * 10
    assert upstream.paths() == ["/f.tgz"]


async def test_bytes_flow_while_fetching_but_the_last_64_kib_wait_for_the_judge(upstream, hasty, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Desk(upstream)
    desk.may_go_on.clear()
    received = bytearray()

    async with hasty.board("f", desk.plan) as passenger:
        assert await passenger.complete_or_deadline() is None
        assert passenger.size == len(CONTENT)

        async def read():
            async for piece in passenger.chunks():
                received.extend(piece)

        reading = asyncio.create_task(read())
        await until(lambda: len(received) == len(CONTENT) - HELD_BACK)
        await asyncio.sleep(0.05)
        assert bytes(received) == CONTENT[:-HELD_BACK]

        desk.may_go_on.set()
        await reading

    assert bytes(received) == CONTENT
    assert stored(blobs) == [SHA256]


async def test_a_client_that_joins_late_or_goes_on_in_the_middle_gets_the_rest(upstream, hasty):
    release = asyncio.Event()
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 200_000, release)
    first, second = Desk(upstream), Desk(upstream)
    async with hasty.board("f", first.plan) as one, hasty.board("f", second.plan) as two:
        await one.complete_or_deadline()
        reading = asyncio.create_task(body(one)), asyncio.create_task(body(two, 150_000))
        release.set()

        assert await asyncio.gather(*reading) == [CONTENT, CONTENT[150_000:]]


async def test_an_upstream_that_is_slow_to_answer_still_gets_its_failure_said(upstream, client, blobs):
    release = asyncio.Event()
    upstream.behaviours["/f.tgz"] = waits_for(release, says(b"", status=500))
    flights = Flights(client, blobs, FlightLimits(complete_within=50))

    async with flights.board("f", Desk(upstream).plan) as passenger:
        waiting = asyncio.create_task(passenger.complete_or_deadline())
        await asyncio.sleep(0.2)
        assert not waiting.done()
        release.set()
        with pytest.raises(BadUpstream, match=r"500"):
            await waiting


async def test_a_file_that_takes_long_begins_to_flow(upstream, client, blobs):
    release = asyncio.Event()
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 200_000, release)
    flights = Flights(client, blobs, FlightLimits(complete_within=50))

    async with flights.board("f", Desk(upstream).plan) as passenger:
        assert await passenger.complete_or_deadline() is None
        release.set()
        assert await body(passenger) == CONTENT


async def test_a_range_waits_for_all_of_it(upstream, hasty):
    upstream.behaviours["/f.tgz"] = says(CONTENT)

    async with hasty.board("f", Desk(upstream).plan) as passenger:
        assert (await passenger.completed()).sha256 == SHA256


async def test_a_file_smaller_than_what_is_held_back_is_sent_whole_at_the_end(upstream, hasty):
    small = b"small"
    upstream.behaviours["/f.tgz"] = says(small)

    async with hasty.board("f", Desk(upstream, sha256=hashlib.sha256(small).hexdigest()).plan) as passenger:
        assert await body(passenger) == small


async def test_an_empty_file_is_a_file(upstream, flights):
    upstream.behaviours["/f.tgz"] = says(b"")

    async with flights.board("f", Desk(upstream, sha256=hashlib.sha256(b"").hexdigest()).plan) as passenger:
        assert (await passenger.complete_or_deadline()).size == 0
        assert await body(passenger) == b""


async def test_without_a_length_nothing_is_handed_out_before_the_judge(upstream, hasty):
    upstream.behaviours["/f.tgz"] = chunked(CONTENT)
    desk = Desk(upstream)
    desk.may_go_on.clear()
    received = []

    async with hasty.board("f", desk.plan) as passenger:

        async def read():
            async for piece in passenger.chunks():
                received.append(piece)

        reading = asyncio.create_task(read())
        await until(lambda: passenger._flight.received == len(CONTENT))
        await asyncio.sleep(0.05)
        assert received == []
        desk.may_go_on.set()
        await reading

    assert b"".join(received) == CONTENT


def chunked(content):
    async def behave(request):
        from aiohttp import web

        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(content)
        return response

    return behave


async def test_the_size_in_the_index_stands_in_for_a_missing_length(upstream, hasty):
    upstream.behaviours["/f.tgz"] = chunked(CONTENT)
    desk = Desk(upstream, size=len(CONTENT))
    desk.may_go_on.clear()

    async with hasty.board("f", desk.plan) as passenger:
        pieces = passenger.chunks()
        assert CONTENT.startswith(await anext(pieces))
        desk.may_go_on.set()
        assert len(b"".join([piece async for piece in pieces])) > 0


@pytest.mark.parametrize("size", [len(CONTENT) - 1, len(CONTENT) + 1])
async def test_a_size_that_lies_ends_the_flight(upstream, flights, blobs, size):
    upstream.behaviours["/f.tgz"] = chunked(CONTENT)

    async with flights.board("f", Desk(upstream, size=size).plan) as passenger:
        with pytest.raises(BadUpstream, match=r"more or fewer than the \d+ bytes its index states"):
            await passenger.complete_or_deadline()

    assert stored(blobs) == []


LIES = [
    (says(b"", status=500), "500 Internal Server Error"),
    (says(b"", status=404), "lists this file and does not have it"),
    (breaks_off(CONTENT, 200_000), "broke off in the middle"),
    (misstates_length(CONTENT, len(CONTENT) + 9), "broke off in the middle"),
    (never_ends(), "raise max_file"),
    (drips(CONTENT, 9), "sent nothing for 1 second"),
]


@pytest.mark.parametrize(("lie", "sentence"), LIES)
async def test_a_lie_gets_a_sentence_while_it_still_can_be_said_and_nothing_is_stored(
    upstream, flights, blobs, lie, sentence
):
    upstream.behaviours["/f.tgz"] = lie
    desk = Desk(upstream)

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(BadUpstream, match=sentence) as raised:
            await passenger.complete_or_deadline()

    assert "127.0.0.1" in str(raised.value)
    assert desk.judged == desk.recorded == []
    assert stored(blobs) == []


@pytest.mark.parametrize(("lie", "sentence"), [one for one in LIES if "500" not in one[1] and "404" not in one[1]])
async def test_a_lie_after_bytes_were_sent_cuts_the_connection(upstream, hasty, blobs, lie, sentence):
    upstream.behaviours["/f.tgz"] = lie

    async with hasty.board("f", Desk(upstream).plan) as passenger:
        with pytest.raises(FlightFailed, match=sentence):
            await body(passenger)

    assert stored(blobs) == []


async def test_other_bytes_than_promised_are_refused_and_not_stored(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT[:-1] + b"!")
    desk = Desk(upstream)

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(PolicySaysNo, match="another sha256"):
            await passenger.complete_or_deadline()

    assert desk.recorded == []
    assert stored(blobs) == []


async def test_nobody_gets_the_end_of_a_refused_file(upstream, hasty, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT[:-1] + b"!")
    received = bytearray()

    async def read(passenger):
        async for piece in passenger.chunks():
            received.extend(piece)

    async with hasty.board("f", Desk(upstream).plan) as passenger:
        with pytest.raises(FlightFailed, match=r"another sha256"):
            await read(passenger)

    assert len(received) <= len(CONTENT) - HELD_BACK
    assert stored(blobs) == []


async def test_an_upstream_that_changes_its_mind_is_asked_again_after_a_lie(upstream, flights):
    upstream.behaviours["/f.tgz"] = in_turn(says(b"lie"), says(CONTENT))
    async with flights.board("f", Desk(upstream).plan) as passenger:
        with pytest.raises(PolicySaysNo):
            await passenger.complete_or_deadline()

    async with flights.board("f", Desk(upstream).plan) as passenger:
        assert (await passenger.complete_or_deadline()).sha256 == SHA256


async def test_one_clients_policy_does_not_decide_for_another(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    agent, person = Desk(upstream, no=PolicySaysNo("agents may not")), Desk(upstream)

    async with flights.board("f", agent.plan) as one, flights.board("f", person.plan) as two:
        with pytest.raises(PolicySaysNo, match="agents may not"):
            await one.complete_or_deadline()
        assert (await two.complete_or_deadline()).sha256 == SHA256
        with pytest.raises(FlightFailed, match="agents may not"):
            await body(one)

    assert stored(blobs) == [SHA256]


async def test_what_cannot_be_recorded_is_served_to_nobody(upstream, flights):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Desk(upstream)
    desk.trouble = Conflict("another sha256 is recorded for this file")

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(Conflict):
            await passenger.complete_or_deadline()
        with pytest.raises(FlightFailed):
            await body(passenger)


class Changing(Desk):
    """The project changes as often as said, each time after it was judged."""

    def __init__(self, upstream, changes, *, then=None):
        super().__init__(upstream)
        self.changes, self.then = changes, then

    async def judge(self, seen):
        revision = await super().judge(seen)
        if self.changes:
            self.changes -= 1
            self.revision += 1
            self.no = self.then
        return revision


async def test_what_changed_since_it_was_judged_is_judged_again(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Changing(upstream, 3)

    async with flights.board("f", desk.plan) as passenger:
        assert (await passenger.complete_or_deadline()).sha256 == SHA256

    assert (desk.judged, desk.recorded) == ([SHA256] * 4, [SHA256])


async def test_what_the_second_judgement_refuses_is_recorded_and_served_to_nobody(upstream, flights):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Changing(upstream, 1, then=PolicySaysNo("revoked a moment ago"))

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(PolicySaysNo, match="a moment ago"):
            await passenger.complete_or_deadline()
        with pytest.raises(FlightFailed):
            await body(passenger)

    assert desk.recorded == []


async def test_a_project_that_changes_all_the_time_is_not_recorded_by_a_judgement_that_no_longer_holds(
    upstream, flights
):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = Changing(upstream, 1_000)

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(Unavailable, match="changes all the time"):
            await passenger.complete_or_deadline()

    assert desk.recorded == []


async def test_a_client_that_goes_away_takes_nothing_from_the_others(upstream, hasty):
    release = asyncio.Event()
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 10_000, release)
    one, two = (hasty.board("f", Desk(upstream).plan) for _ in range(2))
    reading = asyncio.create_task(body(two))
    await until(lambda: upstream.asked)

    one.leave()
    release.set()

    assert await reading == CONTENT
    two.leave()


async def test_a_download_that_everybody_left_early_ends(upstream, hasty, blobs):
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 10_000, asyncio.Event())
    passenger = hasty.board("f", Desk(upstream).plan)
    await until(lambda: passenger._flight.received)

    passenger.leave()

    await until(lambda: not hasty._under_way)
    assert stored(blobs) == []


async def test_a_download_that_everybody_left_after_half_is_finished_for_the_next(upstream, hasty, blobs):
    release = asyncio.Event()
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 300_000, release)
    desk = Desk(upstream)
    passenger = hasty.board("f", desk.plan)
    await until(lambda: passenger._flight.received == 300_000)

    passenger.leave()
    release.set()

    await until(lambda: not hasty._under_way)
    assert desk.recorded == [SHA256]
    assert stored(blobs) == [SHA256]


async def test_a_client_that_leaves_before_anything_began_leaves_no_trace(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)

    flights.board("f", Desk(upstream).plan).leave()
    async with flights.board("f", Desk(upstream).plan) as passenger:
        assert (await passenger.complete_or_deadline()).sha256 == SHA256

    await until(lambda: not flights._under_way)
    assert stored(blobs) == [SHA256]


async def test_stopping_the_server_cuts_what_is_under_way(upstream, hasty, blobs):
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 300_000, asyncio.Event())
    async with hasty.board("f", Desk(upstream).plan) as passenger:
        reading = asyncio.create_task(body(passenger))
        await until(lambda: passenger._flight.received == 300_000)

        await hasty.close()

        with pytest.raises(FlightFailed, match="stopped before it was whole"):
            await reading
    assert stored(blobs) == []


@pytest.mark.parametrize(("number", "sentence"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "cannot write the file")])
async def test_a_disk_that_refuses_gets_a_sentence_and_nothing_stays(
    upstream, flights, blobs, monkeypatch, number, sentence
):
    upstream.behaviours["/f.tgz"] = says(CONTENT)

    def refuse(*_):
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.pwrite", refuse)
    async with flights.board("f", Desk(upstream).plan) as passenger:
        with pytest.raises(Unavailable, match=sentence):
            await passenger.complete_or_deadline()

    assert stored(blobs) == []


class PassesOn(Desk):
    """Records what could not be kept as well."""

    def __init__(self, upstream, **given):
        super().__init__(upstream, **given)
        self.passed = []

    @property
    def plan(self):
        return dataclasses.replace(super().plan, record_unkept=self.record_unkept)

    async def record_unkept(self, stored, seen, revision):
        assert revision == self.revision
        self.passed.append(stored.sha256)


def full_after(monkeypatch, written):
    """The disk has room for so many bytes more."""
    real, left = os.pwrite, [written]

    def write(descriptor, chunk, offset):
        left[0] -= len(chunk)
        if left[0] < 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(descriptor, chunk, offset)

    monkeypatch.setattr("os.pwrite", write)


@pytest.mark.parametrize("written", [0, 150_000])
async def test_what_finds_no_room_is_judged_passed_on_and_recorded_as_not_stored(
    upstream, flights, blobs, monkeypatch, written
):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = PassesOn(upstream, size=len(CONTENT))
    full_after(monkeypatch, written)

    async with flights.board("f", desk.plan) as first, flights.board("f", desk.plan) as second:
        assert await first.complete_or_deadline() is None
        assert await body(first) == CONTENT
        assert await body(second, 399_990) == CONTENT[399_990:]
        with pytest.raises(Unavailable, match="disk is full"):
            await second.completed()

    assert (desk.recorded, desk.passed) == ([], [SHA256])
    assert stored(blobs) == []
    assert flights._memory.draft(MEMORY) is not None


async def test_what_finds_no_room_while_it_flows_goes_on_with_the_same_bytes(upstream, hasty, blobs, monkeypatch):
    going_on = asyncio.Event()
    upstream.behaviours["/f.tgz"] = falls_silent(CONTENT, 200_000, going_on)
    desk = PassesOn(upstream, size=len(CONTENT))

    async with hasty.board("f", desk.plan) as passenger:
        chunks = passenger.chunks()
        got = await anext(chunks)
        full_after(monkeypatch, 0)
        going_on.set()
        got += b"".join([piece async for piece in chunks])

    assert got == CONTENT
    assert desk.passed == [SHA256]
    assert stored(blobs) == []


async def test_what_finds_no_room_and_is_not_what_was_promised_is_refused(upstream, flights, blobs, monkeypatch):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    desk = PassesOn(upstream, size=len(CONTENT), sha256="0" * 64)
    full_after(monkeypatch, 0)

    async with flights.board("f", desk.plan) as passenger:
        with pytest.raises(PolicySaysNo):
            await passenger.complete_or_deadline()

    assert desk.passed == []


async def test_what_finds_no_room_and_is_too_long_for_memory_is_refused_with_a_sentence(
    upstream, flights, blobs, monkeypatch
):
    upstream.behaviours["/f.tgz"] = says(CONTENT)
    full_after(monkeypatch, 0)
    held = flights._memory.draft(MEMORY)

    async with flights.board("f", PassesOn(upstream, size=len(CONTENT)).plan) as passenger:
        with pytest.raises(Unavailable, match="disk is full"):
            await passenger.complete_or_deadline()

    held.discard()
    assert stored(blobs) == []


async def test_a_flaw_of_our_own_is_told_and_nothing_stays(upstream, flights, blobs):
    upstream.behaviours["/f.tgz"] = says(CONTENT)

    async with flights.board("f", Desk(upstream, no=RuntimeError("oh")).plan) as passenger:
        with pytest.raises(Unavailable, match="failed inside"):
            await passenger.complete_or_deadline()

    assert stored(blobs) == []
