"""Take in advisories: from the starter set, an OSV export on disk, or one behind a URL."""

from __future__ import annotations

import asyncio
import hashlib
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
from sqlalchemy import Connection

from pratique.advisories.import_files import read_export
from pratique.advisories.original import pack
from pratique.advisories.record import Advisory, OsvEcosystems, Rejected
from pratique.advisories.starter import starter_date, starter_records
from pratique.core.actors import Actor, Operation
from pratique.core.clock import Clock, Instant
from pratique.core.errors import Invalid
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.services.changes import permit_everywhere
from pratique.services.judging.recheck_release import enqueue_rechecks
from pratique.services.ports import Enqueue, Ports
from pratique.store import advisories, advisory_records, events, revisions
from pratique.store.advisories import StoredAdvisory
from pratique.store.advisory_records import StoredRecord
from pratique.store.database import Database

STARTER = "starter"
"""Name of the set that the package carries."""

_BATCH = 1_000
"""Rows of one transaction: a tenth of a second, where others wait five for their turn to write."""

_PAUSE = 0.12
"""Seconds between two of them: who waits for SQLite's lock looks every tenth of a second whether it is free."""

_TELL_EVERY = 2_000
_SOURCE_LENGTH = 32

Progress = Callable[[int], None]
"""Told how many records were read so far."""


class Imported(msgspec.Struct, frozen=True):
    """What one import did.

    Attributes:
        records: taken in or already known.
        changed: projects about which something new is known.
        rejected: up to twenty of the records that could not be used, with the reason.
        rejected_count: all of them.
        newest: latest change among the records: how old the data is.
        popular: popular projects newly reported as malware: they are held, and a person must look.
    """

    source: str
    records: int
    changed: int
    rejected: tuple[str, ...]
    rejected_count: int
    newest: Instant
    popular: tuple[str, ...] = ()


class Importing:
    """Counts of one import."""

    def __init__(self, source: str, progress: Progress | None, ports: Ports) -> None:
        self.source, self._progress, self._popularity = source, progress, ports.popularity
        self.ecosystems = ports.ecosystems
        self._reported: dict[ProjectKey, list[ProjectKey]] = {}
        self.records = self.rejected_count = self.newest = 0
        self.rejected: list[str] = []
        self.changed: set[ProjectKey] = set()

    def accepted(self, read: Iterable[Advisory | Rejected]) -> Iterator[Advisory]:
        """The usable records; the others are noted."""
        for one in read:
            if isinstance(one, Rejected):
                self.rejected_count += 1
                if len(self.rejected) < 20:
                    self.rejected.append(f"{one.source} {one.why}")
                continue
            self.records += 1
            self.newest = max(self.newest, one.modified)
            if self._progress is not None and self.records % _TELL_EVERY == 0:
                self._progress(self.records)
            key = ProjectKey(one.ecosystem, one.name)
            if one.malware and not one.withdrawn and (popular := self._popular_among(key)):
                self._reported[key] = popular
            yield one

    def row(self, one: Advisory) -> StoredAdvisory:
        """The record as the store keeps it."""
        return to_row(one, self.source, self.ecosystems[one.ecosystem].twin_key(one.name))

    def _popular_among(self, key: ProjectKey) -> list[ProjectKey]:
        """Of the project and its twins, which a record about it holds as well, those that are popular."""
        twins = self.ecosystems[key.ecosystem].twins(key.name) or ()
        named = (key, *(ProjectKey(key.ecosystem, twin) for twin in twins))
        return [one for one in named if self._popularity(one) is not None]

    def popular(self) -> list[ProjectKey]:
        """Popular projects about which a malware record is new: a compromise, or a feed's mistake."""
        return sorted({one for key in self._reported.keys() & self.changed for one in self._reported[key]})

    def result(self) -> Imported:
        """What it came to."""
        return Imported(
            self.source,
            self.records,
            len(self.changed),
            tuple(self.rejected),
            self.rejected_count,
            Instant(self.newest),
            tuple(key.purl() for key in self.popular()),
        )


async def import_advisories(ports: Ports, source: str, actor: Actor, progress: Progress | None = None) -> Imported:
    """Import an export: `starter`, a path to `all.zip` or a folder, or an https URL of an `all.zip`.

    Raises:
        Forbidden, StepUpNeeded: the actor may not change what policy looks at.
        Invalid, TooLarge, BadUpstream: the source cannot be used; what was read before it broke counts.
    """
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    ecosystems = osv_ecosystems(ports)
    counts = Importing(source_name(source), progress, ports)
    if "://" in source:
        with tempfile.TemporaryDirectory(prefix="pratique-advisories-") as folder:
            path = await _download(ports, source, Path(folder))
            await asyncio.to_thread(_take_in, ports.db, counts, read_export(path, ecosystems))
    elif source == STARTER:
        await asyncio.to_thread(_take_in, ports.db, counts, starter_records(ecosystems))
        counts.newest = starter_date()
    else:
        await asyncio.to_thread(_take_in, ports.db, counts, read_export(Path(source), ecosystems))
    return await asyncio.to_thread(_conclude, ports.db, ports.clock, counts, actor, ports.enqueue)


