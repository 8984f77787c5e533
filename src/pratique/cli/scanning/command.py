"""`pratique scan`: what a package would do to whoever installs it. Of files it asks no network and writes nothing."""

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
_RELEASE = "pkg:"


def scan(
    *targets: Annotated[str, Parameter(allow_leading_hyphen=True)],
    as_: Annotated[str | None, Parameter(name="--as")] = None,
    previous: Path | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative=())] = False,
    sarif: Annotated[bool, Parameter(name="--sarif", negative=())] = False,
    verbose: Annotated[bool, Parameter(name="--verbose", negative=())] = False,
    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER")] = None,
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN")] = None,
    data: Path | None = None,
    ca: Annotated[Path | None, Parameter(env_var="PRATIQUE_CA")] = None,
) -> int:
    """Look for malware in packages; exit code 0: clear, 1: a person should look, 2: keep it away, 3: could not scan.

    Args:
        targets: files, or folders with artefacts or with one unpacked package; `-` for one artefact from standard
            input, which is never written to disk. A release as pkg:npm/left-pad@1.3.0 is scanned by the server, which
            fetches it if it is not stored there.
        as_: whose artefact it is, ECOSYSTEM:NAME@VERSION, where neither its name nor its content tells.
        previous: the release before: what is new in this one is the best sign of one that was taken over.
        as_json: one JSON object a line.
        sarif: SARIF 2.1.0, one document for all.
        verbose: also what changes nothing, and what confines the process that looks.
        server: for releases: ask the server with this URL instead of the one of the data folder.
        token: token for that server; better set PRATIQUE_TOKEN, where other users cannot see it.
        data: for releases: the data folder; $PRATIQUE_DATA, else `pratique` in your user data folder.
        ca: file (PEM) of the private authority that certifies that server.
    """
    try:
        if as_json and sarif:
            raise Invalid("--json and --sarif are two forms of the same; choose one")
        form = Form.JSON if as_json else Form.SARIF if sarif else Form.LINES
        asked = _Asked(*_whose(targets, as_, previous), form, verbose, _There(server, token, data, ca))
        return _scan(asked)
    except PratiqueError as error:
        say_aside(f"pratique: {error}")
        return COULD_NOT_SCAN


class Form(StrEnum):
    """How reports are told."""

    LINES = "lines"
    JSON = "json"
    SARIF = "sarif"


class _There(NamedTuple):
    server: str | None
    token: str | None
    data: Path | None
    ca: Path | None


class _Asked(NamedTuple):
    places: list[str]
    subject: Subject
    previous: Path | None
    form: Form
    verbose: bool
    there: _There


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
                found = _looked_at(cage, place, asked, before)
            except PratiqueError as error:
                say_aside(f"pratique: {place}: {error}")
                worst = COULD_NOT_SCAN
                continue
            worst = max(worst, *(_CODES[one.report.verdict] for one in found))
            reports += found
            for one in found if asked.form is not Form.SARIF else ():
                _say(one, asked)
    if asked.form is Form.SARIF:
        say(json.dumps(as_sarif(reports, version("pratique"))))
    return worst


def _places(targets: tuple[str, ...]) -> list[str]:
    places: list[str] = []
    for target in targets:
        is_file = target != _STDIN and not target.startswith(_RELEASE)
        places += map(str, artefacts_in(Path(target))) if is_file else [target]
    if places.count(_STDIN) > 1:
        raise Invalid("standard input holds one artefact, and is named twice")
    return places


def _looked_at(cage: Cage, place: str, asked: _Asked, before: int | None) -> list[Scanned]:
    if not place.startswith(_RELEASE):
        return [_scanned(cage, place, asked.subject, before)]
    if asked.previous is not None:
        raise Invalid("the server compares it with the release before that it has; --previous is for files")
    # What the server's verbs are made of is loaded by those who ask it.
    from pratique.cli.asking import Where
    from pratique.cli.scanning.releases import scanned_by_server

    server, token, data, ca = asked.there
    return scanned_by_server(place, Where(server, token, data, ca=ca))


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
