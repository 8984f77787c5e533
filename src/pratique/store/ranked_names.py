"""Popular names of imported lists, which come before those that come with the package."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.store.dialects import insert
from pratique.store.rows import one
from pratique.store.schema import name_import, ranked_name


class Ranked(msgspec.Struct, frozen=True):
    """A popular name; downloads a month where they are known."""

    name: str
    downloads: int | None


class NameImport(msgspec.Struct, frozen=True):
    """What was imported of an ecosystem last.

    Attributes:
        names: in the list.
        ranked: popular ones that are kept, of that list or an earlier one.
        number: counts imports.
    """

    at: Instant
    names: int
    ranked: int
    number: int


def put_first(c: sa.Connection, ecosystem: str, names: Sequence[Ranked], most: int) -> int:
    """Keep popular names, the most popular first, before those kept of earlier lists; how many are kept now.

    Args:
        c: the transaction.
        ecosystem: of the names.
        names: of the new list.
        most: that are kept; the last of earlier lists go.
    """
    known = {one.name for one in names}
    names = [*names, *(one for one in all_of(c, ecosystem) if one.name not in known)][:most]
    c.execute(ranked_name.delete().where(ranked_name.c.ecosystem == ecosystem))
    rows = [
        {"ecosystem": ecosystem, "place": place, "name": one.name, "downloads": one.downloads}
        for place, one in enumerate(names)
    ]
    if rows:
        c.execute(ranked_name.insert(), rows)
    return len(rows)


def all_of(c: sa.Connection, ecosystem: str) -> tuple[Ranked, ...]:
    """The popular names of imported lists, the most popular first; none if none was imported."""
    wanted = sa.select(ranked_name.c.name, ranked_name.c.downloads).where(ranked_name.c.ecosystem == ecosystem)
    return tuple(Ranked(row.name, row.downloads) for row in c.execute(wanted.order_by(ranked_name.c.place)))


def last_import(c: sa.Connection, ecosystem: str) -> NameImport | None:
    """The last import of an ecosystem's names, None if there was none."""
    columns = (name_import.c.at, name_import.c.names, name_import.c.ranked, name_import.c.number)
    return one(c.execute(sa.select(*columns).where(name_import.c.ecosystem == ecosystem)), NameImport)


def note_import(c: sa.Connection, ecosystem: str, names: int, ranked: int, now: Instant) -> None:
    """Note that a list was imported."""
    row = insert(c, name_import).values(ecosystem=ecosystem, at=now, names=names, ranked=ranked, number=1)
    again = {"at": now, "names": names, "ranked": ranked, "number": name_import.c.number + 1}
    c.execute(row.on_conflict_do_update(index_elements=["ecosystem"], set_=again))
