"""How a typed name came out of another: which single slip of the finger lies between them."""

from __future__ import annotations

import msgspec

FARTHEST = 5
"""Places over which a character is still taken to be moved."""
_ROWS = ("1234567890-", "qwertyuiop", "asdfghjkl", "zxcvbnm")


def _neighbours() -> dict[str, str]:
    near: dict[str, str] = {}
    for number, row in enumerate(_ROWS):
        above, below = _ROWS[number - 1] if number else "", _ROWS[number + 1] if number + 1 < len(_ROWS) else ""
        for place, key in enumerate(row):
            beside = row[max(place - 1, 0) : place + 2]
            near[key] = (beside + above[place : place + 2] + below[max(place - 1, 0) : place + 1]).replace(key, "")
    return near


ADJACENT = _neighbours()
"""Keys beside each key of a QWERTY keyboard."""


class Slip(msgspec.Struct, frozen=True):
    """One slip.

    Attributes:
        kind: `swapped`, `moved`, `doubled`, `inserted`, `omitted`, `undoubled` or `replaced`.
        place: where in the typed text.
        typed: the characters typed, empty where one is left out.
        meant: those that stand there in the target.
    """

    kind: str
    place: int
    typed: str
    meant: str

    @property
    def traits(self) -> tuple[str, ...]:
        """What makes the slip more or less likely to be one."""
        found = [self.kind]
        if any(char.isdigit() for char in self.typed + self.meant):
            found.append("digit")
        elif self.kind == "replaced" and self.typed in ADJACENT.get(self.meant, ""):
            found.append("adjacent")
        return tuple(found)


def slip(typed: str, target: str) -> Slip | None:
    """The one slip that makes the typed text of the target; None if they are equal or it takes more.

    Args:
        typed: a skeleton.
        target: a skeleton.
    """
    start = _shared(typed, target)
    rest, meant = typed[start:], target[start:]
    end = _shared(rest[::-1], meant[::-1])
    wrong, right = rest[: len(rest) - end], meant[: len(meant) - end]
    kind = _kind(wrong, right, typed[start - 1 : start], rest[len(wrong) : len(wrong) + 1])
    return Slip(kind, start, wrong, right) if kind else None


def _kind(wrong: str, right: str, before: str, after: str) -> str:
    sizes = (len(wrong), len(right))
    if sizes == (1, 0):
        return "doubled" if wrong in (before, after) else "inserted"
    if sizes == (0, 1):
        return "undoubled" if right in (before, after) else "omitted"
    if sizes == (1, 1):
        return "replaced"
    if sizes == (2, 2) and wrong == right[::-1]:
        return "swapped"
    if right and sizes[0] == sizes[1] <= FARTHEST and wrong in (right[1:] + right[0], right[-1] + right[:-1]):
        return "moved"
    return ""


def _shared(one: str, other: str) -> int:
    """Length of what both begin with."""
    length = min(len(one), len(other))
    for place in range(length):
        if one[place] != other[place]:
            return place
    return length
