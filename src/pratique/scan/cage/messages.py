"""What is said between whoever wants an artefact scanned and the caged worker. Bytes lie in descriptors beside it."""

from __future__ import annotations

import msgspec

from pratique.scan.report import Report, Subject


class Measure(msgspec.Struct, frozen=True):
    """One thing that confines the worker.

    Attributes:
        name: what it is.
        holds: whether the kernel gave it.
        note: how, or why not.
    """

    name: str
    holds: bool
    note: str = ""


class Ready(msgspec.Struct, frozen=True, tag=True):
    """A worker's first word: what confines it."""

    measures: tuple[Measure, ...]


class Task(msgspec.Struct, frozen=True):
    """One artefact to be scanned; its descriptor comes first, then that of the release before.

    Attributes:
        number: stands in the answer: one that nobody took cannot pass for another's.
        subject: whose artefact.
        size: bytes of it.
        previous_size: bytes of the release before, None if there is none.
    """

    number: int
    subject: Subject
    size: int
    previous_size: int | None = None


class Done(msgspec.Struct, frozen=True, tag=True):
    """What came of a task."""

    number: int
    report: Report


class Refused(msgspec.Struct, frozen=True, tag=True):
    """Why there is nothing to scan."""

    number: int
    sentence: str


Word = Ready | Done | Refused
"""What a worker says."""
