"""The faults: each is done to the deployment, lasts a while, and is undone."""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from bench.faulting.deployment import Deployment, Node
from bench.faulting.ledger import Ledger
from bench.faulting.moods import Mood
from bench.faulting.origin import Origin

_LONG = 0.04

Undo = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Fault:
    """One fault that is going on.

    Attributes:
        kind: of which there are figures.
        where: what it is done to.
        lasts: seconds until it is undone.
        undo: makes good what can be made good.
    """

    kind: str
    where: str
    lasts: float
    undo: Undo


class Harm:
    """Knows every kind of fault that is possible on this machine."""

    def __init__(self, deployment: Deployment, origin: Origin, ledger: Ledger, seed: int, only: str) -> None:
        self._deployment, self._origin, self._ledger = deployment, origin, ledger
        self._chance = random.Random(seed)
        self._down: set[str] = set()
        self._kinds: list[tuple[str, Callable[[], Awaitable[Fault | None]], int]] = [
            ("kill child", self._kill_child, 5),
            ("kill supervisor", self._kill_node, 2),
            ("kill backend", self._kill_connection, 2),
            ("end backend", self._end_connection, 1),
            ("stop child", self._freeze_child, 3),
            ("stop supervisor", self._freeze_supervisor, 1),
            ("stop backend", self._freeze_connection, 2),
            ("restart database", self._restart_database, 3),
            ("upstream", self._spoil_upstream, 6),
            ("clock", self._turn_clock, 1),
        ]
        if deployment.bucket is None:
            self._kinds.append(("half-written", self._leave_half_written, 1))
        else:
            self._kinds.append(("object store", self._spoil_bucket, 5))
        if deployment.apart:
            self._kinds += [
                ("cut off", self._cut_off, 4),
                ("disk full", self._fill_disk, 3),
                ("database's disk full", self._fill_database_disk, 1),
            ]
        self._kinds = [one for one in self._kinds if only in one[0]]

    async def one(self, name: str = "") -> Fault:
        """Do any, or any whose name holds this."""
        kinds = [one for one in self._kinds if name in one[0]] or self._kinds
        while True:
            ((_, begin, _),) = self._chance.choices(kinds, [weight for _, _, weight in kinds])
            fault = await begin()
            if fault is not None:
                self._ledger.note(f"FAULT {fault.kind}: {fault.where}, {fault.lasts:.1f} s")
                return fault
            await asyncio.sleep(0.05)

    def _node(self) -> Node | None:
        up = [node for node in self._deployment.nodes if node.name not in self._down]
        return self._chance.choice(up) if up else None

    def _long_or_short(self, most: float, long: float) -> float:
        """Seconds; once in a while so long that whoever looks after it has to do something."""
        return long if self._chance.random() < _LONG else self._chance.uniform(0.3, most)

    def _child(self, node: Node | None) -> tuple[str, int] | None:
        if node is None:
            return None
        found = [(role, pid) for pid, role in sorted(node.children().items())]
        return self._chance.choice(found) if found else None

    # Processes

    async def _kill_child(self) -> Fault | None:
        node = self._node()
        child = self._child(node)
        if child is None or node is None or not _send(child[1], signal.SIGKILL):
            return None
        self._ledger.kill(node.name)
        return Fault(f"kill -9 {child[0]}", node.name, 0.0, _nothing)

    async def _kill_node(self) -> Fault | None:
        """Only the supervisor: its children have to notice."""
        node = self._node()
        if node is None or len(self._down) + 1 >= len(self._deployment.nodes) or node.process is None:
            return None
        process = node.process
        process.kill()
        self._ledger.kill(node.name)
        self._down.add(node.name)

        async def start_again() -> None:
            await asyncio.to_thread(process.wait)
            await node.start_until_ready()
            self._down.discard(node.name)

        return Fault("kill -9 supervisor", node.name, self._chance.uniform(0.0, 1.5), start_again)

    async def _freeze_child(self) -> Fault | None:
        node = self._node()
        child = self._child(node)
        if child is None or node is None or not _send(child[1], signal.SIGSTOP):
            return None
        return Fault(f"kill -STOP {child[0]}", node.name, self._long_or_short(4.0, 45.0), _waker(child[1]))

    async def _freeze_supervisor(self) -> Fault | None:
        node = self._node()
        if node is None or node.process is None or not _send(node.process.pid, signal.SIGSTOP):
            return None
        return Fault("kill -STOP supervisor", node.name, self._chance.uniform(0.3, 3.0), _waker(node.process.pid))

    # The database

    async def _connection(self) -> int | None:
        question = "SELECT pid FROM pg_stat_activity WHERE datname LIKE 'pratique%' AND pid <> pg_backend_pid()"
        with suppress(Exception):  # it is away at the moment
            rows = await asyncio.to_thread(self._deployment.database.do, question)
            return int(self._chance.choice(rows)[0]) if rows else None
        return None

    async def _kill_connection(self) -> Fault | None:
        pid = await self._connection()
        if pid is None or not _send(pid, signal.SIGKILL):
            return None
        self._ledger.kill("")
        return Fault("kill -9 PostgreSQL backend", "database", 0.0, _nothing)

    async def _end_connection(self) -> Fault | None:
        pid = await self._connection()
        if pid is None or not _send(pid, signal.SIGTERM):
            return None
        return Fault("a connection is ended", "database", 0.0, _nothing)

    async def _freeze_connection(self) -> Fault | None:
        pid = await self._connection()
        if pid is None or not _send(pid, signal.SIGSTOP):
            return None
        return Fault("kill -STOP PostgreSQL backend", "database", self._long_or_short(4.0, 30.0), _waker(pid))

    async def _restart_database(self) -> Fault | None:
        if "database" in self._down:
            return None
        self._down.add("database")
        how = self._chance.choice((signal.SIGINT, signal.SIGQUIT))
        await asyncio.to_thread(self._deployment.database.stop, how)
        self._ledger.kill("")

        async def start_again() -> None:
            await asyncio.to_thread(self._deployment.database.start)
            self._down.discard("database")

        name = "fast" if how is signal.SIGINT else "immediate"
        return Fault(f"PostgreSQL restart, {name}", "database", self._chance.uniform(0.0, 3.0), start_again)

    # Around

    async def _spoil_upstream(self) -> Fault | None:
        temper = self._origin.temper
        if temper.mood is not Mood.HONEST:
            return None
        temper.become(self._chance.choice([one for one in Mood if one is not Mood.HONEST]))

        async def be_honest() -> None:
            temper.become(Mood.HONEST)

        return Fault(f"upstream {temper.mood}", "upstream", self._chance.uniform(0.5, 5.0), be_honest)

    async def _spoil_bucket(self) -> Fault | None:
        bucket = self._deployment.bucket
        if bucket is None or bucket.temper.mood is not Mood.HONEST:
            return None
        temper = bucket.temper
        temper.become(self._chance.choice((Mood.HANGS, Mood.HALF_BODIES, Mood.FAILS, Mood.RESETS)))

        async def be_honest() -> None:
            temper.become(Mood.HONEST)

        return Fault(f"object store {temper.mood}", "bucket", self._chance.uniform(0.5, 5.0), be_honest)

    async def _cut_off(self) -> Fault | None:
        node = self._node()
        if node is None or node.wire is None or f"wire of {node.name}" in self._down:
            return None
        name, wire = f"wire of {node.name}", node.wire
        self._down.add(name)
        wire.cut()

        async def mend() -> None:
            wire.mend()
            self._down.discard(name)

        return Fault("cut off", node.name, self._long_or_short(7.0, 30.0), mend)

    async def _fill_disk(self) -> Fault | None:
        if "disk" in self._down:
            return None
        self._down.add("disk")
        ballast = _fill(self._deployment.disk)

        async def make_room() -> None:
            ballast.unlink()
            self._down.discard("disk")

        return Fault("disk full", "disk", self._chance.uniform(0.5, 3.0), make_room)

    async def _fill_database_disk(self) -> Fault | None:
        """PostgreSQL ends by itself when it can keep no log, so that it has to be started again afterwards."""
        if "database" in self._down:
            return None
        self._down.add("database")
        database, ballast = self._deployment.database, _fill(self._deployment.database_disk)
        self._ledger.kill("")

        async def make_room() -> None:
            ballast.unlink()
            self._ledger.kill("")
            await asyncio.to_thread(database.stop, signal.SIGQUIT)
            await asyncio.to_thread(database.start)
            self._down.discard("database")

        return Fault("database's disk full", "database", self._chance.uniform(0.5, 4.0), make_room)

    async def _leave_half_written(self) -> Fault | None:
        """What processes leave that are killed while they write."""
        folder = self._deployment.files
        for number in range(3):
            name = f"{self._chance.randrange(2, 60_000)}-{secrets.token_hex(16)}"
            with suppress(OSError):  # there is no room at the moment
                (folder / "tmp" / name).write_bytes(self._chance.randbytes(1 << (4 * number)))
        return Fault("half-written files", "disk", 0.0, _nothing)

    async def _turn_clock(self) -> Fault | None:
        """A step that matures nothing: what is held is held for two days."""
        node = self._node()
        if node is None:
            return None
        node.clock.set(self._chance.choice(("+20min", "-20min", "+3h", "-3h", "+90s", "-2s")))

        async def turn_back() -> None:
            node.clock.set("+0s")

        return Fault("clock step", node.name, self._chance.uniform(0.5, 4.0), turn_back)


def _fill(disk: Path) -> Path:
    """Leave no room on a disk; the file to remove for some."""
    ballast = disk / "ballast"
    with suppress(OSError), ballast.open("wb", buffering=0) as filling:
        for size in (1 << 20, 1 << 12):
            with suppress(OSError):
                while True:
                    filling.write(bytes(size))
    return ballast


async def _nothing() -> None:
    """There is nothing to make good."""


def _waker(pid: int) -> Undo:
    async def wake() -> None:
        _send(pid, signal.SIGCONT)

    return wake


def _send(pid: int, number: signal.Signals) -> bool:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    return True
