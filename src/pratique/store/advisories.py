"""Advisories by the project they name, and when each source was last imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Protocol, TypeVar

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import advisory, advisory_import

_BATCH = 2_000
_IDS = 500
_COUNTED = {"preserve_rowcount": True}
"""Many rows at once, whose number not every driver tells by itself."""


class StoredAdvisory(msgspec.Struct, frozen=True):
    """One record as far as it concerns one project.

    Attributes:
        id: of the record (`GHSA-...`, `MAL-...`).
        twin: what the name shares with its twins.
        source: the import that brought it.
        malware: the record says that the package itself is harmful.
        severity: as the advisories room words it.
        affected: JSON text of the affected ranges, read by the advisories room.
    """

    id: str
    ecosystem: str
    name: str
    twin: str
    source: str
    malware: bool
    withdrawn: bool
    severity: str
    summary: str
    affected: str
    published: Instant
    modified: Instant

    @property
    def key(self) -> ProjectKey:
        """The project it names."""
        return ProjectKey(EcosystemId(self.ecosystem), self.name)


class AdvisoryImport(msgspec.Struct, frozen=True):
    """The last import from one source.

    Attributes:
        at: when it ended.
        newest: latest modification time among its records.
        records: taken in.
        rejected: records that could not be read.
    """

    source: str
    at: Instant
    newest: Instant
    records: int
    rejected: int


def of_twin(c: sa.Connection, ecosystem: str, twin: str) -> tuple[StoredAdvisory, ...]:
    """All records that name a project or a twin of it, also withdrawn ones."""
    wanted = sa.select(advisory).where(advisory.c.ecosystem == ecosystem, advisory.c.twin == twin)
    return many(c.execute(wanted.order_by(advisory.c.id, advisory.c.name)), StoredAdvisory)


def about_names(c: sa.Connection, ecosystem: str, names: Sequence[str]) -> dict[str, tuple[StoredAdvisory, ...]]:
    """Records that name these projects of an ecosystem, by name; withdrawn ones are left out."""
    found: dict[str, tuple[StoredAdvisory, ...]] = {}
    for start in range(0, len(names), _IDS):
        wanted = sa.select(advisory).where(
            advisory.c.ecosystem == ecosystem,
            advisory.c.name.in_(names[start : start + _IDS]),
            sa.not_(advisory.c.withdrawn),
        )
        for row in many(c.execute(wanted.order_by(advisory.c.id)), StoredAdvisory):
            found[row.name] = (*found.get(row.name, ()), row)
    return found


def of_records(c: sa.Connection, records: Sequence[str]) -> dict[str, tuple[StoredAdvisory, ...]]:
    """All rows of these records by their id, also of withdrawn ones."""
    found: dict[str, tuple[StoredAdvisory, ...]] = {}
    for start in range(0, len(records), _IDS):
        wanted = sa.select(advisory).where(advisory.c.id.in_(records[start : start + _IDS]))
        for row in many(c.execute(wanted.order_by(advisory.c.ecosystem, advisory.c.name)), StoredAdvisory):
            found[row.id] = (*found.get(row.id, ()), row)
    return found


def upsert_many(c: sa.Connection, source: str, rows: Iterable[StoredAdvisory]) -> int:
    """Take records in; one that is known in a newer form stays as it is.

    All rows of a record have to come together: a project that its newer form does not name any
    more loses the old row.

    Args:
        c: a writing transaction.
        source: written into every row, whatever the row says.
        rows: in any number; they are taken in batches.

    Returns:
        How many rows were written.
    """
    row = insert(c, advisory)
    changed = {column.name: row.excluded[column.name] for column in advisory.c if not column.primary_key}
    upsert = row.on_conflict_do_update(
        index_elements=["id", "ecosystem", "name"], set_=changed, where=row.excluded.modified >= advisory.c.modified
    )
    outdated = advisory.delete().where(
        advisory.c.id == sa.bindparam("record"), advisory.c.modified < sa.bindparam("newest")
    )
    written = 0
    for batch in in_batches(rows, _BATCH):
        values = [{**msgspec.structs.asdict(one), "source": source} for one in batch]
        written += c.execute(upsert, values, execution_options=_COUNTED).rowcount
        c.execute(outdated, [{"record": record, "newest": at} for record, at in _newest_by_record(batch).items()])
    return written


def changed_keys(c: sa.Connection, rows: Iterable[StoredAdvisory]) -> frozenset[ProjectKey]:
    """Projects for which `upsert_many` of these rows would change what is known: those to decide again."""
    changed: set[ProjectKey] = set()
    for batch in in_batches(rows, _IDS):
        known = _rows_of_records(c, sorted({row.id for row in batch}))
        newest = _newest_by_record(batch)
        given = {(row.id, row.key): row for row in batch}
        for place, row in given.items():
            before = known.get(place)
            if before is None or (row.modified >= before.modified and not _same(row, before)):
                changed.add(row.key)
        changed.update(row.key for place, row in known.items() if place not in given and row.modified < newest[row.id])
    return frozenset(changed)


class OfRecord(Protocol):
    """Anything that is a part of a record."""

    @property
    def id(self) -> str:
        """Of the record."""
        ...


R = TypeVar("R", bound=OfRecord)


def in_batches(rows: Iterable[R], size: int) -> Iterator[list[R]]:
    """Lists of about this size that keep the rows of one record together, if these follow each other.

    A record written in parts would for a moment seem to have lost the projects of its other part.
    """
    batch: list[R] = []
    for row in rows:
        if len(batch) >= size and row.id != batch[-1].id:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def note_import(c: sa.Connection, source: str, at: Instant, newest: Instant, records: int, rejected: int) -> None:
    """Record that an import from a source ended."""
    changed = {"at": at, "newest": newest, "records": records, "rejected": rejected}
    row = insert(c, advisory_import).values(source=source, **changed)
    c.execute(row.on_conflict_do_update(index_elements=["source"], set_=changed))


def imports(c: sa.Connection) -> tuple[AdvisoryImport, ...]:
    """The last import of every source."""
    return many(c.execute(sa.select(advisory_import).order_by(advisory_import.c.source)), AdvisoryImport)


def knows_vulnerabilities(c: sa.Connection, ecosystem: EcosystemId) -> bool:
    """Whether any record is about more than malware: with only those, nothing found says little."""
    of_it = sa.and_(advisory.c.ecosystem == ecosystem, sa.not_(advisory.c.malware))
    return bool(c.execute(sa.select(sa.exists().where(of_it))).scalar())


def _newest_by_record(batch: Sequence[StoredAdvisory]) -> dict[str, Instant]:
    newest: dict[str, Instant] = {}
    for row in batch:
        newest[row.id] = max(row.modified, newest.get(row.id, row.modified))
    return newest


def _rows_of_records(c: sa.Connection, ids: Sequence[str]) -> dict[tuple[str, ProjectKey], StoredAdvisory]:
    found: dict[tuple[str, ProjectKey], StoredAdvisory] = {}
    for start in range(0, len(ids), _IDS):
        some = sa.select(advisory).where(advisory.c.id.in_(ids[start : start + _IDS]))
        found.update({(row.id, row.key): row for row in many(c.execute(some), StoredAdvisory)})
    return found


def _same(one: StoredAdvisory, other: StoredAdvisory) -> bool:
    """Equal in everything that a decision looks at; the source does not count."""
    return msgspec.structs.replace(one, source=other.source) == other
