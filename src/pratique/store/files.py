"""Files of projects: what is kept of upstreams' files, and everything about own ones."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Clearance, Digests, Manifest, OwnFile
from pratique.core.clock import Instant
from pratique.core.errors import Conflict
from pratique.core.ports import StoredBlob
from pratique.store.dialects import insert
from pratique.store.releases import Release
from pratique.store.rows import many, one
from pratique.store.schema import awaiting_scan, blob, file, manifest, release

_CHUNK = 500
"""Values in one IN list; databases limit the parameters of a statement."""


class Sight(StrEnum):
    """How a file came to be known here."""

    OWN = "own"
    FIRST = "first"
    """It was there when its project was first seen, as far as is known; noted then, or when there was reason to."""
    NEW = "new"
    """It appeared in a document of which we held an earlier copy without it, and is dated after that."""
    LATE = "late"
    """It appeared likewise, but without a date or dated before that: its date cannot be believed."""
    SWAPPED = "swapped"
    """Other bytes than before are listed under its name."""


class FileRow(msgspec.Struct, frozen=True):
    """One file.

    Attributes:
        release_id: own files only.
        sha256: of the bytes first accepted under this name, None if they were never stored.
        published: by the publisher's or the upstream's word, the latest it gave.
        first_seen: by our clock.
    """

    id: int
    project_id: int
    release_id: int | None
    version: str
    filename: str
    sha256: str | None
    size: int | None
    metadata_sha256: str | None
    published: Instant | None
    first_seen: Instant
    sight: Sight


class _StoredManifest(msgspec.Struct, frozen=True):
    """The JSON half of a manifest; its metadata bytes have a column of their own."""

    name: str
    version: str
    fields: msgspec.Raw
    execution_points: tuple[str, ...]


_row = sa.select(*(file.c[name] for name in FileRow.__struct_fields__))
_of_project = _row.where(file.c.project_id == sa.bindparam("project"))
_by_name = _of_project.where(file.c.filename == sa.bindparam("wanted"))
_outline = (
    sa.select(
        file.c.filename,
        file.c.version,
        file.c.published,
        file.c.first_seen,
        file.c.metadata_sha256,
        file.c.execution_points,
        blob.c.size,
        blob.c.digests,
        release.c.yank_reason,
        release.c.deprecated,
        release.c.unpublished,
    )
    .join(release, release.c.id == file.c.release_id)
    .join(blob, blob.c.sha256 == file.c.sha256)
    .where(
        file.c.project_id == sa.bindparam("project"),
        release.c.clearance.not_in((Clearance.STAGED.value, Clearance.SCANNING.value)),
        file.c.id.not_in(sa.select(awaiting_scan.c.file_id).where(awaiting_scan.c.withheld)),
    )
    .order_by(file.c.id)
)
_own = _outline.add_columns(manifest.c.content).join(manifest, manifest.c.file_id == file.c.id)

_entry_sizes = sa.select(sa.func.coalesce(sa.func.sum(file.c.entry_size), 0)).where(
    file.c.project_id == sa.bindparam("project")
)


def of_project(c: sa.Connection, project_id: int) -> dict[str, FileRow]:
    """File name to row, for every file known of the project, in the order in which they came to be known."""
    return {
        row.filename: row for row in many(c.execute(_of_project.order_by(file.c.id), {"project": project_id}), FileRow)
    }


def find(c: sa.Connection, project_id: int, filename: str) -> FileRow | None:
    """The file of this name, or None."""
    return one(c.execute(_by_name, {"project": project_id, "wanted": filename}), FileRow)


def record_stored(
    c: sa.Connection,
    project_id: int,
    version: str,
    filename: str,
    stored: StoredBlob,
    published: Instant | None,
    now: Instant,
    *,
    kept: bool = True,
) -> FileRow:
    """Note that an upstream's file is kept here now; its digest is the one first accepted from here on.

    Args:
        c: the transaction.
        project_id: of the project.
        version: of the file.
        filename: its name.
        stored: its bytes.
        published: by the upstream's word.
        now: the present.
        kept: false: the bytes are not here, and the blob's row is there already.

    Raises:
        Conflict: other bytes were accepted under this name before.
    """
    if kept:
        _record_blob(c, stored, now)
    _note_first_sight(c, project_id, version, filename, published, now)
    mine = (file.c.project_id == project_id, file.c.filename == filename)
    c.execute(file.update().where(*mine, file.c.sha256.is_(None)).values(sha256=stored.sha256, size=stored.size))
    row = _expect(c, project_id, filename)
    if row.sha256 != stored.sha256:
        raise Conflict(
            f"{filename} was first accepted with sha256 {row.sha256}, the upstream now sends {stored.sha256}; "
            "nothing was stored"
        )
    return row


def _note_first_sight(
    c: sa.Connection, project_id: int, version: str, filename: str, published: Instant | None, now: Instant
) -> None:
    """Note a file that no document's reader has noted yet."""
    seen = insert(c, file).values(
        project_id=project_id,
        version=version,
        filename=filename,
        published=published,
        first_seen=now,
        sight=Sight.FIRST.value,
    )
    c.execute(seen.on_conflict_do_nothing(index_elements=["project_id", "filename"]))


