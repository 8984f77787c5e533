"""One artefact in, findings out: walked, peeled, looked at where it runs, compared with the release before, scored.

A pure function of the artefact's bytes, those of the release before it, and the detectors' versions.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TypeVar

import msgspec

from pratique.core.errors import Invalid
from pratique.core.ports import ReadAt
from pratique.scan.execution_points import ECOSYSTEMS, Plan, plan
from pratique.scan.findings import ExecutionPoint, Finding
from pratique.scan.kit import Kit
from pratique.scan.limits import ScanLimits
from pratique.scan.points.contract import earlier
from pratique.scan.report import Report, Subject, report_of, unfinished
from pratique.scan.seen import Artefact, FileDeeds, Listed, Outline, SeenFile
from pratique.scan.stock import Piece, Stock

MOST_OF_ONE = 100
"""Findings of one detector in one file that are taken."""

_One = TypeVar("_One")


def scan(subject: Subject, artefact: ReadAt, previous: ReadAt | None, kit: Kit, limits: ScanLimits) -> Report:
    """Look at one artefact.

    Args:
        subject: whose it is, as far as that is known.
        artefact: its bytes.
        previous: those of the release before, None if there is none or none is known.
        kit: what looks.
        limits: how far.

    Raises:
        Invalid: nothing tells which ecosystem it belongs to.
    """
    stock = _stock(subject, artefact, limits)
    laid = plan(stock.ecosystem, stock.paths, stock.read)
    stated = msgspec.structs.replace(
        subject, ecosystem=stock.ecosystem, name=laid.name or subject.name, version=laid.version or subject.version
    )
    before = None if previous is None else outline_of(stated, previous, kit, limits)
    look = _Look(kit, limits, _artefact(stock, laid, stated, before))
    for piece in stock.files():
        look.at(_seen(piece, laid))
    return report_of(stated, look.judged(), limits.max_findings, len(stock.pieces), stock.unpacked)


def outline_of(subject: Subject, artefact: ReadAt, kit: Kit, limits: ScanLimits) -> Outline:
    """What the next release is compared with.

    Raises:
        Invalid: as `scan`.
    """
    stock = _stock(subject, artefact, limits)
    laid = plan(stock.ecosystem, stock.paths, stock.read)
    look = _Look(kit._replace(detectors=()), limits, _artefact(stock, laid, subject, None))
    for piece in stock.files():
        look.at(_seen(piece, laid))
    return look.outline()


def _stock(subject: Subject, artefact: ReadAt, limits: ScanLimits) -> Stock:
    stock = Stock(artefact, subject.ecosystem, subject.filename, limits)
    if stock.ecosystem not in ECOSYSTEMS:
        if stock.oddities and not stock.pieces:
            raise Invalid(f"{stock.oddities[0].note}, so there is nothing to scan")
        raise Invalid("nothing in it tells which ecosystem it is of; say so, as in `--as npm:left-pad@1.3.0`")
    return stock


def _artefact(stock: Stock, laid: Plan, subject: Subject, before: Outline | None) -> Artefact:
    listed = tuple(
        Listed(piece.path, piece.size, piece.kind, piece.sha256, laid.point_of(piece.path)) for piece in stock.pieces
    )
    outline = Outline(subject.version, listed, laid.hooks, laid.dependencies, people=laid.people)
    names = (subject.ecosystem, subject.name, subject.version)
    return Artefact(*names, laid.manifest, outline, before, tuple(stock.oddities))


def _seen(piece: Piece, laid: Plan) -> SeenFile:
    content = piece.content or b""
    point = laid.point_of(piece.path)
    return SeenFile(piece.path, piece.kind, content, piece.size, piece.sha256, point, cut=len(content) < piece.size)


class _Look:
    """The detectors' view of one artefact, file by file, and then as a whole."""

    def __init__(self, kit: Kit, limits: ScanLimits, whole: Artefact) -> None:
        self._kit, self._whole = kit, whole
        self._layers_left = limits.max_layers
        self._deeds: list[FileDeeds] = []
        self._findings: list[Finding] = []

    def at(self, file: SeenFile) -> None:
        """Show one file and its layers to every detector that wants them."""
        self._show(file)
        for layer in self._guarded("peeling layers", lambda: self._kit.peel(file), file.path, self._layers_left):
            self._layers_left -= 1
            self._show(layer)

    def _show(self, file: SeenFile) -> None:
        for detector in self._kit.detectors:
            if detector.look is not None and detector.wants.admits(file, self._whole):
                look = functools.partial(detector.look, file, self._whole)
                self._findings += self._guarded(detector.id, look, file.path)
        self._deeds += self._guarded("listing what it does", lambda: self._deeds_of(file), file.path)

    def _deeds_of(self, file: SeenFile) -> Iterable[FileDeeds]:
        found = self._kit.deeds_of(file)
        return () if found is None else (found,)

    def outline(self) -> Outline:
        """The artefact's outline with all that its code was seen doing."""
        abilities: dict[str, ExecutionPoint] = {}
        for deeds in self._deeds:
            for ability in deeds.abilities:
                abilities[ability] = earlier(deeds.point, abilities.get(ability, ExecutionPoint.NONE))
        domains = frozenset(itertools.chain.from_iterable(deeds.domains for deeds in self._deeds))
        return msgspec.structs.replace(self._whole.outline, abilities=abilities, domains=domains)

    def judged(self) -> list[Finding]:
        """All findings, those in the artefact as a whole too. Call it once, after all files."""
        whole = replace(self._whole, outline=self.outline(), deeds=tuple(self._deeds))
        for detector in self._kit.detectors:
            if detector.judge is not None:
                self._findings += self._guarded(detector.id, functools.partial(detector.judge, whole), "")
        return self._findings

    def _guarded(self, what: str, look: Callable[[], Iterable[_One]], path: str, most: int = MOST_OF_ONE) -> list[_One]:
        """What a detector says; that it raised is a finding as well."""
        try:
            return list(itertools.islice(look(), most))
        except Exception as error:  # noqa: BLE001 - no file may keep the other detectors from looking
            why = f"{what} failed at this {'file' if path else 'package'}"
            self._findings.append(unfinished(why, path, f"{type(error).__name__}: {error}"))
            return []
