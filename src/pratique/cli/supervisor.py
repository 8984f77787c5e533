"""Keep the server's processes running, in sight: every start, death and restart is a line on the terminal."""

from __future__ import annotations

import asyncio
import os
import signal
import time
import uuid
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec

from pratique.cli.forks import Child, ForkFailed, ForkServer, start_anew
from pratique.cli.orders import NO_ROOM, NOT_LIKE_THIS, Order, Role
from pratique.cli.pulse import SignsOfLife

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 30.0
LONGEST_AFTER_WORK = 2.0
"""Seconds before a child is started again that had worked: whoever kills it (a machine short of memory) may go on, and
while it does, what it can do in between is better than nothing."""

STEADY = 60.0
"""A child that lived so long starts again at once; one that dies sooner waits longer each time."""

LOOK_EVERY = 5.0
"""Seconds between two looks for frozen children. Two in a row must agree: after a machine's sleep all are late once."""

SILENT_AFTER = 30.0
"""Seconds without a sign of life until a process counts as frozen; each shows one every second."""

_STDIN = 0

TOLD_WITHIN = 5.0
"""Seconds after a child's end, which its pulse shows, within which a fork server that lives tells of it."""

TRIES = 3
"""A child that never got ready is started so often before the whole server gives up."""


def next_pause(pause: float, *, worked: bool) -> float:
    """Seconds before the next start after one that was waited for so long; `worked` says whether the child had."""
    return min(pause * 2, LONGEST_AFTER_WORK if worked else LONGEST_PAUSE)


class Station(msgspec.Struct, frozen=True):
    """One process to keep running: `web 1`, `jobs`."""

    role: Role
    label: str


