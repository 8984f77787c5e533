"""Globs over names: `*` stands for any characters, also for none, and nothing else is special."""

from __future__ import annotations

MAX_GLOBS = 100
"""Globs in one list that is gone through for every request: the names of a token, the exemptions of a rule."""


def glob_matches(glob: str, name: str) -> bool:
    """Whether the glob means the whole name; case counts.

    What stands between the stars is looked for once, from left to right: the time grows with the length of the
    name, however many stars a glob has, and nothing is compiled that a cache could forget.
    """
    head, *middle = glob.split("*")
    if not middle:
        return glob == name
    tail = middle.pop()
    if len(name) < len(head) + len(tail) or not (name.startswith(head) and name.endswith(tail)):
        return False
    place, end = len(head), len(name) - len(tail)
    for part in middle:
        found = name.find(part, place, end)
        if found < 0:
            return False
        place = found + len(part)
    return True
