"""Rendered listings kept in memory while nothing that they were made of has changed."""

from __future__ import annotations

import threading
from collections import OrderedDict

import msgspec

from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered


class View(msgspec.Struct, frozen=True):
    """One rendered listing.

    Attributes:
        revision: of the project, read before anything it was made of.
        document: sha256 of the upstream's document, empty for own projects.
        valid_until: the next instant at which a decision in it can change; None: never.
        etag: strong, quoted.
    """

    rendered: Rendered
    revision: int
    document: str
    valid_until: Instant | None
    etag: str

    def holds(self, revision: int, document: str, now: Instant) -> bool:
        """Whether it still says the truth."""
        return self.revision == revision and self.document == document and self.is_in_time(now)

    def is_in_time(self, now: Instant) -> bool:
        """Whether no decision in it has changed by time alone."""
        return self.valid_until is None or now < self.valid_until


class ViewCache:
    """The most recently used views, bounded by the bytes of their bodies."""

    def __init__(self, max_bytes: int = 64 << 20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._views: OrderedDict[str, View] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> View | None:
        """The view kept under a key, valid or not."""
        with self._lock:
            view = self._views.get(key)
            if view is not None:
                self._views.move_to_end(key)
            return view

    def put(self, key: str, view: View) -> None:
        """Keep a view; the least recently used ones go."""
        with self._lock:
            before = self._views.pop(key, None)
            if before is not None:
                self._bytes -= len(before.rendered.body)
            self._views[key] = view
            self._bytes += len(view.rendered.body)
            while self._bytes > self._max_bytes and self._views:
                _, gone = self._views.popitem(last=False)
                self._bytes -= len(gone.rendered.body)
