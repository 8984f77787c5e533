"""Projects, releases, files and blobs as values: what an index says and what an artefact holds."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import msgspec

from pratique.core.clock import Instant
from pratique.core.names import ProjectKey


class Origin(StrEnum):
    """Where a project comes from. Sticky: it never changes without an admin."""

    OWN = "own"
    UPSTREAM = "upstream"
    UNKNOWN = "unknown"


class Clearance(StrEnum):
    """State of an own release."""

    STAGED = "staged"
    SCANNING = "scanning"
    LIVE = "live"
    QUARANTINED = "quarantined"
    YANKED = "yanked"
    REVOKED = "revoked"


class Digests(msgspec.Struct, frozen=True):
    """Hexadecimal digests of one file's bytes, as far as somebody stated them."""

    sha256: str | None = None
    sha512: str | None = None
    sha1: str | None = None
    blake2b_256: str | None = None
    md5: str | None = None

    def conflicts(self, other: Digests) -> tuple[str, ...]:
        """Algorithms that both sides state with different values."""
        pairs = ((field, getattr(self, field), getattr(other, field)) for field in self.__struct_fields__)
        return tuple(field for field, mine, theirs in pairs if mine and theirs and mine.lower() != theirs.lower())

    def agrees(self, other: Digests) -> bool:
        """Whether both state one collision-resistant digest alike, and none differently."""
        strong = ("sha256", "sha512", "blake2b_256")
        shared = any(getattr(self, field) and getattr(other, field) for field in strong)
        return shared and not self.conflicts(other)

    def any_strong(self) -> bool:
        """Whether at least one collision-resistant digest is stated."""
        return bool(self.sha256 or self.sha512 or self.blake2b_256)

    def same_bytes(self, other: Digests) -> bool:
        """Whether both state one strong digest alike and none differently; or all the same, where none is strong.

        Digests that share no algorithm do not conflict, and tell nothing of each other: they are of other bytes.
        """
        return self == other or self.agrees(other)

    def strong(self) -> Digests:
        """Only the collision-resistant ones."""
        return Digests(sha256=self.sha256, sha512=self.sha512, blake2b_256=self.blake2b_256)

    def shares_strong(self, other: Digests) -> bool:
        """Whether both state one collision-resistant digest alike: then they are of the same bytes."""
        pairs = ((getattr(self, field), getattr(other, field)) for field in ("sha256", "sha512", "blake2b_256"))
        return any(mine and theirs and mine.lower() == theirs.lower() for mine, theirs in pairs)


class FileView(msgspec.Struct, frozen=True):
    """One file as an index lists it.

    Attributes:
        filename: last path segment, unique in its project.
        version: the release it belongs to.
        url: where the upstream serves it, absolute; empty for own files.
        digests: as stated by the index (own files: as computed).
        size: bytes, if stated.
        published: when this file appeared, by the upstream's word; None if it says nothing.
        yanked: the upstream's own yank reason ('' for a yank without one), None if not yanked.
        attested: the index names provenance for it.
        execution_points: where code runs before anyone imports it (`postinstall`, `setup.py`), sorted.
        metadata: digests of the separate metadata file (PEP 658), at least a strong one: nobody could tell
            metadata that nothing pins from another's. None if there is none.
        metadata_url: where the upstream serves that, absolute; empty for own files and where there is none.
        raw: the index's own entry; unknown fields pass through unchanged.
        gone: the upstream lists it no more; it stands here because its bytes are stored.
        unpublished: when its publishers took the release away for good; own files only.
    """

    filename: str
    version: str
    url: str = ""
    digests: Digests = Digests()
    size: int | None = None
    published: Instant | None = None
    yanked: str | None = None
    attested: bool = False
    execution_points: tuple[str, ...] = ()
    metadata: Digests | None = None
    metadata_url: str = ""
    raw: dict[str, Any] = {}
    gone: bool = False
    unpublished: Instant | None = None


