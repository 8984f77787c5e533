"""What a job that scans again is told, and what of it follows from a release that is condemned."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.names import ProjectKey
from pratique.scan.detectors.versions import rules_version
from pratique.services.ports import Enqueue
from pratique.store import scans
from pratique.store.scans import Wanted

RESCAN_JOB = "rescan"


class RescanPart(msgspec.Struct, frozen=True):
    """Payload: one turn of one part.

    Attributes:
        rescan: id of the event that began it.
        part: which part.
        turn: counts the jobs of the part.
        wanted: which artefacts.
        begin: no digest below this, and not this one.
        end: none from here on; empty: to the last.
    """

    rescan: str
    part: int
    turn: int
    wanted: Wanted
    begin: str
    end: str

    @property
    def job_id(self) -> str:
        """The same however often it is promised."""
        return f"{self.rescan}:{self.part}:{self.turn}"


def rescan_compared(connection: Connection, enqueue: Enqueue, key: ProjectKey, sha256: str, occasion: str) -> None:
    """Scan again what was compared with an artefact that is condemned now: what both do was not new in the later one.

    Args:
        connection: the transaction that condemns it.
        enqueue: promises the job in the same transaction.
        key: its project.
        sha256: the artefact.
        occasion: the same however often it is promised.
    """
    if scans.forget_comparisons(connection, key, sha256):
        part = RescanPart(occasion, 0, 0, Wanted(rules_version(), None, key), "", "")
        enqueue(connection, RESCAN_JOB, msgspec.to_builtins(part), part.job_id)
