"""The outside of the cage: hands artefacts in, takes reports out, and replaces what breaks.

Whatever an artefact does to the worker, there is a report on it: that the scanner could not finish.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress

from pratique.core.errors import Invalid, Unavailable
from pratique.processes.frames import Ended, Silent
from pratique.scan.cage.forks import STARTED_WITHIN, CagedForks, Worker
from pratique.scan.cage.messages import Done, Measure, Ready, Refused, Task, Word
from pratique.scan.cage.setup import Setup
from pratique.scan.report import Report, Subject, report_unfinished

DETECTORS = "pratique.scan.detectors.registry:DETECTORS"
"""All detectors, by where they are."""

TRIES = 2
"""A worker that was ended from outside may have lain idle; an artefact at which two end is at fault itself."""

_FROM_OUTSIDE = frozenset((None, 0, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGHUP, -signal.SIGINT))
"""Exit codes that may have nothing to do with what the worker was looking at."""


class Cage:
    """A fork server and one worker at a time. To be used from one thread at a time."""

    def __init__(self, detectors: str = DETECTORS, setup: Setup | None = None) -> None:
        """Prepare; nothing is started.

        Args:
            detectors: what looks, by where it is.
            setup: bounds of the worker and of each scan; the usual ones if there are none.
        """
        self._detectors, self._setup = detectors, setup or Setup()
        self._forks: CagedForks | None = None
        self._worker: Worker | None = None
        self._number = 0
        self._measures: tuple[Measure, ...] = ()

    def __enter__(self) -> Cage:
        """Itself, closed when the block ends."""
        return self

    def __exit__(self, *_error: object) -> None:
        """End worker and fork server."""
        self.close()

    @property
    def worker(self) -> int | None:
        """The process that scans; None while there is none."""
        return None if self._worker is None else self._worker.pid

    def start(self) -> tuple[Measure, ...]:
        """Have a worker ready, and say what the kernel confines it by.

        Raises:
            Unavailable: no process can be started.
        """
        self._ready()
        return self._measures

    def scan(self, subject: Subject, artefact: int, previous: int | None = None) -> Report:
        """Scan one artefact.

        Args:
            subject: whose it is.
            artefact: a descriptor that can be read at any place.
            previous: the same of the release before.

        Raises:
            Invalid: there is nothing in it to scan.
            Unavailable: no process can be started.
        """
        self._number += 1
        descriptors = [one for one in (artefact, previous) if one is not None]
        task = Task(self._number, subject, *(os.fstat(one).st_size for one in descriptors))
        patience, why = self._setup.cage.patience, ""
        for _ in range(TRIES):
            worker = self._ready()
            try:
                word = worker.ask(task, descriptors, patience)
            except (Ended, OSError):
                code = self._forks.exit_code(worker) if self._forks is not None else None
                self._let_go()
                why = f"its process ended {_in_words(code)}"
                if code not in _FROM_OUTSIDE:
                    break
            except Silent:
                self._let_go()
                return report_unfinished(subject, f"it took longer than {patience} s")
            except BaseException:
                self._let_go()  # or the next one would find this one's answer
                raise
            else:
                return self._told(word, task, worker)
        return report_unfinished(subject, why)

    def _told(self, word: Word, task: Task, worker: Worker) -> Report:
        worker.scanned += 1
        answers = isinstance(word, (Done, Refused)) and word.number == task.number
        if worker.scanned >= self._setup.cage.artefacts or not answers:
            self._let_go()
        if answers and isinstance(word, Done):
            return word.report
        if answers and isinstance(word, Refused):
            raise Invalid(word.sentence)
        return report_unfinished(task.subject, "its process answered something else")

    def close(self) -> None:
        """End everything. Safe to call twice."""
        self._let_go()
        forks, self._forks = self._forks, None
        if forks is not None:
            forks.close()

    def _let_go(self) -> None:
        """End the worker; the next artefact has another."""
        worker, self._worker = self._worker, None
        if worker is not None:
            worker.kill()

    def _ready(self) -> Worker:
        if self._worker is None:
            try:
                self._worker = self._split_off()
            except (Ended, Silent, OSError):
                self.close()  # somebody may have killed the fork server: once more with a new one
                try:
                    self._worker = self._split_off()
                except (Ended, Silent, OSError) as error:
                    self.close()
                    raise Unavailable("the scanner cannot be started; what it says itself stands above") from error
        return self._worker

    def _split_off(self) -> Worker:
        if self._forks is None:
            self._forks = CagedForks(self._detectors, self._setup)
        worker = self._forks.split_off()
        with suppress(Ended, Silent):
            word = worker.hear(STARTED_WITHIN)
            if isinstance(word, Ready):
                self._measures = word.measures
                return worker
        worker.kill()
        raise Ended


def _in_words(code: int | None) -> str:
    if code is None:
        return "and nobody knows how"
    if code >= 0:
        return f"with code {code}"
    try:
        return f"by {signal.Signals(-code).name}"
    except ValueError:
        return f"by signal {-code}"
