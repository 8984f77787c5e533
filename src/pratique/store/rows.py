"""From rows to frozen structs, so that no Row leaves this room."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import sqlalchemy as sa

S = TypeVar("S")


def one(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> S | None:
    """The only row as a struct, or None; columns go to the fields of the same name."""
    row = result.mappings().one_or_none()
    return None if row is None else msgspec.convert(dict(row), struct)


def many(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> tuple[S, ...]:
    """All rows as structs; columns go to the fields of the same name."""
    return tuple(msgspec.convert(dict(row), struct) for row in result.mappings())
