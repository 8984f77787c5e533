"""A process of its own for listings of large documents, so that whoever asks for small ones does not wait.

It is started when it is first needed, ends when nothing was asked of it for a while, and is killed when it does not
answer.
"""

from __future__ import annotations

import asyncio
import math
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import IO

import msgspec
import structlog

from pratique.core.errors import BadUpstream, Unavailable
from pratique.core.limits import DatabaseLimits
from pratique.processes.frames import Ended, Silent, read_frame, write_frame
from pratique.services.installing.render_task import RenderDone, RenderTask

TRIES = 2
"""A process that has ended may have done so while it lay idle; a task that ends two is at fault itself."""

MOST_SPARED = 1_000

_PASSED_ON = frozenset({"HOME", "LANG", "LD_LIBRARY_PATH", "PATH", "TMPDIR", "TZ"})
_KINDS = ("LC_", "PG", "PYTHON", "SSL_CERT_")

_log = structlog.get_logger(__name__)


class RenderLimits(msgspec.Struct, frozen=True):
    """When the process is used, and how long it may take.

    Attributes:
        worth_from: bytes of a document from which it is rendered apart.
        patience: milliseconds until an answer must be there.
        idle: milliseconds without work after which the process ends.
        waiting: so many may wait for their turn; more than reads that are decided at once.
        spared: milliseconds for which a listing that it failed at is not tried again.
    """

    worth_from: int = 2 << 20
    patience: int = 30_000
    idle: int = 10_000
    waiting: int = 4_096
    spared: int = 120_000


class RenderSetup(msgspec.Struct, frozen=True):
    """What the process is told first. Not on its command line: the URL may hold a password."""

    database: str
    limits: DatabaseLimits


class RenderOrder(msgspec.Struct, frozen=True):
    """A task and its number, which stands in the answer: one that nobody took cannot pass for another's."""

    number: int
    task: RenderTask


class RenderAnswer(msgspec.Struct, frozen=True, tag=True):
    """What came of a task."""

    number: int
    done: RenderDone


class RenderFailure(msgspec.Struct, frozen=True, tag=True):
    """Why there is no listing.

    Attributes:
        number: of the task.
        sentence: for whoever asked.
        is_upstreams: the document itself is at fault.
        is_lasting: it would go the same way if it were tried again at once.
    """

    number: int
    sentence: str
    is_upstreams: bool = False
    is_lasting: bool = False


_answers = msgspec.msgpack.Decoder(RenderAnswer | RenderFailure)


