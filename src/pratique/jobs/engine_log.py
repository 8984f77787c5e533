"""What the job engine has to say goes where our own messages go."""

from __future__ import annotations

import logging
from typing import Any

import structlog

_log = structlog.get_logger("jobs")


def quieten() -> None:
    """Send the engine's own messages where ours go, from warnings up, and nothing to the terminal."""
    logger = logging.getLogger("dbos")
    if not any(isinstance(handler, _ToOurLog) for handler in logger.handlers):
        logger.handlers[:] = [_ToOurLog()]
    logger.propagate = False


class _ToOurLog(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"engine": record.getMessage()}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        _log.log(record.levelno, "job engine", **fields)
