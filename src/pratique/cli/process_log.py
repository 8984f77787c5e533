"""Logs of the server's processes: one JSON object a line, in files that a supervisor may put aside at any time."""

from __future__ import annotations

import errno
import json
import logging
import os
import sys
import time
from collections.abc import Iterable, Mapping, MutableMapping
from contextlib import suppress
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import orjson
import structlog

_LOOK_EVERY = 1.0
_STDERR = 2


class JsonLines:
    """Appends lines to a file. Several processes share it: each line is one write to the end."""

    def __init__(self, path: Path, **always: Any) -> None:
        """Open a log.

        Args:
            path: made if it is missing, readable by its owner only.
            always: fields of every line.
        """
        self._path, self._always = path, always
        self._descriptor = -1
        self._identity = (0, 0)
        self._looked = 0.0
        self._cut_short = False
        self._open()

    def write(self, fields: Mapping[str, Any]) -> None:
        """Append one line. A log that cannot be written never stops the server: the line goes to stderr."""
        self.write_all((fields,))

    def write_all(self, lines: Iterable[Mapping[str, Any] | bytes]) -> None:
        """Append lines that were said at this moment, in one write; as `write`.

        Args:
            lines: none is without fields; one that is bytes is a JSON object with a line's end.
        """
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        begin = _as_line({"at": at, **self._always})[:-2] + b","
        text = b"".join([begin + _as_line(fields)[1:] for fields in lines])
        try:
            self._follow()
            self._append(text)
        except OSError:
            with suppress(OSError):  # that may be a file on the same full disk
                os.write(_STDERR, text)

    def _append(self, text: bytes) -> None:
        """Write it whole, or raise OSError. Of what did not fit a part may stand there; the next line begins anew."""
        whole = b"\n" + text if self._cut_short else text
        written = os.write(self._descriptor, whole)
        self._cut_short = written < len(whole)
        if self._cut_short:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def _follow(self) -> None:
        """Notice that the file was put aside, and go on in a new one."""
        now = time.monotonic()
        if now - self._looked < _LOOK_EVERY:
            return
        self._looked = now
        if _identity(self._path) != self._identity:
            self._open()

    def _open(self) -> None:
        fresh = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        self._descriptor = fresh
        self._identity = _identity(self._path)


def _as_line(fields: Mapping[str, Any] | bytes) -> bytes:
    if isinstance(fields, bytes):
        return fields
    try:
        return orjson.dumps(fields, default=str, option=orjson.OPT_APPEND_NEWLINE)
    except TypeError:  # a client's header is no text, or a number is too long
        return json.dumps(fields, default=str).encode() + b"\n"


def log_to(lines: JsonLines, level: int = logging.INFO) -> None:
    """Send this process's log events, ours and the libraries', to a file."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.stdlib.add_log_level,
            structlog.processors.format_exc_info,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=lambda *_names: _Sink(lines),
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(level=logging.WARNING, handlers=[_FromLibraries()], force=True)
    logging.captureWarnings(capture=True)


def log_to_terminal() -> None:
    """For commands: a warning is a sentence on stderr, so that what a command answers can be piped on."""
    structlog.configure(
        processors=[structlog.processors.format_exc_info, _as_sentence],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def _as_sentence(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    """`pratique: what happened (about what): why`, and below it where, if it was a mistake of ours."""
    happened, why, trace = (
        event.pop("event"),
        event.pop("error", None) or event.pop("why", None),
        event.pop("exception", ""),
    )
    about = ", ".join(str(value) for value in event.values())
    sentence = f"pratique: {happened}{f' ({about})' if about else ''}{f': {why}' if why else ''}"
    return f"{sentence}\n{trace}" if trace else sentence


class _Sink:
    """Where structlog's events end."""

    def __init__(self, lines: JsonLines) -> None:
        self._lines = lines

    def _write(self, **event: Any) -> None:
        self._lines.write(event)

    debug = info = warning = error = critical = exception = fatal = log = msg = _write


class _FromLibraries(logging.Handler):
    """Takes what libraries log by the standard way."""

    def emit(self, record: logging.LogRecord) -> None:
        fields: dict[str, Any] = {"library": record.name}
        if record.exc_info:
            fields["exc_info"] = record.exc_info
        structlog.get_logger().log(record.levelno, record.getMessage(), **fields)


def put_aside(path: Path, max_size: int, keep: int) -> bool:
    """Put a log aside that has grown too long: `web.jsonl` becomes `web.jsonl.1`, and so on; True if it did."""
    try:
        if path.stat().st_size <= max_size:
            return False
    except FileNotFoundError:
        return False
    names = [path, *(path.with_name(f"{path.name}.{number}") for number in range(1, keep + 1))]
    names[-1].unlink(missing_ok=True)
    for newer, older in reversed(list(pairwise(names))):
        if newer.exists():
            newer.rename(older)
    return True


def _identity(path: Path) -> tuple[int, int]:
    try:
        found = path.stat()
    except FileNotFoundError:
        return (0, 0)
    return (found.st_dev, found.st_ino)
