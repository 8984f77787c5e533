"""Detectors that keep their mistakes to themselves: one that raises is a finding, and the others go on."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable

import msgspec

from pratique.scan.detectors.contract import Detector
from pratique.scan.findings import Finding
from pratique.scan.report import unfinished
from pratique.scan.seen import Artefact, SeenFile

MOST_OF_ONE = 100
"""Findings of one detector in one file that are taken."""


def guarded(detector: Detector) -> Detector:
    """The same detector, which raises nothing and says no more than `MOST_OF_ONE` things at a time."""
    look, judge = detector.look, detector.judge

    def look_safely(file: SeenFile, artefact: Artefact) -> list[Finding]:
        assert look is not None
        return _taken(detector.id, lambda: look(file, artefact), file.path)

    def judge_safely(artefact: Artefact) -> list[Finding]:
        assert judge is not None
        return _taken(detector.id, lambda: judge(artefact), "")

    return msgspec.structs.replace(
        detector, look=None if look is None else look_safely, judge=None if judge is None else judge_safely
    )


def _taken(name: str, say: Callable[[], Iterable[Finding]], path: str) -> list[Finding]:
    try:
        return list(itertools.islice(say(), MOST_OF_ONE))
    except Exception as error:  # noqa: BLE001 - no file may keep the other detectors from looking
        return [failed(name, path, error)]


def failed(what: str, path: str, error: Exception) -> Finding:
    """The finding that something failed at a file, or at the whole where the path is empty."""
    why = f"{what} failed at this {'file' if path else 'package'}"
    return unfinished(why, path, f"{type(error).__name__}: {error}")
