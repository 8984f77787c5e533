"""Detectors: none is forgotten, each keeps the contract."""

from __future__ import annotations

from pathlib import Path

from pratique.scan import detectors
from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.execution_points import ECOSYSTEMS
from pratique.scan.points import contract as points


def test_every_detector_file_is_in_the_registry() -> None:
    files = [
        path for path in Path(detectors.__file__).parent.glob("*.py") if "\nID = " in path.read_text(encoding="utf-8")
    ]

    assert len({one.id for one in DETECTORS}) == len(DETECTORS) == len(files)
    assert {one.id for one in DETECTORS} == {path.stem.replace("_", "-") for path in files}


def test_every_detector_has_a_version_and_looks_or_judges() -> None:
    assert all(one.version >= 1 and (one.look or one.judge) for one in DETECTORS)


def test_every_ecosystem_has_a_reader_of_execution_points() -> None:
    files = {path.stem for path in Path(points.__file__).parent.glob("*.py")}

    assert set(ECOSYSTEMS) <= files
