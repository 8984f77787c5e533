"""What whoever asks for an artefact gets: its size, stored bytes, or bytes that are still on their way."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable

import msgspec

from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.core.ports import BlobFile


class Known(msgspec.Struct, frozen=True):
    """What HEAD tells: the size, as far as it is known without fetching."""

    size: int | None

    def let_go(self) -> None:
        """Nothing is held."""


class Stored(msgspec.Struct, frozen=True):
    """Bytes in the store; whoever takes them closes the blob."""

    blob: BlobFile
    sha256: str

    def let_go(self) -> None:
        """Close what nobody will read."""
        self.blob.close()


class Arriving(msgspec.Struct, frozen=True):
    """Bytes still on their way; whoever takes them calls `leave`.

    Attributes:
        chunks: raises when the rest will never come; the connection must be cut then.
    """

    size: int | None
    chunks: AsyncIterator[bytes]
    leave: Callable[[], None]

    def let_go(self) -> None:
        """Leave what nobody will read."""
        self.leave()


class Cleared(msgspec.Struct, frozen=True):
    """That somebody was given stored bytes, and under what they may be given again to whoever has the same rights.

    Attributes:
        own: who asks decides whether they may have it; anybody who may read here may have an upstream's.
        revision: of the project, with which all of this ends.
        made: when it was decided; a clock that was turned back does not make it last longer.
        until: when a decision can change, or the upstream's document is to be looked at again; None: never.
    """

    repository_id: int
    key: ProjectKey
    version: str
    filename: str
    sha256: str
    size: int
    own: bool
    revision: int
    made: Instant
    until: Instant | None


async def _no_download() -> None:
    """What is told without bytes is no download."""


class FileAnswer(msgspec.Struct, frozen=True):
    """An artefact that nothing refuses.

    Attributes:
        headers: a warning where policy warns.
        cleared: of stored bytes.
        record: the download, before the first byte of it goes out, and only if one does: whoever already has the
            file, or asks for a part that lies outside, fetches nothing. Raises Unavailable if it cannot be recorded;
            nothing may be handed out then.
    """

    body: Known | Stored | Arriving
    headers: dict[str, str] = {}
    cleared: Cleared | None = None
    record: Callable[[], Awaitable[None]] = _no_download
