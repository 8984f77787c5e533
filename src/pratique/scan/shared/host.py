"""The scanner's end: takes artefacts from all processes of a node, has them scanned in turn in one cage.

It ends when nobody is connected any more, or when nothing was asked for a while: all its memory is given back then.
"""

from __future__ import annotations

import os
import selectors
import socket
import struct
import threading
import time
from contextlib import suppress

import msgspec

from pratique.core.errors import PratiqueError, Unavailable
from pratique.processes.frames import Ended, write_frame
from pratique.scan.cage.cage import Cage
from pratique.scan.cage.messages import Measure
from pratique.scan.shared.messages import MAX_QUESTION, Answer, Ask, AskState, CannotScan, Question, State, Told
from pratique.scan.shared.turns import Turns

_LOOK_EVERY = 0.5
_GRACE = 1.0
"""Seconds for which it stays when the last connection has ended: a process that is replaced comes back at once."""

_TAKEN_WITHIN = 10
"""Seconds within which whoever asked must take the answer."""

_questions = msgspec.msgpack.Decoder(Question)


class Work:
    """One scan and all who wait for it."""

    def __init__(self, ask: Ask, descriptors: list[int]) -> None:
        self.ask, self.descriptors = ask, descriptors
        self.waiting: list[socket.socket] = []
        self.begun = False


class Host:
    """One scanner. `serve` runs in the main thread, scans in another."""

    def __init__(self, cage: Cage, listening: socket.socket, idle: float) -> None:
        """Prepare.

        Args:
            cage: where artefacts are looked at; started when it is first needed.
            listening: where others connect.
            idle: seconds without a question after which it ends.
        """
        self._cage, self._listening, self._idle = cage, listening, idle
        self._turns: Turns[Work] = Turns()
        self._under_way: dict[str, Work] = {}
        self._lock = threading.Lock()
        self._scanned = self._left = 0
        self._measures: tuple[Measure, ...] = ()
        self._quiet_since = self._alone_since = time.monotonic()

    def serve(self) -> None:
        """Answer until nobody needs it any more."""
        scanning = threading.Thread(target=self._scan_all, name="scan", daemon=True)
        scanning.start()
        with selectors.DefaultSelector() as events:
            self._listening.settimeout(0)
            events.register(self._listening, selectors.EVENT_READ)
            while not self._may_end(len(events.get_map()) - 1):
                for key, _ in events.select(_LOOK_EVERY):
                    self._hear(events, key.fileobj)
        self._turns.end()
        scanning.join()

    def _may_end(self, connections: int) -> bool:
        now = time.monotonic()
        if self._left:
            self._quiet_since = now
        if connections or self._left:
            self._alone_since = now
        return now - self._quiet_since > self._idle or now - self._alone_since > _GRACE

    def _hear(self, events: selectors.BaseSelector, link: object) -> None:
        assert isinstance(link, socket.socket)
        if link is self._listening:
            with suppress(OSError):
                accepted, _ = self._listening.accept()
                # Whoever does not take an answer keeps no other from being answered.
                accepted.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("ll", _TAKEN_WITHIN, 0))
                events.register(accepted, selectors.EVENT_READ)
            return
        descriptors: list[int] = []
        try:
            said, descriptors, _flags, _address = socket.recv_fds(link, MAX_QUESTION, 2, socket.MSG_DONTWAIT)
            question = _questions.decode(said)
        except (OSError, msgspec.MsgspecError):  # gone, or none of ours
            events.unregister(link)
            link.close()
            _close(descriptors)
            return
        self._quiet_since = time.monotonic()
        if isinstance(question, AskState):
            _answer(link, State(os.getpid(), self._left, self._scanned, self._measures))
        elif descriptors:
            self._take(question, descriptors, link)
        else:
            _answer(link, CannotScan("no artefact came along"))

    def _take(self, ask: Ask, descriptors: list[int], link: socket.socket) -> None:
        with self._lock:
            work = self._under_way.get(ask.key) if ask.key else None
            if work is None:
                work = Work(ask, descriptors)
                self._left += 1
                if ask.key:
                    self._under_way[ask.key] = work
                self._turns.put(ask.hurry, ask.whose, work)
            else:
                _close(descriptors)
                if ask.hurry < work.ask.hurry:
                    work.ask = ask
                    self._turns.put(ask.hurry, ask.whose, work)
            work.waiting.append(link)

    def _scan_all(self) -> None:
        while (turn := self._turns.take()) is not None:
            whose, work = turn
            if work.begun:
                continue  # somebody was in a hurry, and it had its turn earlier
            work.begun = True
            began = time.monotonic()
            answer = self._scanned_in_cage(work)
            self._turns.spend(whose, time.monotonic() - began)
            _close(work.descriptors)
            with self._lock:
                if work.ask.key:
                    del self._under_way[work.ask.key]
                self._left -= 1
                self._scanned += 1
            for link in work.waiting:
                _answer(link, answer)
        self._cage.close()

    def _scanned_in_cage(self, work: Work) -> Answer:
        try:
            self._measures = self._cage.start()
            return Told(self._cage.scan(work.ask.subject, *work.descriptors))
        except Unavailable as error:
            return CannotScan(str(error))
        except PratiqueError as error:
            return CannotScan(str(error), is_artefacts=True)
        except Exception as error:  # noqa: BLE001 - whatever it was, who waits is told, and the next one has its turn
            self._cage.close()
            return CannotScan(f"the scanner failed with {type(error).__name__}")


def _answer(link: socket.socket, answer: Answer) -> None:
    with suppress(OSError, Ended):  # whoever asked may be gone
        write_frame(link.fileno(), msgspec.msgpack.encode(answer))


def _close(descriptors: list[int]) -> None:
    for descriptor in descriptors:
        os.close(descriptor)
