"""What the job engine has to say goes where our own messages go."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

_log = structlog.get_logger("jobs")


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
    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"engine": record.getMessage()}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        _log.log(record.levelno, "job engine", **fields)
