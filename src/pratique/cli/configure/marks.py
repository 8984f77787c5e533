"""Change a text so that the change can be told and taken back exactly, whatever else happens to the text."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec

OPEN = "# >>> pratique"
CLOSE = "# <<< pratique"
ASIDE = "#~pratique~ "
_NO_END = " (the line above had no end)"
_NEW_FILE = " (a new file)"


class Change(msgspec.Struct, frozen=True):
    """What to do to a text.

    Attributes:
        block: our lines, without line ends.
        at: number of lines that stand before the block.
        aside: numbers of lines that count no more; they are kept as comments.
    """

    block: tuple[str, ...]
    at: int
    aside: frozenset[int] = frozenset()


class Unmarked(msgspec.Struct, frozen=True):
    """A text as it was without us.

    Attributes:
        was_new: the file did not exist before us.
        was_marked: there was something of ours in it.
    """

    text: str
    was_new: bool
    was_marked: bool


def lines_of(text: str) -> list[str]:
    """Lines with their ends. Only LF ends a line here, so that joining gives the same text."""
    lines = text.split("\n")
    ended = [line + "\n" for line in lines[:-1]]
    return [*ended, lines[-1]] if lines[-1] else ended


def mark(text: str, change: Change, *, new_file: bool = False) -> str:
    """Make the change in a text that holds none of ours."""
    lines = lines_of(text)
    before = _set_aside(lines, change.aside)
    head, tail = before[: change.at], before[change.at :]
    unended = bool(head) and not head[-1].endswith("\n")
    if unended:
        head[-1] += "\n"
    opening = OPEN + (_NO_END if unended else "") + (_NEW_FILE if new_file else "")
    block = [f"{line}\n" for line in (opening, *change.block, CLOSE)]
    return "".join([*head, *block, *tail])


def unmark(text: str) -> Unmarked:
    """Take every change of ours back."""
    kept: list[str] = []
    inside = was_new = was_marked = False
    for line in lines_of(text):
        if inside:
            inside = line.rstrip("\r\n") != CLOSE
        elif line.startswith(OPEN):
            inside = was_marked = True
            was_new = was_new or _NEW_FILE in line
            if _NO_END in line and kept:
                kept[-1] = kept[-1].removesuffix("\n")
        elif line.startswith(ASIDE):
            was_marked = True
            kept.append(line.removeprefix(ASIDE))
        else:
            kept.append(line)
    return Unmarked("".join(kept), was_new, was_marked)


def _set_aside(lines: Sequence[str], aside: Collection[int]) -> list[str]:
    return [ASIDE + line if number in aside else line for number, line in enumerate(lines)]
