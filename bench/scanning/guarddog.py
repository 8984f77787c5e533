"""GuardDog beside us: installed once into `.bench` from a hashed lock, on the same artefacts."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.serving import peers

ALARM = 5.0
"""From which of its scores on its own evaluation speaks of an alarm."""


class Judged(NamedTuple):
    """What GuardDog took for one artefact, and whether it raised an alarm; None where it gave no verdict."""

    name: str
    cpu: float
    wall: float
    alarm: bool | None


def judge(artefacts: Sequence[Path], notes: list[str]) -> list[Judged]:
    """Scan artefacts with GuardDog's command, as a user would; nothing, and a note, if it cannot be installed."""
    folder = peers.place("guarddog", notes)
    if folder is None:
        return []
    return [_judged(folder / "bin" / "guarddog", path) for path in artefacts]


def _judged(program: Path, artefact: Path) -> Judged:
    ecosystem = artefact.parent.name
    command = [program, ecosystem, "scan", artefact, "--output-format", "json"]
    used, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    environment = os.environ | {"GUARDDOG_PARALLELISM": "1"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=600, env=environment)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
    return Judged(artefact.name, cpu, time.perf_counter() - began, _alarm(done.stdout))


def _alarm(printed: str) -> bool | None:
    try:
        said = json.loads(printed)
        score = said.get("risk_score", said.get("score"))
        score = score.get("score") if isinstance(score, dict) else score
        return float(score) >= ALARM
    except (ValueError, TypeError, AttributeError):
        return None