class RenderProcess:
    """The web process's end. One for each loop."""

    def __init__(self, command: Sequence[str], setup: RenderSetup, limits: RenderLimits) -> None:
        """Prepare; nothing is started.

        Args:
            command: starts the process, which speaks as `processes.frames` does through its standard streams.
            setup: what it is told first.
            limits: its bounds.
        """
        self._command, self._setup, self._limits = tuple(command), msgspec.msgpack.encode(setup), limits
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="render")
        self._process: subprocess.Popen[bytes] | None = None
        self._waiting, self._is_closed, self._number = 0, False, 0
        self._failed: dict[str, tuple[float, str]] = {}
        self._ending: asyncio.TimerHandle | None = None

    def takes(self, size: int) -> bool:
        """Whether documents of this size are rendered apart."""
        return size >= self._limits.worth_from

    @property
    def pid(self) -> int | None:
        """Of the process; None while there is none."""
        return self._process.pid if self._process is not None else None

    async def render(self, task: RenderTask) -> RenderDone:
        """Have a listing rendered.

        Raises:
            Unavailable: too many wait, or the process failed. What it could not do is not tried in this one.
            BadUpstream: the document cannot be read or written.
        """
        loop = asyncio.get_running_loop()
        until, why = self._failed.get(task.document, (0.0, ""))
        if until > loop.time():
            raise Unavailable(why, retry_after=math.ceil(until - loop.time()))
        if self._waiting >= self._limits.waiting:
            raise Unavailable("too many large listings are being rendered; try again", retry_after=2)
        if self._ending is not None:
            self._ending.cancel()
        self._waiting += 1
        try:
            answer = await loop.run_in_executor(self._thread, self._ask, task)
        finally:
            self._waiting -= 1
            if not self._waiting and not self._is_closed:
                self._ending = loop.call_later(self._limits.idle / 1_000, self._end_idle)
        if isinstance(answer, RenderAnswer):
            return answer.done
        if answer.is_upstreams:
            raise BadUpstream(answer.sentence)
        if answer.is_lasting:
            self._spare(task.document, loop.time(), answer.sentence)
        raise Unavailable(answer.sentence, retry_after=5)

    def _spare(self, document: str, now: float, why: str) -> None:
        """Keep others from waiting for what nobody gets: there is one process for all large listings."""
        self._failed = {one: said for one, said in self._failed.items() if said[0] > now}
        if len(self._failed) < MOST_SPARED:
            self._failed[document] = (now + self._limits.spared / 1_000, why)

    async def close(self) -> None:
        """End the process; whoever still waits is told to try again. Safe to call twice."""
        if self._is_closed:
            return
        self._is_closed = True
        if self._ending is not None:
            self._ending.cancel()
        if self._process is not None:
            self._process.kill()
        await asyncio.get_running_loop().run_in_executor(self._thread, self._end)
        self._thread.shutdown(wait=False)

    def _end_idle(self) -> None:
        if not self._waiting and not self._is_closed:
            self._thread.submit(self._end)

    def _ask(self, task: RenderTask) -> RenderAnswer | RenderFailure:
        """On the one thread. A process that fails is replaced the next time."""
        self._number += 1
        number, order = self._number, RenderOrder(self._number, task)
        for _ in range(TRIES):
            if self._is_closed:
                return RenderFailure(number, "the server is being stopped; try again")
            try:
                return self._exchange(order)
            except Ended:
                _log.warning("the render process has ended", project=task.name, code=self._end())
            except Silent:
                self._end()
                _log.error("the render process does not answer; it was killed", project=task.name)
                sentence = f"rendering the listing of {task.name} took too long; try again later"
                return RenderFailure(number, sentence, is_lasting=True)
            except (OSError, msgspec.MsgspecError) as error:
                self._end()
                _log.error("the render process cannot be used", why=str(error))
                sentence = f"the listing of {task.name} cannot be rendered right now; try again later"
                return RenderFailure(number, sentence)
            except BaseException:
                self._end()  # or the next one would find this one's answer
                raise
        sentence = f"the listing of {task.name} cannot be rendered: its process ends; try again later"
        return RenderFailure(number, sentence, is_lasting=True)

    def _exchange(self, order: RenderOrder) -> RenderAnswer | RenderFailure:
        if self._process is None:
            # In a session of its own: Ctrl-C is not for it. It ends with this process, as its standard input then does.
            self._process = subprocess.Popen(  # noqa: S603 (the command is ours)
                self._command,
                bufsize=0,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                start_new_session=True,
                env=_environment(),
            )
            if self._is_closed:
                raise Ended  # it was closed before there was anything to kill
            write_frame(_descriptor(self._process.stdin), self._setup)
        write_frame(_descriptor(self._process.stdin), msgspec.msgpack.encode(order))
        answer = read_frame(_descriptor(self._process.stdout), self._limits.patience / 1_000)
        found: RenderAnswer | RenderFailure = _answers.decode(answer)
        if found.number != order.number:
            raise Ended  # it answers somebody else
        return found

    def _end(self) -> int | None:
        """End the process, if there is one; its exit code."""
        process, self._process = self._process, None
        if process is None:
            return None
        process.kill()  # it writes nothing that anybody needs
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        return process.wait()


def _environment() -> dict[str, str]:
    """What Python and the driver of the database look at; secrets of other parts are not for it."""
    return {name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith(_KINDS)}


def _descriptor(stream: IO[bytes] | None) -> int:
    if stream is None:
        raise Ended
    return stream.fileno()
