"""How each source of advisories is doing: when it was last taken in, and whether the attempt after that failed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.clock import Instant
from pratique.core.events import new_event
from pratique.services.advisories.import_advisories import source_name
from pratique.store import advisories, events
from pratique.store.advisories import AdvisoryImport

FAILED = "advisories_failed"
"""Kind of the event; its subject is the source's name in the table."""


class Failure(msgspec.Struct, frozen=True):
    """An attempt that came to nothing, and its sentence."""

    at: Instant
    why: str


class SourceHealth(msgspec.Struct, frozen=True):
    """One source.

    Attributes:
        source: as it is called in the table.
        last: the last import that worked, None if there was none.
        failure: the latest attempt, if it came after that and failed.
    """

    source: str
    last: AdvisoryImport | None
    failure: Failure | None


def source_health(connection: Connection, sources: Iterable[str]) -> tuple[SourceHealth, ...]:
    """Every source that was ever imported, and those of the settings, as `ports.advisory_sources` has them."""
    imported = {one.source: one for one in advisories.imports(connection)}
    names = dict.fromkeys((*imported, *map(source_name, sources)))
    return tuple(
        SourceHealth(name, imported.get(name), _failure(connection, name, imported.get(name))) for name in names
    )


def failing_sources(connection: Connection, sources: Iterable[str]) -> tuple[str, ...]:
    """Those of these sources, in full, whose latest attempt failed."""
    failing = {one.source for one in source_health(connection, sources) if one.failure is not None}
    return tuple(source for source in sources if source_name(source) in failing)


def sources_without_import(connection: Connection, sources: Iterable[str], since: Instant) -> tuple[str, ...]:
    """Those of these sources, in full, that were not taken in since then."""
    taken = {one.source for one in advisories.imports(connection) if one.at >= since}
    return tuple(source for source in sources if source_name(source) not in taken)


def note_failure(connection: Connection, source: str, why: str, actor: Actor, now: Instant) -> None:
    """Record that an import failed."""
    events.append(connection, new_event(FAILED, now, actor, source_name(source), {"why": why}))


def _failure(connection: Connection, name: str, last: AdvisoryImport | None) -> Failure | None:
    for event in events.of_subject(connection, name, 1):
        if event.kind == FAILED and (last is None or event.at > last.at):
            return Failure(event.at, str(msgspec.json.decode(event.canonical)["body"]["why"]))
    return None
