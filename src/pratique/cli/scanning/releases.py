"""Releases that the server scans, as they are told by `pratique scan`."""

from __future__ import annotations

import time

import msgspec

from pratique.cli.asking import Where, ask
from pratique.cli.scanning.showing import Scanned
from pratique.core.scans import Verdict
from pratique.scan.findings import Finding
from pratique.scan.report import Report, Subject
from pratique.services.installing.scan_release import FileScanned, ScanRelease
from pratique.services.purls import parse_purl
from pratique.services.verbs import table


def scanned_by_server(purl: str, where: Where) -> list[Scanned]:
    """What the server found in the files of a release.

    Raises:
        PratiqueError: it could not be scanned; the sentence says why.
    """
    read, began = parse_purl(purl), time.perf_counter()
    answer = ask(table.SCAN, ScanRelease(purl), where)
    assert answer is not None  # `where` asks for no JSON
    name = f"{read.namespace}/{read.name}" if read.namespace else read.name
    subject = Subject(read.type, name, read.version or "")
    return [Scanned(purl, _report(subject, one), time.perf_counter() - began) for one in answer.files]


def _report(subject: Subject, one: FileScanned) -> Report:
    whose = msgspec.structs.replace(subject, filename=one.filename)
    return Report(whose, Verdict(one.verdict), one.score, msgspec.convert(one.findings, tuple[Finding, ...]))