def create_own(
    c: sa.Connection,
    own_release: Release,
    filename: str,
    stored: StoredBlob,
    content: Manifest,
    metadata_sha256: str | None,
    now: Instant,
) -> FileRow:
    """Add a file to an own release; the very same file again is fine and changes nothing.

    Raises:
        Conflict: the project has a file of this name with other bytes or in another release.
    """
    known = find(c, own_release.project_id, filename)
    if known is not None:
        if (known.release_id, known.sha256) == (own_release.id, stored.sha256):
            return known
        raise Conflict(
            f"{filename} already exists with other content; a published file never changes, choose the next version"
        )
    _record_blob(c, stored, now)
    values = {
        "project_id": own_release.project_id,
        "release_id": own_release.id,
        "version": own_release.version,
        "filename": filename,
        "sha256": stored.sha256,
        "size": stored.size,
        "metadata_sha256": metadata_sha256,
        "published": now,
        "first_seen": now,
        "sight": Sight.OWN.value,
        "execution_points": msgspec.json.encode(content.execution_points).decode(),
        "entry_size": entry_size(content),
    }
    c.execute(file.insert().values(values))
    row = _expect(c, own_release.project_id, filename)
    c.execute(manifest.insert().values(file_id=row.id, content=_encode(content), metadata=content.metadata))
    return row


def entry_size(content: Manifest) -> int:
    """Bytes that every listing reads of one own file's description."""
    return len(_encode(content).encode())


def entry_sizes(c: sa.Connection, project_id: int) -> int:
    """Bytes that every listing of an own project reads of its files' descriptions."""
    return int(c.execute(_entry_sizes, {"project": project_id}).scalar_one())


def blob_digests(c: sa.Connection, sha256s: Iterable[str]) -> dict[str, Digests]:
    """Sha256 to every digest computed when the blob was stored; unknown ones are left out."""
    wanted = sorted(set(sha256s))
    found: dict[str, Digests] = {}
    for start in range(0, len(wanted), _CHUNK):
        some = sa.select(blob.c.sha256, blob.c.digests).where(blob.c.sha256.in_(wanted[start : start + _CHUNK]))
        for row in c.execute(some):
            found[row.sha256] = msgspec.json.decode(row.digests, type=Digests)
    return found


def at_hand(c: sa.Connection, sha256s: Iterable[str]) -> dict[str, Digests]:
    """As `blob_digests`, without those whose bytes were removed to make room."""
    wanted = sorted(set(sha256s))
    gone: set[str] = set()
    for start in range(0, len(wanted), _CHUNK):
        chunk = blob.c.sha256.in_(wanted[start : start + _CHUNK])
        gone |= set(c.execute(sa.select(blob.c.sha256).where(chunk, blob.c.place.is_not(None))).scalars())
    return {sha: digests for sha, digests in blob_digests(c, wanted).items() if sha not in gone}


