"""The supervisor's side of the fork server: children that have the program loaded before they begin."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import sys
from collections.abc import Sequence
from contextlib import suppress

from pratique.cli.orders import Order

ANSWER_WITHIN = 60.0
"""Seconds within which a fork server has loaded the program and split off a child, on the slowest machine."""


class ForkFailed(Exception):
    """There is no new child."""


class Child:
    """One process that was split off."""

    def __init__(self, pid: int) -> None:
        """Begin with a process that runs."""
        self.pid = pid
        self._status: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()

    async def ended(self) -> int | None:
        """Wait for its exit code, negative for a signal; None if the fork server ended before and cannot tell."""
        return await asyncio.shield(self._status)

    def end(self, code: int | None) -> None:
        """Note that it has ended, or that nobody can tell any more whether it has."""
        if not self._status.done():
            self._status.set_result(code)

    def reap(self) -> int | None:
        """Its exit code if it has ended and its end is ours to note: where this process is the first of a container."""
        with suppress(ChildProcessError):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            return os.waitstatus_to_exitcode(status) if pid else None
        return None

    def send(self, number: signal.Signals) -> None:
        """Send it a signal; nothing happens if it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)


class ForkServer:
    """One fork server and the children that it has split off."""

    def __init__(self, pid: int, link: socket.socket) -> None:
        """Take over a fork server.

        Args:
            pid: a child of this process.
            link: our end.
        """
        self.pid, self._link = pid, link
        self._children: dict[int, Child] = {}
        self._started: asyncio.Future[Child] | None = None
        self._one_at_a_time = asyncio.Lock()
        self._listening: asyncio.Task[None] | None = None
        self.is_gone = self._is_reaped = False

    def __enter__(self) -> ForkServer:
        """Itself, let go when the block ends."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Let it go; it ends by itself."""
        self._link.close()

    async def split_off(self, order: Order, descriptors: Sequence[int]) -> Child:
        """A new child. Raises ForkFailed if the fork server is gone, or has to go because it does not answer."""
        if self._listening is None:
            self._link.settimeout(0)
            self._listening = asyncio.create_task(self._listen())
        async with self._one_at_a_time:
            try:
                if self.is_gone:
                    raise ConnectionAbortedError("it has ended")
                self._started = asyncio.get_running_loop().create_future()
                socket.send_fds(self._link, [order.line()], descriptors)
                return await asyncio.wait_for(self._started, ANSWER_WITHIN)
            except (OSError, TimeoutError) as error:
                self.kill()
                raise ForkFailed(
                    f"the process that starts others failed: {error if str(error) else 'it does not answer'}"
                ) from error

    def kill(self) -> None:
        """End it at once; its children live on."""
        self.is_gone = True
        if not self._is_reaped:
            with suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    async def close(self) -> None:
        """Let it go, and see it end."""
        if self._listening is not None:
            self._listening.cancel()
        self._link.close()
        await self._reap()

    async def _listen(self) -> None:
        loop, rest = asyncio.get_running_loop(), b""
        with suppress(ConnectionError):
            while heard := await loop.sock_recv(self._link, 4_096):
                *lines, rest = (rest + heard).split(b"\n")
                for line in lines:
                    self._note(*line.decode().split())
        self.is_gone = True
        self._link.close()
        if self._started is not None and not self._started.done():
            self._started.set_exception(ConnectionAbortedError())
        for child in self._children.values():
            child.end(None)
        await self._reap()

    def _note(self, what: str, pid: str, status: str = "") -> None:
        if what == "started":
            child = self._children[int(pid)] = Child(int(pid))
            if self._started is not None and not self._started.done():
                self._started.set_result(child)
        elif (ended := self._children.pop(int(pid), None)) is not None:
            ended.end(os.waitstatus_to_exitcode(int(status)))

    async def _reap(self) -> None:
        """Take note of its end; nobody waits for one that is frozen."""
        with suppress(ChildProcessError):
            for _ in range(100):
                if os.waitpid(self.pid, os.WNOHANG)[0]:  # noqa: ASYNC222 - it does not block
                    self._is_reaped = True
                    return
                await asyncio.sleep(0.01)


def split_this_process() -> ForkServer:
    """A fork server that needs to load next to nothing, as this process has it loaded.

    To be called while this process has one thread and nothing open: all that it has open, it shares.
    """
    from pratique.cli.fork_server import serve

    ours, theirs = socket.socketpair()
    sys.stdout.flush()
    sys.stderr.flush()
    gc.freeze()  # what both have loaded they share, as long as no collector writes into it
    pid = os.fork()
    if pid == 0:
        ours.close()
        serve(theirs)
    theirs.close()
    return ForkServer(pid, ours)


def start_anew() -> ForkServer:
    """A fork server that loads the program itself: where there is none, or it was killed.

    Raises:
        ForkFailed: no process can be started right now.
    """
    ours, theirs = socket.socketpair()
    with theirs:
        theirs.set_inheritable(True)
        command = [sys.executable, "-P", "-m", "pratique.cli.fork_server", str(theirs.fileno())]
        try:
            return ForkServer(os.posix_spawn(sys.executable, command, os.environ), ours)
        except OSError as error:
            ours.close()
            raise ForkFailed(f"no process can be started: {error}") from error
