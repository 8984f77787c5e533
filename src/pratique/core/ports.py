"""What the rooms need from outside, as protocols: bytes to read at a position, and a store of blobs."""

from __future__ import annotations

from typing import Protocol, runtime_checkable

import msgspec

from pratique.core.artifacts import Digests


class ReadAt(Protocol):
    """Random access to an artefact's bytes, wherever they lie. Safe to use from one thread at a time."""

    @property
    def size(self) -> int:
        """Total bytes."""
        ...

    def read_at(self, offset: int, length: int) -> bytes:
        """At most `length` bytes from `offset`; fewer only at the end."""
        ...


class StoredBlob(msgspec.Struct, frozen=True):
    """A blob that is safely on disk."""

    sha256: str
    size: int
    digests: Digests


class BlobDraft(ReadAt, Protocol):
    """A blob being written to a temporary place; nobody else can see it.

    `write` and `read_at` may be used from different threads, one writer at a time.
    """

    def write(self, chunk: bytes) -> None:
        """Append bytes and feed every digest. Raises OSError when the disk refuses."""
        ...

    def digests(self) -> Digests:
        """Digests of everything written so far."""
        ...

    def keep(self) -> StoredBlob:
        """Make it durable under its sha256: fsync, rename, fsync of the folder. Replaces what may lie there damaged.

        It can still be read from until `discard`.
        """
        ...

    def discard(self) -> None:
        """Forget it; safe to call twice and after `keep`."""
        ...


class Blobs(Protocol):
    """Content-addressed storage, write-once by sha256. What its disk or its server refuses is an OSError."""

    def draft(self) -> BlobDraft:
        """Start a new blob in a temporary place."""
        ...

    def open(self, sha256: str) -> BlobFile:
        """Open a stored blob. Raises FileNotFoundError if it is not there."""
        ...

    def open_at_hand(self, sha256: str) -> BlobFile | None:
        """Open a stored blob if that takes no longer than a look at the local disk, else None."""
        ...

    def open_original(self, sha256: str) -> BlobFile:
        """Open what is stored itself, never a copy that may be better than it. Raises FileNotFoundError."""
        ...

    def exists(self, sha256: str) -> bool:
        """Whether the blob is stored."""
        ...

    def set_aside(self, sha256: str, identity: tuple[int, ...]) -> bool:
        """Take a damaged blob out of its place, where somebody can still look at it. Fine if it is not there.

        Args:
            sha256: its name.
            identity: of what was read; other bytes that have taken its place since then stay.

        Returns:
            Whether what was read is out of its place.
        """
        ...

    def stored(self, part: int) -> tuple[str, ...]:
        """Sha256 of all stored blobs in one of 256 parts (the digest's first byte), sorted."""
        ...

    def is_settled(self, sha256: str) -> bool:
        """Whether the blob is stored and was last kept more than a day ago."""
        ...

    def put_away_settled(self, sha256: str) -> bool:
        """Take a blob out of its place unless it was kept, or kept again, within the last day; whether it is gone now.

        It stays where somebody can find it for another month. Safe beside any `keep`, of this process or another:
        what was kept just now stays, or comes back at once.
        """
        ...

    def drop(self, sha256: str, kept_before: float) -> bool:
        """Remove a blob for good unless it was kept, or kept again, since; whether it is gone now.

        Whoever has it open reads it to its end. Safe beside any `keep`, as `put_away_settled`.

        Args:
            sha256: its name.
            kept_before: seconds since 1970.
        """
        ...

    def remove_put_away(self) -> tuple[str, ...]:
        """Remove for good what was put away a month ago; its sha256."""
        ...

    def remove_left_over_drafts(self) -> None:
        """Remove what processes left behind that were killed while they wrote."""
        ...


class BlobFile(ReadAt, Protocol):
    """An open stored blob."""

    @property
    def identity(self) -> tuple[int, ...]:
        """Tells these stored bytes from others that were kept under the same name."""
        ...

    def read_ready(self, offset: int, length: int) -> bytes | None:
        """Bytes that are in memory already, or None if reading them could block."""
        ...

    def close(self) -> None:
        """Release the descriptor."""
        ...


@runtime_checkable
class ReadsInto(Protocol):
    """A blob that can be read into a place of the caller's."""

    def read_ready_into(self, room: memoryview) -> bool:
        """Fill the room with the first bytes if they are in memory already; False if that could block."""
        ...


@runtime_checkable
class HasDescriptor(Protocol):
    """Bytes that lie in a local file."""

    def read_only(self) -> int:
        """A new descriptor of the file, for reading at any place; the caller closes it. Raises OSError, ValueError."""
        ...
