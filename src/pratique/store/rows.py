"""From rows to frozen structs, so that no Row leaves this room."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import sqlalchemy as sa

S = TypeVar("S")


def one(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> S | None:
    """The only row as a struct, or None; columns go to the fields of the same name."""
    row = result.mappings().one_or_none()
    return None if row is None else _struct(row, struct)


def many(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> tuple[S, ...]:
    """All rows as structs; columns go to the fields of the same name."""
    return tuple(_struct(row, struct) for row in result.mappings())


def _struct(row: sa.RowMapping, struct: type[S]) -> S:
    # Column names can be a subclass of str, which msgspec does not take for a field's name.
    return msgspec.convert({str(name): value for name, value in row.items()}, struct)