class Supervisor:
    """Runs one process for each station until it is told to stop."""

    def __init__(
        self,
        stations: Sequence[Station],
        root: Path,
        given: dict[str, Any],
        *,
        say: Callable[[str], None],
        patience: float,
        forks: ForkServer | None = None,
        certificate: int | None = None,
        silent_after: float = SILENT_AFTER,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Prepare.

        Args:
            stations: what to keep running.
            root: the data folder.
            given: settings from the command line, for the children.
            say: prints one line.
            patience: seconds after SIGTERM until a child is killed.
            forks: where children come from; started if there is none, and when it is gone.
            certificate: descriptor of the TLS certificate that web processes begin with.
            silent_after: seconds without a sign of life until a child counts as frozen.
            monotonic: seconds, from any beginning.
        """
        self._stations, self._root, self._given = stations, root, given
        self._say, self._patience, self._silent_after = say, patience, silent_after
        self._forks, self._certificate, self._monotonic = forks, certificate, monotonic
        self._at_terminal = os.isatty(_STDIN)
        self.on_hangup: Callable[[], None] = lambda: None
        """What SIGHUP asks for, unless it says that the terminal is gone."""
        self.on_no_room: Callable[[], object] = lambda: None
        """Asks for room when a child ended because the disk is full, before it is started again."""
        self._stopping = asyncio.Event()
        self._children: dict[str, Child] = {}
        self._signs: dict[str, SignsOfLife] = {}
        self._without_room: set[str] = set()
        self._worked: set[str] = set()
        self._waiting = {station.label for station in stations}
        self._all_ready = asyncio.Event()
        self._web_tried = asyncio.Event()
        """Every web process works, or one has ended before it did."""
        if not any(station.role is Role.WEB for station in stations):
            self._web_tried.set()
        self._failed = False
        self._life_end, self._life = os.pipe()

    async def run(self, when_ready: Callable[[], Awaitable[None]]) -> int:
        """Run until a signal or a hopeless child; the exit code.

        Args:
            when_ready: awaited once, when every process works.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self._on_signal)
        loop.add_signal_handler(signal.SIGHUP, self._hang_up)
        announcing = asyncio.create_task(self._announce(when_ready))
        watching = asyncio.create_task(self._end_frozen())
        try:
            await asyncio.gather(*(self._keep_running(station) for station in self._stations))
        finally:
            announcing.cancel()
            watching.cancel()
            os.close(self._life)
            os.close(self._life_end)
            if self._forks is not None:
                await self._forks.close()
        return 1 if self._failed else 0

    @property
    def lacks_room(self) -> bool:
        """Whether a child waits for room on the disk."""
        return bool(self._without_room)

    def stop(self) -> None:
        """Ask every child to finish what it does and end."""
        self._stopping.set()
        self._web_tried.set()
        for child in self._children.values():
            child.send(signal.SIGTERM)

    def send(self, role: Role, number: signal.Signals) -> None:
        """Send a signal to every process of a role."""
        for station in self._stations:
            if station.role is role and station.label in self._children:
                self._children[station.label].send(number)

    def _hang_up(self) -> None:
        """A terminal that was closed sends SIGHUP, too, and ends what runs in it."""
        if self._at_terminal and not os.isatty(_STDIN):
            self._on_signal()
        else:
            self.on_hangup()

    def _on_signal(self) -> None:
        if self._stopping.is_set():
            self._say("stopping at once")
            for child in self._children.values():
                child.send(signal.SIGKILL)
            return
        self._say(f"stopping; running requests may take up to {self._patience:g} s (again to stop at once)")
        self.stop()

    async def _announce(self, when_ready: Callable[[], Awaitable[None]]) -> None:
        await self._all_ready.wait()
        await when_ready()

    async def _end_frozen(self) -> None:
        """End children that live and do nothing: whoever waits for them waits for ever. They are started again."""
        suspected: set[SignsOfLife] = set()
        while not self._stopping.is_set():
            await self._pause(LOOK_EVERY)
            silent = {signs for signs in self._signs.values() if signs.silent_for >= self._silent_after}
            for label, child in list(self._children.items()):
                if self._signs.get(label) in silent & suspected and not self._stopping.is_set():
                    self._say(f"{label} (pid {child.pid}) shows no sign of life; killing it")
                    child.send(signal.SIGKILL)
            suspected = silent

    async def _keep_running(self, station: Station) -> None:
        if station.role is not Role.WEB:
            await self._web_tried.wait()  # clients wait for the web processes, and nobody for the others
        pause, tries = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            started = self._monotonic()
            child = await self._start(station)
            if child is None:
                return
            code = await self._wait(child, self._signs[station.label])
            self._web_tried.set()
            self._children.pop(station.label, None)
            self._signs.pop(station.label).close()
            if self._stopping.is_set():
                self._say(f"{station.label} (pid {child.pid}) {_ended(code)}")
                return
            pause = FIRST_PAUSE if self._monotonic() - started > STEADY else pause
            worked = station.label in self._worked
            self._worked.discard(station.label)
            pause = min(pause, LONGEST_AFTER_WORK) if worked else pause
            if code == NO_ROOM:
                self._note_no_room(station, child.pid)
            else:
                tries += 1
                if station.label in self._waiting and (tries >= TRIES or code == NOT_LIKE_THIS):
                    self._give_up(station, code)
                    return
                self._without_room.discard(station.label)
                self._say(f"{station.label} (pid {child.pid}) {_ended(code)}; starting it again in {pause:g} s")
            await self._pause(pause)
            pause = next_pause(pause, worked=worked)

    def _note_no_room(self, station: Station, pid: int) -> None:
        """Said once: it is tried again as often as it takes, and in the end only somebody who makes room can help.

        Children that find the disk full at the same time ask for room once: what is given to the first may do for all.
        """
        if not self._without_room or station.label in self._without_room:
            self.on_no_room()
        if station.label not in self._without_room:
            self._without_room.add(station.label)
            self._say(
                f"{station.label} (pid {pid}) cannot work, because the disk of the data folder is full; it is started "
                f"again and again, at least every {LONGEST_PAUSE:g} s, until there is room"
            )

    async def _start(self, station: Station) -> Child | None:
        """A child that works, or has ended before it did; None if none is wanted any more, or none can be had."""
        pause, tries = FIRST_PAUSE, 0
        while not self._stopping.is_set():
            try:
                return await self._start_once(station)
            except ForkFailed as error:
                tries += 1
                if station.label in self._waiting and tries >= TRIES:
                    self._say(f"{station.label} cannot be started: {error}")
                    self._fail()
                    return None
                self._say(f"{station.label} cannot be started: {error}; trying again in {pause:g} s")
            await self._pause(pause)
            pause = next_pause(pause, worked=True)
        return None

    async def _start_once(self, station: Station) -> Child:
        """Raises ForkFailed; should there be a child all the same, it ends, as nobody listens to its pulse."""
        pulse_end, pulse = os.pipe()
        signs = SignsOfLife(self._monotonic)
        await signs.listen(pulse_end)
        certificate = self._certificate if station.role is Role.WEB else None
        order = Order(station.role, str(uuid.uuid4()), str(self._root), self._given, pulse, self._life_end, certificate)
        try:
            child = await self._split_off(order)
        except ForkFailed:
            signs.close()
            raise
        finally:
            os.close(pulse)
        self._signs[station.label], self._children[station.label] = signs, child
        if station.label not in self._without_room:
            self._say(f"{station.label} started (pid {child.pid})")
        if self._stopping.is_set():
            child.send(signal.SIGTERM)
        if await signs.ready():
            self._note_ready(station, child.pid)
        return child

    async def _split_off(self, order: Order) -> Child:
        given = (order.pulse, order.life, *(() if order.certificate is None else (order.certificate,)))
        if self._forks is None or self._forks.is_gone:
            self._forks = start_anew()
        return await self._forks.split_off(order, given)

    def _note_ready(self, station: Station, pid: int) -> None:
        self._worked.add(station.label)
        self._without_room.discard(station.label)
        if station.label not in self._waiting:
            self._say(f"{station.label} works again (pid {pid})")
            return
        self._waiting.discard(station.label)
        if not any(other.role is Role.WEB and other.label in self._waiting for other in self._stations):
            self._web_tried.set()
        if not self._waiting:
            self._all_ready.set()

    async def _wait(self, child: Child, signs: SignsOfLife) -> int | None:
        """Wait for a child's end; once stopping, no longer than is bearable. Its exit code, None if nobody knows."""
        ended = asyncio.create_task(self._end_of(child, signs))
        stopping = asyncio.create_task(self._stopping.wait())
        await asyncio.wait({ended, stopping}, return_when=asyncio.FIRST_COMPLETED)
        stopping.cancel()
        # A little more than a child gives its own requests: what is killed here did not end by itself.
        await asyncio.wait({ended}, timeout=self._patience + 5)
        if not ended.done():
            self._say(f"pid {child.pid} does not end; killing it")
            child.send(signal.SIGKILL)
        return await ended

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def _give_up(self, station: Station, code: int | None) -> None:
        self._say(
            f"{station.label} {_ended(code)} and never got ready; the reason is above or in {self._root / 'logs'}"
        )
        self._fail()

    def _fail(self) -> None:
        self._failed = True
        self.stop()

    async def _end_of(self, child: Child, signs: SignsOfLife) -> int | None:
        """Its exit code, as the fork server tells; None if that is gone, or frozen, and cannot."""
        told, seen = asyncio.create_task(child.ended()), asyncio.create_task(signs.ended())
        await asyncio.wait({told, seen}, return_when=asyncio.FIRST_COMPLETED)
        if not told.done():
            await asyncio.wait({told}, timeout=TOLD_WITHIN)
        if not told.done() and self._forks is not None:
            self._forks.kill()  # nobody would get a child from it either
        code = await told
        if code is None:
            await seen
            code = child.reap()
        seen.cancel()
        return code


def _ended(code: int | None) -> str:
    if not code:
        return "ended"
    return f"ended with code {code}" if code > 0 else f"was killed by {signal.Signals(-code).name}"
