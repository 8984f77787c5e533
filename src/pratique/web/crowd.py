"""Everybody who is connected to one process: how many may be, and how much memory those who read slowly may hold."""

from __future__ import annotations

import resource
import time
from collections import Counter

import structlog
from aiohttp import web

from pratique.trust.networks import network_of
from pratique.web.client_address import is_in
from pratique.web.limits import WebLimits
from pratique.web.once_a_minute import OnceAMinute

_log = structlog.get_logger(__name__)

_SPARE = 256
"""Descriptors for the database, upstreams, logs."""

_EACH = 2
"""Descriptors of one client: the connection, and the file that it is sent."""

_LONGEST_PIECE, _SHORTEST_PIECE = 1 << 20, 16 << 10
_HELD_BY_SLOW = 32 << 20
"""Bytes that slow readers together may keep in memory, before each gets the shortest pieces."""


class Crowd:
    """Counts connections by where they come from, and those whose client does not keep up."""

    def __init__(self, limits: WebLimits) -> None:
        self.limits = limits
        self._most = min(limits.connections or _descriptors(), _descriptors())
        self._each = limits.connections_address or self._most
        self._by_network: Counter[str] = Counter()
        self._count = 0
        self._slow = 0
        self._told = OnceAMinute(time.monotonic)

    def enter(self, address: str) -> str | None:
        """Let a connection in: whose it is, for `leave`; None if there are too many."""
        network = "" if is_in(address, self.limits.trusted_proxies) else network_of(address)
        if self._count >= self._most:
            self._turn_away("web.connections", network)
            return None
        if network and self._by_network[network] >= self._each:
            self._turn_away("web.connections_address", network)
            return None
        self._count += 1
        self._by_network[network] += 1
        return network

    def leave(self, network: str) -> None:
        """Count a connection no more."""
        self._count -= 1
        self._by_network[network] -= 1
        if not self._by_network[network]:
            del self._by_network[network]

    def fall_behind(self) -> None:
        """Somebody does not read as fast as it is sent."""
        self._slow += 1

    def catch_up(self) -> None:
        """Somebody does again, or is gone."""
        self._slow -= 1

    @property
    def piece(self) -> int:
        """Bytes that are handed to one client at a time: the more are slow, the less each of them keeps in memory."""
        if self._slow == 0:
            return _LONGEST_PIECE
        return max(_SHORTEST_PIECE, min(_LONGEST_PIECE, _HELD_BY_SLOW // self._slow))

    def note_slow_reader(self, address: str) -> None:
        """Tell the log of a client that was let go because it read too slowly."""
        times = self._told.times(("slow", network_of(address)))
        if times:
            _log.warning("who read too slowly was let go", who=network_of(address), connections=times)

    def _turn_away(self, limit: str, network: str) -> None:
        times = self._told.times((limit, network))
        if times:
            _log.warning("too many connections", limit=limit, who=network or "our proxies", turned_away=times)


CROWD: web.AppKey[Crowd] = web.AppKey("crowd", Crowd)


def _descriptors() -> int:
    soft, _hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(16, (soft - _SPARE) // _EACH)
