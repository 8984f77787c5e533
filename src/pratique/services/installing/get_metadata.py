"""The separate metadata of an artefact (PEP 658): refused exactly when the artefact is."""

from __future__ import annotations

import hashlib

from sqlalchemy import Connection

from pratique.core.artifacts import Digests, FileView
from pratique.core.errors import BadUpstream, NotFound
from pratique.services.installing.metadata_cache import MetadataContent
from pratique.services.judging.find_file import find_file
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.store import files
from pratique.store.repositories import Upstream

_LARGEST = 16 << 20
"""Bytes that are passed on. Reading it ourselves ends much earlier; a client that cannot have it does not install."""


async def get_metadata(ports: Ports, visit: Visit, name: str, filename: str) -> MetadataContent:
    """The metadata of one file.

    Raises:
        NotFound: no such file, or it has no separate metadata, or none that the index pins.
        Refused: the file itself is refused.
        BadUpstream: the upstream's bytes are not those that its index promises.
    """
    found = await find_file(ports, visit, name, filename)
    stated = found.file.metadata
    if stated is None or not stated.any_strong():
        raise NotFound(f"{filename} has no separate metadata")
    if found.upstream is None:
        body = await ports.db.read(_own_metadata, found.known, filename)
        return MetadataContent(body, hashlib.sha256(body).hexdigest())
    return await _from_upstream(ports, found.upstream, found.file, stated)


def _own_metadata(connection: Connection, known: Knowledge, filename: str) -> bytes:
    row = known.files.get(filename)
    manifest = files.manifest_of(connection, row.id) if row else None
    if manifest is None or not manifest.metadata:
        raise NotFound(f"{filename} has no separate metadata")
    return manifest.metadata


async def _from_upstream(ports: Ports, upstream: Upstream, file: FileView, stated: Digests) -> MetadataContent:
    key = (upstream.id, file.metadata_url, stated)
    kept = ports.metadata_cache.get(key)
    if kept is not None:
        return kept
    body = await _fetch(ports, upstream, file)
    seen = Digests(sha256=hashlib.sha256(body).hexdigest(), sha512=hashlib.sha512(body).hexdigest())
    if not stated.agrees(seen):
        raise BadUpstream(f"the upstream's metadata of {file.filename} is not what its index promises")
    content = MetadataContent(body, hashlib.sha256(body).hexdigest())
    ports.metadata_cache.put(key, content)
    return content


async def _fetch(ports: Ports, upstream: Upstream, file: FileView) -> bytes:
    stream = await ports.upstream.open_file(upstream.url, file.metadata_url)
    body = bytearray()
    try:
        async for chunk in stream.chunks():
            body += chunk
            if len(body) > _LARGEST:
                raise BadUpstream(f"the upstream's metadata of {file.filename} is over {_LARGEST} bytes")
    finally:
        stream.close()
    return bytes(body)