def source_name(source: str) -> str:
    """How a source is called in the table: short, stable, its own, and without what only its owner may know.

    Of a URL that is its host, the end of its path, and a hash of everything but the password. A signed query is
    never shown, and still tells two sources apart.
    """
    scheme, _, rest = source.partition("://")
    if not rest:
        return source if len(source) <= _SOURCE_LENGTH else f"{_end_of(source)} #{_short_hash(source)}"
    address = re.split("[?#]", rest, maxsplit=1)[0]
    public = address.rpartition("@")[2]
    host, _, path = public.partition("/")
    whole = f"{scheme}://{rest[len(address) - len(public) :]}"
    return f"{host}/{_end_of(path)} #{_short_hash(whole)}"


def _end_of(text: str) -> str:
    return text if len(text) <= _SOURCE_LENGTH else "..." + text[-(_SOURCE_LENGTH - 3) :]


def _short_hash(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogateescape")).hexdigest()[:8]


def osv_ecosystems(ports: Ports) -> OsvEcosystems:
    """OSV's names of the wired ecosystems."""
    return {one.osv_name: (one.id, one.canonical) for one in ports.ecosystems.values()}


def to_row(one: Advisory, source: str, twin: str) -> StoredAdvisory:
    """An advisory as the store keeps it."""
    return StoredAdvisory(
        id=one.id,
        ecosystem=one.ecosystem,
        name=one.name,
        twin=twin,
        source=source,
        malware=one.malware,
        withdrawn=one.withdrawn,
        severity=one.severity,
        summary=one.summary,
        affected=one.affected,
        published=one.published,
        modified=one.modified,
    )


def _take_in(db: Database, counts: Importing, read: Iterable[Advisory | Rejected]) -> None:
    """Write in batches, each a transaction: a broken end does not undo a good beginning, and others write between."""
    for number, batch in enumerate(advisories.in_batches(counts.accepted(read), _BATCH)):
        if number and db.sleeps_for_its_turn:
            _let_others_write()
        counts.changed |= db.write_now(_write_batch, counts.source, batch, [counts.row(one) for one in batch])


def _let_others_write() -> None:
    time.sleep(_PAUSE)


def _write_batch(
    connection: Connection, source: str, batch: list[Advisory], rows: list[StoredAdvisory]
) -> frozenset[ProjectKey]:
    changed = advisories.changed_keys(connection, rows)
    if changed:
        advisories.upsert_many(connection, source, rows)
        revisions.bump_everywhere(connection)
    originals = {one.id: one for one in batch if one.original}
    wanted = advisory_records.outdated(connection, {one.id: one.modified for one in originals.values()})
    kept = [StoredRecord(record, originals[record].modified, pack(originals[record].original)) for record in wanted]
    advisory_records.keep(connection, kept)
    return changed


def _conclude(db: Database, clock: Clock, counts: Importing, actor: Actor, enqueue: Enqueue) -> Imported:
    result = counts.result()
    if result.records == 0 and result.rejected_count:
        raise Invalid(f"no record of {counts.source} could be used; the first one: {result.rejected[0]}")
    db.write_now(_note, counts, result, actor, clock.now(), enqueue)
    return result


def _note(
    connection: Connection, counts: Importing, result: Imported, actor: Actor, now: Instant, enqueue: Enqueue
) -> None:
    advisories.note_import(connection, result.source, now, result.newest, result.records, result.rejected_count)
    body = {"records": result.records, "changed": result.changed, "rejected": result.rejected_count}
    event = new_event("advisories_imported", now, actor, result.source, body)
    events.append(connection, event)
    for key in counts.popular():
        events.append(
            connection, new_event("popular_project_reported", now, actor, key.purl(), {"source": result.source})
        )
    enqueue_rechecks(connection, counts.changed, counts.ecosystems, event.id, enqueue)


async def _download(ports: Ports, url: str, folder: Path) -> Path:
    path = folder / "all.zip"
    base = urlsplit(url)._replace(query="", fragment="").geturl()  # a signature is no part of an upstream's address
    stream = await ports.upstream.open_file(base, url)
    try:
        with path.open("wb") as out:
            async for chunk in stream.chunks():
                await asyncio.to_thread(out.write, chunk)
    finally:
        stream.close()
    return path
