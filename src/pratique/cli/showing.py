"""Print answers: plain lines and tables on standard output, progress on standard error."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table
from rich.text import Text

from pratique.services.verbs.verb import Tell

_WIDE = 200
"""Columns where no terminal says how many it has: what reads a file should not meet our line breaks."""


def show_json(value: Any) -> None:
    """A value as indented JSON."""
    print(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())


def say(line: str = "") -> None:
    """One line, however long: what it holds may be searched for or copied."""
    print(line)


def say_aside(line: str) -> None:
    """One line for the person and not for a program that reads the output."""
    print(line, file=sys.stderr)


def show_table(columns: Sequence[str], rows: Sequence[Sequence[object]], nothing: str) -> None:
    """Rows under their columns, or a sentence where there are none."""
    if not rows:
        say(nothing)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else str(cell)) for cell in row))
    Console(width=None if sys.stdout.isatty() else _WIDE, highlight=False).print(table)


@contextmanager
def working() -> Iterator[Tell]:
    """Tell a person at a terminal how far long work has come; elsewhere one line each time."""
    console = Console(stderr=True, highlight=False)
    if not console.is_terminal:
        yield say_aside
        return
    with console.status("working") as status:
        yield lambda words: status.update(Text(words))


def day(time: str | None) -> str:
    """An RFC 3339 time as `2026-01-31 12:00`, in UTC; nothing for none."""
    return "" if time is None else time[:16].replace("T", " ")
