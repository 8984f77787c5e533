"""What the job engine has to say goes where our own messages go."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

_log = structlog.get_logger("jobs")

_SAME_AGAIN_AFTER = 60.0

_TOLD_AT_MOST = 100


def quieten() -> None:
    """Send the engine's own messages where ours go, from warnings up, and nothing to the terminal."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(handler, _ToOurLog) for handler in logger.handlers):
        logger.handlers[:] = [_ToOurLog()]
    logger.propagate = False


@contextmanager
def only_failures() -> Iterator[None]:
    """Hear of nothing else from it: it warns of a database that it need not see and does without."""
    logger = logging.getLogger("dbos")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


class _ToOurLog(logging.Handler):
    """Takes each message, and what says the same again once a minute: the engine tries five times a second."""

    def __init__(self) -> None:
        super().__init__()
        self._told: dict[str, float] = {}

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage()
        if record.created - self._told.get(message, -math.inf) < _SAME_AGAIN_AFTER:
            return
        if len(self._told) >= _TOLD_AT_MOST:
            self._told.clear()
        self._told[message] = record.created
        fields: dict[str, Any] = {"engine": message}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        _log.log(record.levelno, "job engine", **fields)
