"""The end of those who have something to scan: finds the node's scanner, starts one if there is none, and asks.

Blocking; each call on a thread of its own.
"""

from __future__ import annotations

import os
import socket
import subprocess
import threading
import time
from collections.abc import Sequence
from contextlib import suppress

import msgspec

from pratique.core.errors import Invalid, Unavailable
from pratique.processes.frames import Ended, Silent, read_frame
from pratique.scan.report import Report
from pratique.scan.shared.meeting import MeetingPoint
from pratique.scan.shared.messages import MAX_ANSWER, Answer, Ask, AskState, CannotScan, Question, State, Told

TRIES = 3
"""A scanner may end for want of work at the moment in which it is asked."""

STARTED_WITHIN = 120.0
_LOOK_EVERY = 0.02
_PASSED_ON = frozenset({"LANG", "LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH"})

_answers = msgspec.msgpack.Decoder(Answer)


class Guest:
    """One process's way to the scanner. Safe from several threads."""

    def __init__(self, point: MeetingPoint, command: Sequence[str], patience: float) -> None:
        """Prepare; nothing is started.

        Args:
            point: where to meet it.
            command: starts one, with the folder as its last argument.
            patience: seconds until an answer must be there, others' turns before it included.
        """
        self._point, self._command, self._patience = point, (*command, str(point.folder)), patience
        self._lock = threading.Lock()
        self._started: subprocess.Popen[bytes] | None = None
        self._stays: socket.socket | None = None
        self._asking: set[socket.socket] = set()
        self._is_closed = False

    def scan(self, ask: Ask, descriptors: Sequence[int]) -> Report:
        """Have an artefact scanned.

        Raises:
            Invalid: there is nothing in it to scan.
            Unavailable: there is no scanner, or it does not answer.
        """
        answer = self._asked(ask, descriptors)
        if isinstance(answer, Told):
            return answer.report
        if isinstance(answer, CannotScan) and answer.is_artefacts:
            raise Invalid(answer.sentence)
        why = answer.sentence if isinstance(answer, CannotScan) else "the scanner answered something else"
        raise Unavailable(why, retry_after=10)

    def state(self) -> State | None:
        """How the scanner is; None if there is none, as nothing was to be scanned of late."""
        try:
            with self._point.connect() as link:
                answer = self._exchange(link, AskState(), ())
        except (OSError, Ended, Silent, msgspec.MsgspecError):
            return None
        return answer if isinstance(answer, State) else None

    def close(self) -> None:
        """Go away; whoever still waits is told so. Safe to call twice."""
        self._is_closed = True
        with self._lock:
            links = [*self._asking, *([self._stays] if self._stays is not None else [])]
            self._stays = None
        for link in links:
            with suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
            if link not in self._asking:
                link.close()

    def _asked(self, ask: Ask, descriptors: Sequence[int]) -> Answer:
        for _ in range(TRIES):
            with self._connected() as link:
                try:
                    return self._exchange(link, ask, descriptors)
                except Silent:
                    raise Unavailable("the scanner has too much to do", retry_after=30) from None
                except (OSError, Ended, msgspec.MsgspecError):
                    continue
                finally:
                    with self._lock:
                        self._asking.discard(link)
        raise Unavailable("the scanner ends before it answers", retry_after=10)

    def _exchange(self, link: socket.socket, question: Question, descriptors: Sequence[int]) -> Answer:
        socket.send_fds(link, [msgspec.msgpack.encode(question)], list(descriptors))
        found: Answer = _answers.decode(read_frame(link.fileno(), self._patience, MAX_ANSWER))
        return found

    def _connected(self) -> socket.socket:
        """A connection for one question; another one stays, so that the scanner knows that somebody may ask again."""
        with self._lock:
            link = self._found_or_started()
            try:
                if self._stays is None or _has_ended(self._stays):
                    self._stays = self._point.connect()
            except OSError:
                self._stays = None
            self._asking.add(link)
            return link

    def _found_or_started(self) -> socket.socket:
        end = time.monotonic() + STARTED_WITHIN
        while not self._is_closed:
            with suppress(OSError):
                return self._point.connect()
            if time.monotonic() > end:
                raise Unavailable("the scanner cannot be started; the log of the server tells why", retry_after=30)
            if self._started is None or self._started.poll() is not None:
                self._start()
            time.sleep(_LOOK_EVERY)
        raise Unavailable("the server is being stopped; try again")

    def _start(self) -> None:
        """One that finds another there ends at once. In a session of its own: Ctrl-C is not for it."""
        try:
            self._started = subprocess.Popen(  # noqa: S603 (the command is ours)
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                start_new_session=True,
                env={name: value for name, value in os.environ.items() if name in _PASSED_ON},
            )
        except OSError as error:
            raise Unavailable(f"the scanner cannot be started: {error.strerror}", retry_after=30) from error
        # It may outlive this process's need of it; whenever it ends, it is not left behind.
        threading.Thread(target=self._started.wait, name="scanner ends", daemon=True).start()


def _has_ended(link: socket.socket) -> bool:
    """Nothing is ever said on it, so whatever can be read is its end."""
    try:
        link.recv(1, socket.MSG_DONTWAIT)
    except BlockingIOError:
        return False
    except OSError:
        pass
    link.close()
    return True
