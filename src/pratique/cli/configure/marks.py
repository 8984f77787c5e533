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
        more: further blocks, each with the number of lines before it.
    """

    block: tuple[str, ...]
    at: int
    aside: frozenset[int] = frozenset()
    more: tuple[tuple[int, tuple[str, ...]], ...] = ()


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


def mark(text: str, change: Change, *, new_file: bool = False, owner: str = "") -> str:
    """Make the change in a text that holds none of ours.

    Args:
        text: what to change.
        change: how.
        new_file: the text is of a file that does not exist yet.
        owner: a client that shares the file with another one, whose changes are told and taken back by themselves.
    """
    lines = _set_aside(lines_of(text), change.aside)
    made: list[str] = []
    begin = 0
    for at, block in sorted(((change.at, change.block), *change.more), key=lambda one: one[0]):
        made += lines[begin:at]
        begin = at
        unended = bool(made) and not made[-1].endswith("\n")
        if unended:
            made[-1] += "\n"
        opening = _word(OPEN, owner) + (_NO_END if unended else "") + (_NEW_FILE if new_file else "")
        made += [f"{line}\n" for line in (opening, *block, _word(CLOSE, owner))]
    return "".join([*made, *lines[begin:]])


def unmark(text: str, owner: str = "") -> Unmarked:
    """Take every change of one owner back."""
    kept: list[str] = []
    inside = was_new = was_marked = False
    opening, closing = _word(OPEN, owner), _word(CLOSE, owner)
    for line in lines_of(text):
        bare = line.rstrip("\r\n")
        if inside:
            inside = bare != closing
        elif bare == opening or bare.startswith(f"{opening} ("):
            inside = was_marked = True
            was_new = was_new or _NEW_FILE in line
            if _NO_END in line and kept:
                kept[-1] = kept[-1].removesuffix("\n")
        elif line.startswith(ASIDE) and not owner:
            was_marked = True
            kept.append(line.removeprefix(ASIDE))
        else:
            kept.append(line)
    return Unmarked("".join(kept), was_new, was_marked)


def is_marked(text: str) -> bool:
    """Whether anything of ours is in a text, whoever's it is."""
    return any(line.startswith((OPEN, ASIDE)) for line in lines_of(text))


def _word(mark_of_ours: str, owner: str) -> str:
    return f"{mark_of_ours} {owner}" if owner else mark_of_ours


def _set_aside(lines: Sequence[str], aside: Collection[int]) -> list[str]:
    return [ASIDE + line if number in aside else line for number, line in enumerate(lines)]
