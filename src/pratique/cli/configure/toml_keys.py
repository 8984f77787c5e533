"""Set keys in the tables of a TOML file, line by line, so that everything else stays as it was written."""

from __future__ import annotations

import copy
import re
import tomllib
from collections.abc import Mapping, Sequence
from typing import Any

from pratique.cli.configure.marks import Change, lines_of, mark
from pratique.core.errors import Invalid

_HEADER = re.compile(r"\s*\[\s*(?P<table>[^\[\]]+?)\s*\]\s*(?:#.*)?$")
_ANY_HEADER = re.compile(r"\s*\[")
_KEY = re.compile(r"\s*[\"']?(?P<key>[\w-]+)[\"']?\s*[.=]")

Literals = Mapping[str, str]
"""Keys of a table, with their values as TOML."""


def set_keys(text: str, tables: Mapping[str, Literals], head: str) -> Change:
    """Set keys. Lines that said otherwise are set aside; a table that is there gets ours below its header.

    Args:
        text: the file.
        tables: dotted name of each table, of plain words, to what it shall hold.
        head: first line of the block.

    Raises:
        Invalid: the file is no TOML, or says one of the keys in a form that cannot be set aside.
    """
    before = check_toml(text)
    lines = lines_of(text)
    aside: set[int] = set()
    inside: list[tuple[int, tuple[str, ...]]] = []
    tail: list[str] = []
    for table, literals in tables.items():
        written = [f"{key} = {value}" for key, value in literals.items()]
        span = _span(lines, table)
        if span is None:
            tail += [f"[{table}]", *written]
        else:
            inside.append((span[0] + 1, tuple(written)))
            aside |= _lines_of_keys(lines, span[0] + 1, span[1], literals)
        aside |= _tables_below(lines, [f"{table}.{key}" for key in literals])
    blocks = [*inside, *([(len(lines), tuple(tail))] if tail else [])]
    (at, first), more = blocks[0], tuple(blocks[1:])
    change = Change((head, *first), at, frozenset(aside), more)
    _check_result(before, mark(text, change), tables)
    return change


def check_toml(text: str) -> dict[str, Any]:
    """The parsed file. Raises Invalid if it is none."""
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Invalid(f"the file is no TOML: {' '.join(str(error).split())[:200]}; mend it first") from None


def table_at(tree: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The table of a dotted name, empty where there is none."""
    found: Any = tree
    for part in name.split("."):
        found = found.get(part, {}) if isinstance(found, Mapping) else {}
    return found if isinstance(found, dict) else {}


def as_literal(value: str | Sequence[str]) -> str:
    """A text, or a list of texts, as TOML."""
    if not isinstance(value, str):
        return f"[{', '.join(as_literal(one) for one in value)}]"
    escaped = "".join(_escaped(character) for character in value)
    return f'"{escaped}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\U{ord(character):08x}"


def _span(lines: Sequence[str], table: str) -> tuple[int, int] | None:
    """The number of a table's header and of the line after its end."""
    for number, line in enumerate(lines):
        if _name(line) == table:
            end = next((n for n in range(number + 1, len(lines)) if _ANY_HEADER.match(lines[n])), len(lines))
            return number, end
    return None


def _name(line: str) -> str | None:
    header = _HEADER.match(line.rstrip("\r\n"))
    return None if header is None else ".".join(part.strip().strip("\"'") for part in header["table"].split("."))


def _lines_of_keys(lines: Sequence[str], begin: int, end: int, keys: Literals) -> set[int]:
    found: set[int] = set()
    number = begin
    while number < end:
        key = _KEY.match(lines[number])
        stop = _end_of_value(lines, number, end) if key else number + 1
        if key and key["key"] in keys:
            found |= set(range(number, stop))
        number = stop
    return found


def _end_of_value(lines: Sequence[str], begin: int, end: int) -> int:
    """The first line after a key's value, which may go over several lines."""
    for stop in range(begin + 1, end + 1):
        try:
            tomllib.loads("".join(lines[begin:stop]))
        except tomllib.TOMLDecodeError:
            continue
        return stop
    return begin + 1


def _tables_below(lines: Sequence[str], keys: Sequence[str]) -> set[int]:
    """Lines of tables that say one of the keys as `[table.key]`."""
    found: set[int] = set()
    inside = False
    for number, line in enumerate(lines):
        if _ANY_HEADER.match(line):
            name = _name(line)
            inside = name is not None and any(name == key or name.startswith(f"{key}.") for key in keys)
        if inside:
            found.add(number)
    return found


def _check_result(before: dict[str, Any], after: str, tables: Mapping[str, Literals]) -> None:
    """TOML can be written in more ways than are looked at here: what came of it is compared with what should."""
    wanted = copy.deepcopy(before)
    try:
        for table, literals in tables.items():
            inner: Any = wanted
            for part in table.split("."):
                inner = inner.setdefault(part, {})
            for key, value in literals.items():
                inner[key] = tomllib.loads(f"value = {value}")["value"]
        fine = tomllib.loads(after) == wanted
    except (tomllib.TOMLDecodeError, AttributeError, TypeError):
        fine = False
    if not fine:
        names = " and ".join(f"[{table}]" for table in tables)
        raise Invalid(f"the file is written so that it cannot be changed safely: write {names} as tables of their own")
