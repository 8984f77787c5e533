"""The separate metadata of an artefact (PEP 658): refused exactly when the artefact is."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import FileView
from pratique.core.errors import BadUpstream, NotFound
from pratique.services.find_file import find_file
from pratique.services.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.store import files
from pratique.store.repositories import Upstream

_LARGEST = 16 << 20
_KEPT = 32 << 20

SUFFIX = ".metadata"


class MetadataContent(msgspec.Struct, frozen=True):
    """The bytes and their digest."""

    body: bytes
    sha256: str


class MetadataCache:
    """Recently fetched metadata of upstream files, by address and stated digest, bounded in bytes."""

    def __init__(self, max_bytes: int = _KEPT) -> None:
        self._max_bytes, self._bytes = max_bytes, 0
        self._kept: OrderedDict[tuple[int, str, str], MetadataContent] = OrderedDict()

    def get(self, key: tuple[int, str, str]) -> MetadataContent | None:
        """What is kept under upstream id, address and digest."""
        found = self._kept.get(key)
        if found is not None:
            self._kept.move_to_end(key)
        return found

    def put(self, key: tuple[int, str, str], content: MetadataContent) -> None:
        """Keep it; the least recently used goes."""
        if key in self._kept:
            return
        self._kept[key] = content
        self._bytes += len(content.body)
        while self._bytes > self._max_bytes:
            _, gone = self._kept.popitem(last=False)
            self._bytes -= len(gone.body)


async def get_metadata(ports: Ports, visit: Visit, name: str, filename: str) -> MetadataContent:
    """The metadata of one file.

    Raises:
        NotFound: no such file, or it has no separate metadata.
        Refused: the file itself is refused.
        BadUpstream: the upstream's bytes are not those that its index promises.
    """
    found = await find_file(ports, visit, name, filename)
    if found.file.metadata is None:
        raise NotFound(f"{filename} has no separate metadata")
    if found.upstream is None:
        body = await ports.db.read(_own_metadata, found.known, filename)
        return MetadataContent(body, hashlib.sha256(body).hexdigest())
    return await _from_upstream(ports, found.upstream, found.file)


def _own_metadata(connection: Connection, known: Knowledge, filename: str) -> bytes:
    row = known.files.get(filename)
    manifest = files.manifest_of(connection, row.id) if row else None
    if manifest is None or not manifest.metadata:
        raise NotFound(f"{filename} has no separate metadata")
    return manifest.metadata


async def _from_upstream(ports: Ports, upstream: Upstream, file: FileView) -> MetadataContent:
    stated = (file.metadata.sha256 if file.metadata else None) or ""
    key = (upstream.id, file.url, stated)
    kept = ports.metadata_cache.get(key)
    if kept is not None:
        return kept
    body = await _fetch(ports, upstream, file)
    sha256 = hashlib.sha256(body).hexdigest()
    if stated and stated.lower() != sha256:
        raise BadUpstream(f"the upstream's metadata of {file.filename} is not what its index promises")
    content = MetadataContent(body, sha256)
    if stated:
        ports.metadata_cache.put(key, content)
    return content


async def _fetch(ports: Ports, upstream: Upstream, file: FileView) -> bytes:
    stream = await ports.upstream.open_file(upstream.url, file.url + SUFFIX)
    body = bytearray()
    try:
        async for chunk in stream.chunks():
            body += chunk
            if len(body) > _LARGEST:
                raise BadUpstream(f"the upstream's metadata of {file.filename} is over {_LARGEST} bytes")
    finally:
        stream.close()
    return bytes(body)
