"""One line for every request: who asked for what, and what became of it. Holds no secret."""

from __future__ import annotations

import asyncio
import functools
import logging
import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import unquote

import orjson
from aiohttp import web
from aiohttp.abc import AbstractAccessLogger

from pratique.core.actors import Actor
from pratique.trust.tokens import PREFIX
from pratique.web.at_once import Given
from pratique.web.client_address import client_address
from pratique.web.keys import ACTOR, DECISION

_ONE_TIME_LINK = "/admin/claim"
_TOKEN = re.compile(PREFIX + "[0-9A-Z]{8,}", re.IGNORECASE)
"""Also what is left of a token that was cut or changed on the way."""

_LONG_RUN = re.compile("[A-Za-z0-9_-]{40,}")
"""The secrets of links and sessions are 43 such characters."""

_USERINFO = re.compile(r"(?<=:)//[^/]*@|^//[^/]*:[^/]*@")
"""User and password of an absolute address, as one sends who takes the server for a proxy."""

_HIDDEN = "..."
_USUAL = 300
"""Characters of a path that is looked through once."""

_DECODED_AT_MOST = 4
_SLASHES = re.compile(r"[/\\](\.?[/\\])*")

Line = dict[str, Any]
Write = Callable[[Sequence[Line | bytes]], None]
"""Takes lines; one that is bytes is a JSON object already, with a line's end."""


class RequestLog(logging.Logger):
    """What aiohttp takes for a logger and hands on to `AccessLog`: where the lines go.

    What is answered in one turn of the event loop is written at its end, at once: under load a write costs as much
    as an answer, and whoever kills the process loses nothing but that turn.
    """

    def __init__(self, write: Write) -> None:
        super().__init__("pratique.requests")
        self._write = write
        self._waiting: list[Line | bytes] = []

    def write(self, line: Line | bytes) -> None:
        """Take a line. Call it on the event loop."""
        if not self._waiting:
            asyncio.get_running_loop().call_soon(self.flush)
        self._waiting.append(line)

    def flush(self) -> None:
        """Write what waits."""
        waiting, self._waiting = self._waiting, []
        if waiting:
            self._write(waiting)


class AccessLog(AbstractAccessLogger):
    """Writes requests as values; of the headers only who the client says it is, of the URL no query, and no secret."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one request that has been answered."""
        line = _line(
            request.method,
            request.raw_path,
            response.status,
            response.body_length,
            int(time * 1000),
            _address(request),
            request.get(ACTOR),
            request.headers.get("User-Agent"),
        )
        decision = request.get(DECISION)
        if decision is not None:
            line["decision"] = decision
        self._take(line)

    def log_at_once(self, given: Given, address: str | None, milliseconds: int) -> None:
        """Write one that never became a request of aiohttp's."""
        began, asker = _begun(given.path), _asker(address, given.actor, given.agent)
        self._take(b'%s"status":%d,"bytes":%d,"ms":%d,%s' % (began, given.status, given.size, milliseconds, asker))

    def _take(self, line: Line | bytes) -> None:
        self.logger.write(line)  # type: ignore[attr-defined]  # the only logger it is made with is a RequestLog


def _line(
    method: str,
    path: str,
    status: int,
    size: int,
    milliseconds: int,
    address: str | None,
    actor: Actor | None,
    agent: str | None,
) -> Line:
    begun = {"event": "request", "method": method, "path": loggable_path(path)}
    return {**begun, "status": status, "bytes": size, "ms": milliseconds, **_who(address, actor, agent)}


def _who(address: str | None, actor: Actor | None, agent: str | None) -> Line:
    line: Line = {"from": address}
    if actor is not None:
        line["actor"], line["token"] = f"{actor.kind.value}:{actor.name}", actor.token
    if agent:
        line["client"] = _client(agent[:_USUAL])
    return line


@functools.lru_cache(maxsize=4_096)
def _begun(path: str) -> bytes:
    """How the line of a GET begins, as it stands in the log."""
    return orjson.dumps({"event": "request", "method": "GET", "path": loggable_path(path)})[:-1] + b","


@functools.lru_cache(maxsize=4_096)
def _asker(address: str | None, actor: Actor, agent: str | None) -> bytes:
    """How the line of somebody's request ends, as it stands in the log."""
    return orjson.dumps(_who(address, actor, agent), option=orjson.OPT_APPEND_NEWLINE)[1:]


@functools.lru_cache(maxsize=1_024)
def _client(agent: str) -> str:
    return without_secrets(agent)[:200]


def _address(request: web.BaseRequest) -> str | None:
    # What is no HTTP was never routed, and so knows no application and no limits.
    if isinstance(request, web.Request) and request._match_info is not None:
        return client_address(request)
    return request.remote


def loggable_path(raw_path: str) -> str:
    """The path as it was sent, without query, and without what only one person may know."""
    return _usual_path(raw_path) if len(raw_path) <= _USUAL else _loggable_path(raw_path)


@functools.lru_cache(maxsize=4_096)
def _usual_path(raw_path: str) -> str:
    """Clients ask for the same all day, and looking for secrets costs more than the answer."""
    return _loggable_path(raw_path)


def _loggable_path(raw_path: str) -> str:
    path = _USERINFO.sub("//", raw_path.partition("?")[0])
    return f"{_ONE_TIME_LINK}/{_HIDDEN}" if _ONE_TIME_LINK in _plain(path) else without_secrets(path)[:2000]


def without_secrets(text: str) -> str:
    """The text with dots for whatever has the form of a token or of a link's secret.

    Wherever it stands: npm puts the token into the path when its user logs out, and people mistype links. Where it
    can be read only after decoding, nothing of the text is kept.
    """
    masked, layer = _masked(text), text
    for _ in range(_DECODED_AT_MOST):
        decoded = unquote(layer)
        if decoded == layer:
            return masked
        if masked != text or _masked(decoded) != decoded:
            return _HIDDEN
        layer = decoded
    return _HIDDEN  # nobody honest encodes so often


def _masked(text: str) -> str:
    return _LONG_RUN.sub(_unless_a_name, _TOKEN.sub(_HIDDEN, text))


def _unless_a_name(run: re.Match[str]) -> str:
    """Long names of packages are of one case; 43 random characters are not, once in a billion."""
    return run[0] if run[0].lower() == run[0] or run[0].upper() == run[0] else _HIDDEN


def _plain(path: str) -> str:
    """The path in its one plain spelling: a mistyped link holds its secret all the same."""
    for _ in range(_DECODED_AT_MOST):
        decoded = unquote(path)
        if decoded == path:
            break
        path = decoded
    return _SLASHES.sub("/", path).lower()
