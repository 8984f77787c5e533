"""The records that advisories were read from, whole, for whoever asks for more than policy looks at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.dialects import insert
from pratique.store.schema import advisory_record

_IDS = 500
"""Values in one IN list; databases limit the parameters of a statement."""


class StoredRecord(msgspec.Struct, frozen=True):
    """One record.

    Attributes:
        modified: by its own word; a later form replaces an earlier one.
        content: packed by the advisories room; empty where it is too long to be kept.
    """

    id: str
    modified: Instant
    content: bytes


def outdated(c: sa.Connection, modified: Mapping[str, Instant]) -> tuple[str, ...]:
    """Of the records that are offered, by id with their time of change, those that are not here in a form as late."""
    known: dict[str, int] = {}
    for ids in _parts(tuple(modified)):
        held = sa.select(advisory_record.c.id, advisory_record.c.modified).where(advisory_record.c.id.in_(ids))
        known.update({str(row.id): row.modified for row in c.execute(held)})
    return tuple(record for record, at in modified.items() if known.get(record, -1) < at)


def keep(c: sa.Connection, records: Iterable[StoredRecord]) -> None:
    """Keep these in place of whatever form is here."""
    values = [msgspec.structs.asdict(one) for one in records]
    if values:
        row = insert(c, advisory_record)
        changed = {"modified": row.excluded.modified, "content": row.excluded.content}
        c.execute(row.on_conflict_do_update(index_elements=["id"], set_=changed), values)


def contents(c: sa.Connection, ids: Sequence[str]) -> dict[str, bytes]:
    """Packed contents by id; records that are not here, or only their id, are left out."""
    found: dict[str, bytes] = {}
    for some in _parts(tuple(dict.fromkeys(ids))):
        wanted = sa.select(advisory_record.c.id, advisory_record.c.content).where(advisory_record.c.id.in_(some))
        found.update({str(row.id): row.content for row in c.execute(wanted) if row.content})
    return found


def _parts(ids: Sequence[str]) -> Iterable[Sequence[str]]:
    return (ids[start : start + _IDS] for start in range(0, len(ids), _IDS))
