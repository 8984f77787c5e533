"""What is known of each ecosystem's names, for one process: made when it is first asked for, and small.

The popular ones are in memory; all others, those seen and published here and those of imported lists, are in the
database (`store.name_forms`), where every process finds a new one at once.
"""

from __future__ import annotations

import asyncio
import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

from sqlalchemy import Connection

from pratique.core.likeness import Likeness
from pratique.core.names import ProjectKey
from pratique.naming.check import At, Verdict, check
from pratique.naming.corpus import Known, shipped_others
from pratique.naming.ranked import with_shipped
from pratique.naming.snapshot import Snapshot, build_shipped, build_small
from pratique.naming.spelling import SPELLINGS
from pratique.store import ranked_names
from pratique.store.database import Database

P = ParamSpec("P")
T = TypeVar("T")

_REMEMBERED = 4_096
"""Answers about young names that are kept; their listings are made again whenever something changes."""


class Corpora:
    """The snapshots of one process, and a thread on which names are checked."""

    def __init__(self, db: Database) -> None:
        self._db, self._lock = db, threading.Lock()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="names")
        self._kept: dict[str, tuple[int, Snapshot]] = {}
        self._answers: dict[tuple[ProjectKey, int], Likeness | None] = {}

    async def run(self, work: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """Do a piece of work on the thread for it."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, partial(work, *arguments, **named))

    def snapshot(self, ecosystem: str) -> Snapshot:
        """What is known of an ecosystem's names, as of the last import. Not for the event loop."""
        return self._snapshot(ecosystem, self._db.read_now(_imports, ecosystem))

    def likeness(self, key: ProjectKey) -> Likeness | None:
        """The far more popular names that this one could be taken for by who installs it. Not for the event loop."""
        if key.ecosystem not in SPELLINGS:
            return None
        number = self._db.read_now(_imports, key.ecosystem)
        try:
            return self._answers[key, number]
        except KeyError:
            pass
        if len(self._answers) >= _REMEMBERED:
            self._answers.clear()  # others may do so at any moment: what is found here is not read from there again
        found = as_likeness(check(self._snapshot(key.ecosystem, number), key.name, At.INSTALL))
        self._answers[key, number] = found
        return found

    def _snapshot(self, ecosystem: str, number: int) -> Snapshot:
        with self._lock:
            kept = self._kept.get(ecosystem)
            if kept is None or kept[0] != number:
                ranked = self._db.read_now(ranked_names.all_of, ecosystem) if number else ()
                kept = self._kept[ecosystem] = (number, _imported(ecosystem, ranked) if ranked else _shipped(ecosystem))
            return kept[1]

    def close(self) -> None:
        """Let what runs end, and take no more."""
        self._thread.shutdown(wait=True)


def as_likeness(verdict: Verdict) -> Likeness | None:
    """A verdict as what a person has to look at; None where nobody has to."""
    if not verdict.waits:
        return None
    return Likeness(verdict.verdict.value, verdict.kind, round(verdict.score * 1_000), verdict.targets, verdict.why)


@functools.cache
def _shipped(ecosystem: str) -> Snapshot:
    return build_shipped(ecosystem)


def _imported(ecosystem: str, ranked: tuple[ranked_names.Ranked, ...]) -> Snapshot:
    popular = with_shipped(ecosystem, [Known(one.name, one.downloads) for one in ranked])
    return build_small(ecosystem, popular, shipped_others(ecosystem))


def _imports(connection: Connection, ecosystem: str) -> int:
    last = ranked_names.last_import(connection, ecosystem)
    return 0 if last is None else last.number
