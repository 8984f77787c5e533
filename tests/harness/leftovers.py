"""What a test process makes once and uses to its end: a database, a folder to copy. Nothing of it stays behind."""

from __future__ import annotations

import atexit
from collections.abc import Callable

_ends: list[Callable[[], object]] = []


def at_the_end(end: Callable[[], object]) -> None:
    """Have something ended with the tests of this process, the newest first."""
    _ends.append(end)


@atexit.register
def end_all() -> None:
    """End everything. Workers of pytest-xdist never come to the interpreter's own exit, so pytest calls this, too."""
    while _ends:
        _ends.pop()()
