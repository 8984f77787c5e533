"""Scan what is stored again: with rules that have changed since, or all of it. In jobs that follow one another."""

from __future__ import annotations

import asyncio
from itertools import pairwise
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Invalid
from pratique.core.events import Event, new_event
from pratique.scan.detectors.versions import rules_version
from pratique.services.changes import permit_everywhere
from pratique.services.ports import Enqueue, Ports
from pratique.services.purls import Named, read_purl
from pratique.services.scanning.rescan_part import RESCAN_JOB, RescanPart
from pratique.services.scanning.scan_artefact import scan_stored
from pratique.store import events, scans
from pratique.store.scans import Artefact, Wanted

RESCAN = "rescan_begun"
"""Kind of the event; its subject is `SUBJECT`, its body what is to be scanned."""

SUBJECT = "scans"

ARTEFACTS_A_JOB = 100
"""A poll of the job engine takes few jobs, so a job carries many artefacts."""

PARTS = 4
"""Rows of jobs that one rescan becomes, each about a part of all digests: so many nodes share it, and other jobs
have their turns."""

PATIENCE = 500.0
"""Seconds after which a job begins no further artefact and leaves the rest to the next."""

_log = structlog.get_logger(__name__)


class Rescan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Scan again what is stored.

    Attributes:
        purl: a project, or one release; None: everything, which has to be said.
        everything: no purl is given, and all projects are meant.
        rules: `changed`: what was not scanned with the present rules; `all`: whatever it was scanned with.
    """

    purl: str | None = None
    everything: bool = False
    rules: str = "changed"


class RescanBegun(msgspec.Struct, frozen=True):
    """What was begun: artefacts that are to be scanned, in how many rows of jobs."""

    artefacts: int
    jobs: int


async def rescan(ports: Ports, request: Rescan, actor: Actor) -> RescanBegun:
    """Begin it; it goes on by itself, also after everything was killed. `scanner` tells how far it has come.

    Raises:
        Forbidden, Unauthorised: only administrators may, with a token that reaches everything.
        Invalid, InvalidName: nothing, or both, is named; or the purl or `rules` cannot be right.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    if (request.purl is not None) == request.everything:
        raise Invalid("name a project or a release, as in pkg:npm/left-pad@1.3.0, or say that everything is meant")
    if request.rules not in ("changed", "all"):
        raise Invalid(f'rules is "changed" or "all", not "{request.rules[:40]}"')
    named = None if request.purl is None else read_purl(request.purl, ports.ecosystems)
    wanted = _wanted(named, now if request.rules == "all" else None)
    return await ports.db.write(_begin, ports.enqueue, wanted, actor, now)


def _wanted(named: Named | None, before: Instant | None) -> Wanted:
    if named is None:
        return Wanted(rules_version(), before)
    return Wanted(rules_version(), before, named.key, named.version)


def _begin(connection: Connection, enqueue: Enqueue, wanted: Wanted, actor: Actor, now: Instant) -> RescanBegun:
    found = scans.progress(connection, wanted)
    event = new_event(RESCAN, now, actor, SUBJECT, msgspec.to_builtins(wanted))
    events.append(connection, event)
    parts = _parts(event, wanted) if found.stored > found.current else []
    for part in parts:
        enqueue(connection, RESCAN_JOB, msgspec.to_builtins(part), part.job_id)
    return RescanBegun(found.stored - found.current, len(parts))


def _parts(event: Event, wanted: Wanted) -> list[RescanPart]:
    """Equal parts of all digests; what one of them names alone is one part."""
    count = PARTS if wanted.project is None else 1
    bounds = ["", *(f"{0x100 * number // count:02x}" for number in range(1, count)), ""]
    return [RescanPart(event.id, number, 0, wanted, begin, end) for number, (begin, end) in enumerate(pairwise(bounds))]


def wanted_last(connection: Connection) -> Wanted | None:
    """What the latest rescan was to scan; None if there was none."""
    last = events.latest(connection, SUBJECT, RESCAN)
    if last is None:
        return None
    body: dict[str, Any] = msgspec.json.decode(last.canonical)["body"]
    return msgspec.convert(body, Wanted)


async def rescan_part(ports: Ports, part: RescanPart, patience: float = PATIENCE) -> None:
    """Scan the next artefacts of a part, and promise the job for those behind them.

    What was scanned before its process was killed is not scanned again.

    Raises:
        Unavailable: the scanner does not work, or the database; the job is tried again.
    """
    end = asyncio.get_running_loop().time() + patience
    some = await ports.db.read(scans.due, part.wanted, part.begin, part.end, ARTEFACTS_A_JOB)
    done = ""
    for one in some:
        if one.sha256 != done and asyncio.get_running_loop().time() > end:
            break
        await scan_one(ports, one)
        done = one.sha256
    if done:
        following = msgspec.structs.replace(part, turn=part.turn + 1, begin=done)
        await ports.db.write(_promise, ports.enqueue, following)


def _promise(connection: Connection, enqueue: Enqueue, part: RescanPart) -> None:
    enqueue(connection, RESCAN_JOB, msgspec.to_builtins(part), part.job_id)


async def scan_one(ports: Ports, artefact: Artefact) -> bool:
    """Scan one of many: one whose bytes cannot be read keeps no other back. Whether it was scanned.

    Raises:
        Unavailable: the scanner does not work, or the database.
    """
    try:
        found = await scan_stored(ports, artefact)
    except (OSError, Conflict) as error:
        _log.error("a stored file could not be scanned", file=artefact.filename, why=str(error))
        return False
    return found is not None