class Marker(StrEnum):
    """How a project stands as a whole, in the words of PEP 792."""

    ACTIVE = "active"
    ARCHIVED = "archived"
    DEPRECATED = "deprecated"
    QUARANTINED = "quarantined"


class ProjectStatus(msgspec.Struct, frozen=True):
    """How a project stands, by whoever may say so.

    Attributes:
        marker: one of `Marker`, or another word of an upstream.
        reason: for people; empty for none.
    """

    marker: str = Marker.ACTIVE.value
    reason: str = ""

    @property
    def takes_uploads(self) -> bool:
        """Whether new files may be added to an own project."""
        return self.marker not in (Marker.ARCHIVED, Marker.QUARANTINED)

    @property
    def is_quarantined(self) -> bool:
        """Whether nothing of it is served."""
        return self.marker == Marker.QUARANTINED


class ProjectView(msgspec.Struct, frozen=True):
    """A project's index document as a value, own or upstream's.

    Attributes:
        key: ecosystem and canonical name.
        files: in the order of the document.
        tags: dist-tag to version (npm); empty elsewhere.
        raw: project-level fields of the document that are not files or tags.
        display: the name as its newest entries write it; empty where the document has no other than the canonical.
        status: how it stands by this document; None where there is no document, or its format knows no such thing.
    """

    key: ProjectKey
    files: tuple[FileView, ...]
    tags: dict[str, str] = {}
    raw: dict[str, Any] = {}
    display: str = ""
    status: ProjectStatus | None = None

    def file(self, filename: str) -> FileView | None:
        """The file of this name, or None."""
        return next((file for file in self.files if file.filename == filename), None)

    def first_published(self) -> Instant | None:
        """When the oldest file appeared, or None if no file says so."""
        return min((file.published for file in self.files if file.published is not None), default=None)


class Manifest(msgspec.Struct, frozen=True):
    """What an artefact says of itself: the truth about a release.

    Attributes:
        name: as written inside.
        version: as written inside.
        fields: the ecosystem's metadata (package.json, METADATA as a mapping), JSON values only.
        metadata: bytes served as separate metadata (PEP 658), empty where the format has none.
        execution_points: as in FileView.
    """

    name: str
    version: str
    fields: dict[str, Any]
    metadata: bytes = b""
    execution_points: tuple[str, ...] = ()


class PublishDraft(msgspec.Struct, frozen=True):
    """What a client claims while uploading one file, before anything is believed.

    Attributes:
        name: project name as the client wrote it.
        version: as claimed.
        filename: as claimed; the ecosystem validated that it is one plain path segment.
        digests: as claimed; every one given is checked.
        claims: remaining fields, compared with the manifest.
        tags: dist-tags to set (npm).
        attested: the upload carried attestations.
    """

    name: str
    version: str
    filename: str
    digests: Digests
    claims: dict[str, Any] = {}
    tags: tuple[str, ...] = ()
    attested: bool = False


class Signature(msgspec.Struct, frozen=True):
    """This server's signature over what an ecosystem's clients verify of a file.

    Attributes:
        key_id: of the key it was made with.
        value: base64 of the DER form.
    """

    key_id: str
    value: str


class OwnFile(msgspec.Struct, frozen=True):
    """One stored file of an own release, handed to an ecosystem to become a FileView.

    Attributes:
        deprecated: what its publishers say to whoever installs it; '' after they took it back, None if they never did.
    """

    filename: str
    version: str
    digests: Digests
    size: int
    published: Instant
    manifest: Manifest
    yanked: str | None = None
    metadata: Digests | None = None
    deprecated: str | None = None
    unpublished: Instant | None = None
    signatures: tuple[Signature, ...] = ()


class Severity(StrEnum):
    """How much a finding weighs."""

    NOTE = "note"
    WARN = "warn"
    HIGH = "high"
    CRITICAL = "critical"


class Finding(msgspec.Struct, frozen=True):
    """Something noticed about a file: a claim that differs, a digest that lies, a detector's hit."""

    kind: str
    severity: Severity
    sentence: str
    detail: dict[str, Any] = {}
