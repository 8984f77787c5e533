"""What of an artefact nobody has looked at, although something may run it: a scan that left it out is not finished.

Whoever fills an archive until nothing more is looked at must not be told that it is clear. What lies in tests, examples
and documentation runs by itself nowhere, and honest packages keep broken archives there on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pratique.scan.execution_points import Plan
from pratique.scan.findings import ExecutionPoint, Finding
from pratique.scan.points.contract import UNREADABLE
from pratique.scan.reading.lexical import MAX_TEXT
from pratique.scan.report import unfinished
from pratique.scan.seen import Oddity, OddityKind, SeenFile

_NOT_SEEN = {
    OddityKind.BOMB: "it unpacks to more than anybody can look through",
    OddityKind.TOO_DEEP: "archives lie in archives, deeper than they are looked into",
    OddityKind.UNREADABLE: "a part of the archive cannot be read",
}


def unseen(oddities: Sequence[Oddity], plan: Plan) -> Iterator[Finding]:
    """Parts of the archive that could not be looked into, without those that nothing runs; and a manifest like that."""
    if UNREADABLE in plan.manifest:
        yield unfinished("what it says of itself, and with that what runs, cannot be read")
    for oddity in oddities:
        why = _NOT_SEEN.get(oddity.kind)
        if why is not None and (not oddity.path or plan.point_of(oddity.path) is not ExecutionPoint.NONE):
            yield unfinished(why, oddity.path, oddity.note)


def unread(file: SeenFile) -> Iterator[Finding]:
    """Code that runs unasked, or is run by what does, and is too long to be read to its end."""
    if file.kind.is_code and file.point.is_unasked and (file.cut or len(file.content) > MAX_TEXT):
        yield unfinished(f"of a file that runs unasked only the first {MAX_TEXT >> 20} MiB were read", file.path)
