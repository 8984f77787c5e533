"""Read `cargo publish`: two lengths, the metadata as JSON, and the crate, which streams through.

Source: The Cargo Book, "Registry Web API", Publish.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.cargo import names, versions
from pratique.formats.json_stream import read_bounded

MAX_METADATA = 10 << 20
"""Bytes of the JSON; a long readme is the largest part of real ones."""

_LENGTH = 4


class CratePublishReader:
    """Reads one PUT body; of it only the metadata is kept."""

    def __init__(self, _headers: Mapping[str, str], sink: Callable[[bytes], object]) -> None:
        """Start reading; cargo's headers say nothing about the body."""
        self._sink = sink
        self._head = bytearray()
        self._metadata_ends: int | None = None
        self._crate_left: int | None = None
        self._crate_size = 0

    def feed(self, chunk: bytes) -> None:
        """Take the next body bytes.

        Raises:
            Invalid: bytes follow the crate.
            TooLarge: the metadata is over its limit.
        """
        if self._crate_left is None:
            self._head += chunk
            chunk = self._read_head()
        if self._crate_left is None or not chunk:
            return
        if len(chunk) > self._crate_left:
            raise Invalid("the body is longer than the lengths in it say; publish with `cargo publish`")
        self._crate_left -= len(chunk)
        self._sink(chunk)

    def _read_head(self) -> bytes:
        """Take what belongs to the head; what follows it is the crate's."""
        if self._metadata_ends is None and len(self._head) >= _LENGTH:
            length = int.from_bytes(self._head[:_LENGTH], "little")
            if length > MAX_METADATA:
                raise TooLarge(f"the metadata has {length} bytes, at most {MAX_METADATA} are read; shorten the readme")
            self._metadata_ends = _LENGTH + length
        if self._metadata_ends is None or len(self._head) < self._metadata_ends + _LENGTH:
            return b""
        begins = self._metadata_ends + _LENGTH
        self._crate_size = self._crate_left = int.from_bytes(self._head[self._metadata_ends : begins], "little")
        rest = bytes(self._head[begins:])
        del self._head[begins:]
        return rest

    def finish(self) -> PublishDraft:
        """The draft, once the body has ended.

        Raises:
            Invalid: the body ended early, or its metadata is not that of one release.
        """
        if self._crate_left is None or self._crate_left > 0 or self._metadata_ends is None:
            raise Invalid("the body ended early; publish again with `cargo publish`")
        if not self._crate_size:
            raise Invalid("the body holds no crate; publish with `cargo publish`")
        claims = _claims(bytes(self._head[_LENGTH : self._metadata_ends]))
        name, version = claims["name"], claims["vers"]
        names.canonical(name)
        # cargo states no digest of what it uploads; the lengths tell whether all of it arrived.
        return PublishDraft(name, version, names.crate_filename(name, version), Digests(), claims)


def _claims(metadata: bytes) -> dict[str, Any]:
    try:
        claims = read_bounded(metadata)
    except Invalid as error:
        raise Invalid(f"the metadata of the request cannot be read ({error}); publish with `cargo publish`") from error
    if not isinstance(claims, dict) or not isinstance(claims.get("name"), str):
        raise Invalid("the metadata of the request names no crate; publish with `cargo publish`")
    version = claims.get("vers")
    if not isinstance(version, str):
        raise Invalid("the metadata of the request names no version; publish with `cargo publish`")
    if not versions.is_version(version):
        raise Invalid(f"the version {version[:80]!a} is none that cargo reads; write it as in 1.2.3")
    return claims
