"""What is said between a process of the server and the scanner that all of them share."""

from __future__ import annotations

import msgspec

from pratique.scan.cage.messages import Measure
from pratique.scan.report import Report, Subject
from pratique.scan.shared.turns import Hurry

MAX_QUESTION = 1 << 16
MAX_ANSWER = 16 << 20


class Ask(msgspec.Struct, frozen=True, tag=True):
    """An artefact to be scanned; its descriptor comes along, then that of the release before, if there is one.

    Attributes:
        subject: whose it is.
        key: stands for the artefact and what it is compared with: who asks for the same waits for the same scan.
            Empty: nobody asks for the same.
        hurry: who waits for it.
        whose: turns are shared out among these.
    """

    subject: Subject
    key: str = ""
    hurry: Hurry = Hurry.NOBODY
    whose: str = ""


class AskState(msgspec.Struct, frozen=True, tag=True):
    """How the scanner is."""


class Told(msgspec.Struct, frozen=True, tag=True):
    """What a scan found."""

    report: Report


class CannotScan(msgspec.Struct, frozen=True, tag=True):
    """Why there is no report.

    Attributes:
        sentence: for whoever asked.
        is_artefacts: there is nothing in the artefact that could be scanned; else it is the scanner's fault.
    """

    sentence: str
    is_artefacts: bool = False


class State(msgspec.Struct, frozen=True, tag=True):
    """How the scanner is.

    Attributes:
        pid: of its process.
        waiting: artefacts that wait for their turn, and the one that is scanned now.
        scanned: artefacts since it was started.
        measures: what confines the process that looks at them; empty if none was needed yet.
    """

    pid: int
    waiting: int
    scanned: int
    measures: tuple[Measure, ...] = ()


Question = Ask | AskState
Answer = Told | CannotScan | State
