"""Rendered listings kept in memory while nothing that they were made of has changed."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict

import msgspec
from isal import igzip

from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered

COMPRESSION = 1
"""isal's fast level: a large document costs milliseconds."""

VIEW_OVERHEAD = 600
"""Bytes that a view costs in memory beside its document, with its key and its place; measured 560."""

DOCUMENT_OVERHEAD = 600
"""Bytes that a document costs beside its body: headers, name, place; measured 570 to 620."""


class Encoded(msgspec.Struct, frozen=True):
    """A rendered document as it goes over the wire.

    Attributes:
        etag: strong, quoted.
    """

    rendered: Rendered
    etag: str


def encode(rendered: Rendered, encoding: str) -> Encoded:
    """Compress once, and name the bytes by their content; a refusal goes as it is, for whoever reads it.

    Args:
        encoding: `gzip` or `identity`.
    """
    body, headers = rendered.body, dict(rendered.headers)
    if encoding == "gzip" and rendered.status == 200:
        body = igzip.compress(body, COMPRESSION, mtime=0)
        headers["Content-Encoding"] = "gzip"
    # Of what is sent, which is a tenth of large ones; so the time of packing must not be in it.
    etag = hashlib.sha256(body).hexdigest()[:32]
    sent = Rendered(body, rendered.content_type, rendered.status, rendered.reason, headers)
    return Encoded(sent, f'"{etag}-{encoding[0]}"')


class View(msgspec.Struct, frozen=True):
    """One listing, and what it was made of.

    Attributes:
        revision: of the project, read before anything it was made of.
        document: sha256 of the upstream's document, empty for own projects.
        made: when its decisions were taken; a clock that was turned back makes none of them last longer.
        valid_until: the next instant at which a decision in it can change; None: never.
    """

    encoded: Encoded
    revision: int
    document: str
    made: Instant
    valid_until: Instant | None

    @property
    def size(self) -> int:
        """Bytes of the body."""
        return len(self.encoded.rendered.body)

    def holds(self, revision: int, document: str, now: Instant) -> bool:
        """Whether it still says the truth."""
        return self.revision == revision and self.document == document and self.is_in_time(now)

    def is_in_time(self, now: Instant) -> bool:
        """Whether no decision in it has changed by time alone."""
        return self.made <= now and (self.valid_until is None or now < self.valid_until)


class _Shared:
    """A document that several views have in common, and how many do."""

    __slots__ = ("encoded", "views")

    def __init__(self, encoded: Encoded) -> None:
        self.encoded, self.views = encoded, 0


class ViewCache:
    """The most recently used views, bounded by what they take up in memory.

    Askers whom policy tells apart mostly get the same document all the same: it is kept once for all of them.
    """

    def __init__(self, max_bytes: int = 64 << 20) -> None:
        self._max_bytes = max_bytes
        self._bytes = 0
        self._views: OrderedDict[str, View] = OrderedDict()
        self._shared: dict[str, _Shared] = {}
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
            kept = self._join(view)
            before = self._views.pop(key, None)
            if before is not None:
                self._leave(before)
            self._views[key] = kept
            self._bytes += VIEW_OVERHEAD
            while self._bytes > self._max_bytes and self._views:
                _, gone = self._views.popitem(last=False)
                self._leave(gone)

    def _join(self, view: View) -> View:
        """The view, with the document that others have already if it is the same in everything."""
        shared = self._shared.setdefault(view.encoded.etag, _Shared(view.encoded))
        if shared.encoded != view.encoded:
            self._bytes += _weight(view)
            return view
        if not shared.views:
            self._bytes += _weight(view)
        shared.views += 1
        return msgspec.structs.replace(view, encoded=shared.encoded)

    def _leave(self, view: View) -> None:
        self._bytes -= VIEW_OVERHEAD
        shared = self._shared.get(view.encoded.etag)
        if shared is None or shared.encoded is not view.encoded:
            self._bytes -= _weight(view)
            return
        shared.views -= 1
        if not shared.views:
            self._bytes -= _weight(view)
            del self._shared[view.encoded.etag]


def _weight(view: View) -> int:
    """Bytes of memory of its document."""
    return DOCUMENT_OVERHEAD + view.size
