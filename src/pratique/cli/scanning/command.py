"""`pratique scan`: what a package would do to whoever installs it. It asks no network and writes nothing."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, NamedTuple

import msgspec
from cyclopts import Parameter

from pratique.cli.scanning.artefacts import artefacts_in, opened, subject_of, taken_in
from pratique.cli.scanning.showing import Scanned, as_lines, as_object, as_sarif, measures_told
from pratique.cli.showing import say, say_aside
from pratique.core.errors import Invalid, PratiqueError
from pratique.core.scans import Verdict
from pratique.scan.cage.cage import DETECTORS, Cage
from pratique.scan.report import Subject

COULD_NOT_SCAN = 3
"""The exit code where there is no verdict; 0, 1 and 2 are verdicts."""

_CODES = {Verdict.CLEAR: 0, Verdict.REVIEW: 1, Verdict.QUARANTINE: 2}
_STDIN = "-"


def scan(
    *targets: Annotated[str, Parameter(allow_leading_hyphen=True)],
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    previous: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    sarif: Annotated[bool, Parameter(name="--sarif", negative=())] = False,
    verbose: Annotated[bool, Parameter(name="--verbose", negative=())] = False,
) -> int:
    """Look for malware in packages; exit code 0: clear, 1: a person should look, 2: keep it away, 3: could not scan.

    Args:
        targets: files, or folders with artefacts or with one unpacked package; `-` for one artefact from standard
            input, which is never written to disk.
        as_: whose artefact it is, ECOSYSTEM:NAME@VERSION, where neither its name nor its content tells.
        previous: the release before: what is new in this one is the best sign of one that was taken over.
        as_json: one JSON object a line.
        sarif: SARIF 2.1.0, one document for all.
        verbose: also what changes nothing, and what confines the process that looks.
    """
    try:
        if as_json and sarif:
            raise Invalid("--json and --sarif are two forms of the same; choose one")
        form = Form.JSON if as_json else Form.SARIF if sarif else Form.LINES
        asked = _Asked(*_whose(targets, as_, previous), form, verbose)
        return _scan(asked)
    except PratiqueError as error:
        say_aside(f"pratique: {error}")
        return COULD_NOT_SCAN


class Form(StrEnum):
    """How reports are told."""

    LINES = "lines"
    JSON = "json"
    SARIF = "sarif"


class _Asked(NamedTuple):
    places: list[str]
    subject: Subject
    previous: Path | None
    form: Form
    verbose: bool


def _whose(targets: tuple[str, ...], as_: str | None, previous: Path | None) -> tuple[list[str], Subject, Path | None]:
    if not targets:
        raise Invalid('nothing is named; write files or folders, or "-" to read an artefact from standard input')
    places = _places(targets)
    if len(places) > 1 and (as_ is not None or previous is not None):
        raise Invalid("--as and --previous are about one artefact, and several are named")
    return places, Subject() if as_ is None else subject_of(as_), previous


def _scan(asked: _Asked) -> int:
    reports: list[Scanned] = []
    worst = 0
    with Cage(DETECTORS) as cage, ExitStack() as held:
        if asked.verbose:
            for line in measures_told(cage.start()):
                say_aside(line)
        before = None if asked.previous is None else held.enter_context(opened(asked.previous))
        for place in asked.places:
            try:
                one = _scanned(cage, place, asked.subject, before)
            except PratiqueError as error:
                say_aside(f"pratique: {place}: {error}")
                worst = COULD_NOT_SCAN
                continue
            worst = max(worst, _CODES[one.report.verdict])
            if asked.form is Form.SARIF:
                reports.append(one)
            else:
                _say(one, asked)
    if asked.form is Form.SARIF:
        say(json.dumps(as_sarif(reports, version("pratique"))))
    return worst


def _places(targets: tuple[str, ...]) -> list[str]:
    places: list[str] = []
    for target in targets:
        if target.startswith("pkg:"):
            raise Invalid(
                f"{ascii(target[:80])[1:-1]}: nothing is fetched here; download its artefact, then scan the file"
            )
        places += [_STDIN] if target == _STDIN else map(str, artefacts_in(Path(target)))
    if places.count(_STDIN) > 1:
        raise Invalid("standard input holds one artefact, and is named twice")
    return places


def _scanned(cage: Cage, place: str, given: Subject, before: int | None) -> Scanned:
    subject = msgspec.structs.replace(given, filename="" if place == _STDIN else os.path.basename(place))
    with _content(place) as descriptor:
        began = time.perf_counter()
        report = cage.scan(subject, descriptor, before)
        return Scanned(place, report, time.perf_counter() - began)


@contextmanager
def _content(place: str) -> Iterator[int]:
    with taken_in(sys.stdin.buffer) if place == _STDIN else opened(Path(place)) as descriptor:
        yield descriptor


def _say(one: Scanned, asked: _Asked) -> None:
    if asked.form is Form.JSON:
        say(json.dumps(as_object(one)))
        return
    for line in as_lines(one, verbose=asked.verbose):
        say(line)
