"""What a detector is: one module with an id, a version, what it wants to see, and `look` or `judge`."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import ModuleType

import msgspec

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint, Finding
from pratique.scan.seen import Artefact, SeenFile

EVERYWHERE: frozenset[ExecutionPoint] = frozenset(ExecutionPoint)
UNASKED: frozenset[ExecutionPoint] = frozenset(point for point in ExecutionPoint if point.is_unasked)
RUNS: frozenset[ExecutionPoint] = UNASKED | {ExecutionPoint.RUN}


class Wants(msgspec.Struct, frozen=True):
    """Which files a detector is shown.

    Attributes:
        kinds: of files; empty for every kind.
        points: when they run.
        ecosystems: of artefacts; empty for all.
    """

    kinds: frozenset[FileKind] = frozenset()
    points: frozenset[ExecutionPoint] = EVERYWHERE
    ecosystems: frozenset[str] = frozenset()

    def admits(self, file: SeenFile, artefact: Artefact) -> bool:
        """Whether the detector is to be shown this file."""
        return (
            file.point in self.points
            and (not self.kinds or file.kind in self.kinds)
            and (not self.ecosystems or artefact.ecosystem in self.ecosystems)
        )


Look = Callable[[SeenFile, Artefact], Iterable[Finding]]
Judge = Callable[[Artefact], Iterable[Finding]]


class Detector(msgspec.Struct, frozen=True):
    """A detector module as a value.

    The contract of both functions: pure, bounded in time by the length of what they are given, and they raise for no
    content whatever. `look` is called for each file and each layer that `wants` admits; `judge` once, at the end.

    Attributes:
        id: as findings and reviewers write it.
        version: raised when the detector sees anything else than before.
        wants: which files it is shown.
        look: what it finds in one file, None if it only judges the whole.
        judge: what it finds in the artefact as a whole, None if it only looks at files.
    """

    id: str
    version: int
    wants: Wants
    look: Look | None
    judge: Judge | None


def detector_of(module: ModuleType) -> Detector:
    """Read a detector module.

    Raises:
        AttributeError: the module has no ID or VERSION, or neither `look` nor `judge`.
    """
    look, judge = getattr(module, "look", None), getattr(module, "judge", None)
    if look is None and judge is None:
        raise AttributeError(f"{module.__name__} neither looks nor judges")
    return Detector(module.ID, module.VERSION, getattr(module, "WANTS", Wants()), look, judge)
