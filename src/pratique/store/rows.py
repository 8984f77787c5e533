"""From rows to frozen structs, so that no Row leaves this room."""

from __future__ import annotations

from typing import TypeVar

import msgspec
import sqlalchemy as sa

S = TypeVar("S")


def one(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> S | None:
    """The only row as a struct, or None; columns go to the fields of the same name."""
    names = _names(result)
    row = result.one_or_none()
    return None if row is None else msgspec.convert(dict(zip(names, row, strict=True)), struct)


def many(result: sa.CursorResult[*tuple[object, ...]], struct: type[S]) -> tuple[S, ...]:
    """All rows as structs; columns go to the fields of the same name."""
    names = _names(result)
    return tuple(msgspec.convert(dict(zip(names, row, strict=True)), struct) for row in result)


def _names(result: sa.CursorResult[*tuple[object, ...]]) -> list[str]:
    # Column names can be a subclass of str, which msgspec does not take for a field's name.
    return [str(name) for name in result.keys()]  # noqa: SIM118  # a Result is no dict
