"""One artefact in, findings out: walked, peeled, looked at where it runs, compared with the release before, scored.

A pure function of the artefact's bytes, those of the release before it, and the detectors' versions.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import replace

import msgspec

from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.scan.detectors.contract import Detector
from pratique.scan.examine import begun, judged, look_at
from pratique.scan.execution_points import ECOSYSTEMS, Plan, plan
from pratique.scan.findings import Finding
from pratique.scan.guarded import failed, guarded
from pratique.scan.known import known
from pratique.scan.limits import ScanLimits
from pratique.scan.records import MAX_DIFFERENCES, differences
from pratique.scan.report import Report, Subject, report_of, unfinished
from pratique.scan.seen import Artefact, FileDeeds, Identity, Listed, Oddity, Outline, SeenFile
from pratique.scan.stock import Piece, Stock
from pratique.scan.unseen import unread, unseen


def scan(
    subject: Subject,
    artefact: ReadAt,
    previous: ReadAt | None,
    detectors: Sequence[Detector],
    limits: ScanLimits,
    source: ReadAt | None = None,
) -> Report:
    """Look at one artefact.

    Args:
        subject: whose it is, as far as that is known.
        artefact: its bytes.
        previous: those of the release before, None if there is none or none is known.
        detectors: what looks.
        limits: how far.
        source: what it was built from (the sdist of a wheel), None if that is not at hand.

    Raises:
        Invalid: nothing tells which ecosystem it belongs to.
    """
    stock = _stock(subject, artefact, limits)
    laid = plan(stock.ecosystem, stock.paths, stock.read, stock.expect)
    said = Identity(laid.name, laid.version)
    laid = _named(laid, subject)
    stated = msgspec.structs.replace(subject, ecosystem=stock.ecosystem, name=laid.name, version=laid.version)
    begun_with = replace(
        _begun(stock, laid),
        previous=None if previous is None else outline_of(stated, previous, limits),
        asked=Identity(subject.name, subject.version),
        stated=said,
        source=None if source is None else outline_of(stated, source, limits),
    )
    _, findings = _looked_at(stock, laid, begun_with, detectors, limits)
    findings += unseen(stock.oddities, laid)
    return report_of(stated, findings, limits.max_findings, len(stock.pieces), stock.unpacked)


def outline_of(subject: Subject, artefact: ReadAt, limits: ScanLimits) -> Outline:
    """What the next release is compared with.

    Raises:
        Invalid: as `scan`.
    """
    stock = _stock(subject, artefact, limits)
    laid = _named(plan(stock.ecosystem, stock.paths, stock.read, stock.expect), subject)
    whole, _ = _looked_at(stock, laid, _begun(stock, laid), (), limits)
    return whole.outline


def _stock(subject: Subject, artefact: ReadAt, limits: ScanLimits) -> Stock:
    stock = Stock(artefact, subject.ecosystem, subject.filename, limits)
    if stock.ecosystem not in ECOSYSTEMS:
        if stock.oddities and not stock.pieces:
            raise Invalid(f"{stock.oddities[0].note}, so there is nothing to scan")
        raise Invalid("nothing in it tells which ecosystem it is of; say so, as in `--as npm:left-pad@1.3.0`")
    return stock


def _named(laid: Plan, subject: Subject) -> Plan:
    """The plan with whose it is: what the artefact states counts before what was said of it."""
    return msgspec.structs.replace(laid, name=laid.name or subject.name, version=laid.version or subject.version)


def _begun(stock: Stock, laid: Plan) -> Artefact:
    """The artefact before anything in it was looked at, and what is known beforehand."""
    listed = [
        Listed(piece.path, piece.size, piece.kind, piece.sha256, laid.point_of(piece.path)) for piece in stock.pieces
    ]
    lists = known()
    return replace(
        begun(stock.ecosystem, laid, listed),
        oddities=(*stock.oddities, *_record_differences(stock)),
        families=lists.families,
        originals=lists.originals,
        bad=lists.bad,
    )


def _looked_at(
    stock: Stock, laid: Plan, artefact: Artefact, detectors: Sequence[Detector], limits: ScanLimits
) -> tuple[Artefact, list[Finding]]:
    """The artefact with all that it does, and what detectors find in it. Uses the stock up."""
    safe = [guarded(detector) for detector in detectors]
    deeds: list[FileDeeds] = []
    findings: list[Finding] = []
    layers_left = limits.max_layers
    for piece in stock.files():
        file = _seen(piece, laid)
        findings += unread(file)
        try:
            for number, (did, found) in enumerate(look_at(file, artefact, safe)):
                deeds.append(did)
                findings += found
                layers_left -= number > 0
                if layers_left <= 0:
                    findings.append(unfinished(f"more than {limits.max_layers} layers are packed in it", file.path))
                    break
        except Exception as error:  # noqa: BLE001 - no file may keep the others from being looked at
            findings.append(failed("reading what it does", file.path, error))
    whole, found_last = judged(artefact, deeds, safe)
    return whole, [*findings, *found_last]


def _record_differences(stock: Stock) -> list[Oddity]:
    """Where a wheel is not what its RECORD says; the first of very many."""
    record = next((path for path in stock.paths if path.endswith(".dist-info/RECORD") and path.count("/") == 1), None)
    content = stock.read(record) if record is not None and stock.ecosystem == "pypi" else None
    if record is None or content is None:
        return []
    digests = {piece.path: piece.sha256 for piece in stock.pieces}
    return list(itertools.islice(differences(record, content, digests), MAX_DIFFERENCES))


def _seen(piece: Piece, laid: Plan) -> SeenFile:
    content = piece.content or b""
    point = laid.point_of(piece.path)
    kind = laid.kind_of(piece.path, piece.kind)
    return SeenFile(piece.path, kind, content, piece.size, piece.sha256, point, cut=len(content) < piece.size)
