"""How scanning stands: what confines whoever looks at artefacts, how much is scanned with the present rules."""

from __future__ import annotations

import asyncio

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.scan.cage.messages import Measure
from pratique.scan.cage.probe import measures_here
from pratique.scan.detectors.versions import rules_version
from pratique.services.changes import permit_everywhere
from pratique.services.ports import Ports
from pratique.services.scanning.rescan import wanted_last
from pratique.store import scans
from pratique.store.scans import Progress, Wanted


class ShowScanner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask how scanning stands."""


class MeasureShown(msgspec.Struct, frozen=True):
    """One thing that confines whoever looks at artefacts; whether the kernel gives it, and how or why not."""

    name: str
    holds: bool
    note: str


class ScannerShown(msgspec.Struct, frozen=True):
    """How scanning stands.

    Attributes:
        running: whether a scanner runs on this node now; it is started when it is needed.
        waiting: artefacts that wait for it.
        rules: stands for all detectors and their versions.
        stored: artefacts here.
        current: of these, scanned with the present rules.
        rescan: artefacts that the last rescan was to scan and that are stored; 0 if there was none.
        rescanned: of these, done.
        measures: what confines whoever looks at artefacts.
    """

    running: bool
    waiting: int
    rules: str
    stored: int
    current: int
    rescan: int
    rescanned: int
    measures: tuple[MeasureShown, ...]


async def show_scanner(ports: Ports, request: ShowScanner, actor: Actor) -> ScannerShown:
    """Look.

    Raises:
        Forbidden, Unauthorised: only administrators may, with a token that reaches everything.
    """
    del request
    permit_everywhere(actor, Operation.EXPOSURE, ports.clock.now())
    state = await ports.scanner.state()
    measures = state.measures if state is not None and state.measures else await asyncio.to_thread(measures_here)
    every, last = await ports.db.read(_progress)
    return ScannerShown(
        running=state is not None,
        waiting=0 if state is None else state.waiting,
        rules=rules_version(),
        stored=every.stored,
        current=every.current,
        rescan=last.stored,
        rescanned=last.current,
        measures=tuple(_shown(one) for one in measures),
    )


def _progress(connection: Connection) -> tuple[Progress, Progress]:
    wanted = wanted_last(connection)
    last = Progress(0, 0) if wanted is None else scans.progress(connection, wanted)
    return scans.progress(connection, Wanted(rules_version())), last


def _shown(measure: Measure) -> MeasureShown:
    return MeasureShown(measure.name, measure.holds, measure.note)
