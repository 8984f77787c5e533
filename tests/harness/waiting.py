"""Waiting for a state that comes by itself, in another thread or process: looked for again and again, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable

_PATIENCE = 60.0
"""Seconds: far more than anything takes on a busy machine."""


def wait_for(what: str, condition: Callable[[], object]) -> None:
    """Return as soon as the condition holds; `what` is said if it never does."""
    until = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < until, what
        time.sleep(0.02)