def any_blob(c: sa.Connection) -> bool:
    """Whether a single blob is recorded."""
    return c.execute(sa.select(blob.c.sha256).limit(1)).first() is not None


def blobs_of_share(c: sa.Connection, share: int, shares: int) -> list[tuple[str, int]]:
    """Sha256 and size of the blobs here in one of so many equal parts, by the beginning of the digest, in its order."""
    begin, end = (f"{0x10000 * number // shares:04x}" for number in (share, share + 1))
    wanted = sa.select(blob.c.sha256, blob.c.size).where(blob.c.sha256 >= begin, blob.c.place.is_(None))
    wanted = wanted.order_by(blob.c.sha256)
    if share + 1 < shares:
        wanted = wanted.where(blob.c.sha256 < end)
    return [(row.sha256, row.size) for row in c.execute(wanted)]


def manifest_of(c: sa.Connection, file_id: int) -> Manifest | None:
    """What is kept of a file's description, None if nothing is."""
    row = c.execute(sa.select(manifest).where(manifest.c.file_id == file_id)).one_or_none()
    return None if row is None else _decode(row.content, row.metadata)


def describe(c: sa.Connection, file_id: int, content: Manifest) -> None:
    """Keep what is known of an upstream's stored file, for the day its index names it no more."""
    row = insert(c, manifest).values(file_id=file_id, content=_encode(content), metadata=content.metadata)
    c.execute(row.on_conflict_do_nothing(index_elements=["file_id"]))


def own_files(c: sa.Connection, project_id: int) -> tuple[OwnFile, ...]:
    """The files of all releases past their scan, in the order of their upload, with all that an index carries.

    Revoked and quarantined ones are among them: rules refuse those with a sentence, where leaving
    them out would look as if they had never been.
    """
    found = c.execute(_own, {"project": project_id}).mappings()
    return tuple(_own_file(row, _decode(row["content"], b"")) for row in found)


def own_outlines(c: sa.Connection, project_id: int, name: str) -> tuple[OwnFile, ...]:
    """The same files with no more in their manifests than decisions look at: short, however much was published."""
    found = c.execute(_outline, {"project": project_id}).mappings()
    return tuple(_own_file(row, _outlined(name, row)) for row in found)


def _outlined(name: str, row: sa.RowMapping) -> Manifest:
    points = msgspec.json.decode(row["execution_points"] or "[]", type=tuple[str, ...])
    return Manifest(name, row["version"], {}, b"", points)


def _own_file(row: sa.RowMapping, content: Manifest) -> OwnFile:
    described = row["metadata_sha256"]
    return OwnFile(
        filename=row["filename"],
        version=row["version"],
        digests=msgspec.json.decode(row["digests"], type=Digests),
        size=row["size"],
        published=Instant(row["first_seen"] if row["published"] is None else row["published"]),
        manifest=content,
        yanked=row["yank_reason"],
        metadata=None if described is None else Digests(sha256=described),
        deprecated=row["deprecated"],
        unpublished=row["unpublished"],
    )


def _record_blob(c: sa.Connection, stored: StoredBlob, now: Instant) -> None:
    digests = msgspec.json.encode(stored.digests).decode()
    row = insert(c, blob).values(sha256=stored.sha256, size=stored.size, digests=digests, created=now)
    c.execute(row.on_conflict_do_update(index_elements=["sha256"], set_={"place": None, "used": now}))


def _expect(c: sa.Connection, project_id: int, filename: str) -> FileRow:
    row = find(c, project_id, filename)
    assert row is not None
    return row


def _encode(content: Manifest) -> str:
    fields = msgspec.Raw(msgspec.json.encode(content.fields))
    stored = _StoredManifest(content.name, content.version, fields, content.execution_points)
    return msgspec.json.encode(stored).decode()


def _decode(content: str, metadata: bytes) -> Manifest:
    stored = msgspec.json.decode(content, type=_StoredManifest)
    fields = msgspec.json.decode(stored.fields, type=dict)
    return Manifest(stored.name, stored.version, fields, metadata, stored.execution_points)
