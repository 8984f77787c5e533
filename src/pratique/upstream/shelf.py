"""Where documents are kept, as the upstream room needs it; `services` wires the store's queries to it."""

from __future__ import annotations

from typing import Protocol

import msgspec

from pratique.core.clock import Instant


class DocumentHead(msgspec.Struct, frozen=True):
    """All of a stored document but its bytes.

    Attributes:
        status: 200, or 404: the upstream has nothing under this name. Then all else but `checked` is of
            the copy held before; its size is 0 if there was none.
        url: where it was fetched, the base of relative links.
        sha256: of the unpacked content.
        size: of the unpacked content.
        fetched: when these bytes arrived.
        checked: when the upstream last confirmed them, or last said that it has nothing.
    """

    status: int
    etag: str | None
    last_modified: str | None
    content_type: str
    url: str
    sha256: str
    size: int
    fetched: Instant
    checked: Instant


class DocumentShelf(Protocol):
    """Keeps the latest document of each project of each upstream."""

    async def head(self, upstream_id: int, name: str) -> DocumentHead | None:
        """What is kept, without its bytes; None if the upstream was never asked."""
        ...

    async def content(self, upstream_id: int, name: str) -> tuple[DocumentHead, bytes] | None:
        """What is kept, with its bytes unpacked."""
        ...

    async def store(self, upstream_id: int, name: str, head: DocumentHead, packed: bytes) -> None:
        """Keep a new document, its bytes as gzip, in place of what was kept."""
        ...

    async def confirm(self, upstream_id: int, name: str, checked: Instant, etag: str | None) -> None:
        """Note that the upstream says that the document kept still holds."""
        ...

    async def refuse(self, upstream_id: int, name: str) -> None:
        """Note that the upstream refuses it: what is kept answers nobody until it is confirmed or replaced."""
        ...

    async def missing(self, upstream_id: int, name: str, checked: Instant) -> None:
        """Note that the upstream has nothing of this name; the copy held before is kept beside it."""
        ...
