"""Projects, releases, files, and what is known of their content."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Table,
    Text,
    UniqueConstraint,
)

from pratique.store.schema.columns import Id, instant, metadata, own_id, project_id, repository_id

project = Table(
    "project",
    metadata,
    own_id(),
    repository_id(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("display", Text, nullable=False),
    Column("twin", Text),  # shared by names that may not exist beside each other
    Column("origin", String(16), nullable=False),
    Column("upstream_id", Id, ForeignKey("upstream.id")),
    Column("visibility", String(16), nullable=False),  # members, public
    Column("publish_proof", String(16), nullable=False, server_default="nobody"),  # who sends a code: see PublishProof
    instant("created"),
    instant("served", nullable=True),  # when a file of it was first served here
    Column("status", String(32)),  # how it stands as a whole, null: nobody ever said; see core.artifacts.Marker
    Column("status_reason", Text),
    Column("status_by_admin", Boolean),  # an administrator laid it down, and only one lifts it
    Column("founder_id", Id),  # own projects only: the account that published its first release
    instant("founded", nullable=True),
    UniqueConstraint("repository_id", "ecosystem", "name"),
    Index(None, "repository_id", "ecosystem", "twin"),
    Index(None, "founder_id", "founded"),
)

membership = Table(
    "membership",
    metadata,
    Column("project_id", Id, ForeignKey("project.id"), primary_key=True),
    Column("account_id", Id, ForeignKey("account.id"), primary_key=True),
    Column("role", String(16), nullable=False),  # owner, maintainer, reader
)

release = Table(
    "release",
    metadata,
    own_id(),
    project_id(),
    Column("version", Text, nullable=False),
    Column("clearance", String(16), nullable=False),  # never yanked: that is what has a reason below
    Column("yank_reason", Text),
    instant("created"),
    Column("deprecated", Text),  # empty: taken back
    instant("unpublished", nullable=True),
    UniqueConstraint("project_id", "version"),
)

dist_tag = Table(
    "dist_tag",
    metadata,
    Column("project_id", Id, ForeignKey("project.id"), primary_key=True),
    Column("tag", String(200), primary_key=True),
    Column("version", Text, nullable=False),
)

file = Table(
    "file",
    metadata,
    own_id(),
    project_id(),
    Column("release_id", Id, ForeignKey("release.id")),  # own files only
    Column("version", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", String(64), ForeignKey("blob.sha256")),  # None: seen in a listing, never stored
    Column("size", BigInteger),
    Column("metadata_sha256", String(64)),
    instant("published", nullable=True),  # by the publisher's or the upstream's word
    instant("first_seen"),
    Column("sight", String(16), nullable=False),  # see store.files.Sight
    Column("listed", Text),  # digests by which a document first listed it, see store.sightings
    Column("execution_points", Text),  # own files only, like the next: read without the manifest, which may be long
    Column("entry_size", BigInteger),  # bytes of the manifest's content
    UniqueConstraint("project_id", "filename"),
    Index(None, "sha256"),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("digests", Text, nullable=False),
    instant("created"),
    instant("used", nullable=True),  # about when it was last handed out, null: not since this is noted
    Column("place", String(16)),  # null: its bytes are here; see store.blob_use.Place
)

manifest = Table(
    "manifest",
    metadata,
    Column("file_id", Id, ForeignKey("file.id"), primary_key=True),
    Column("content", Text, nullable=False),
    Column("metadata", LargeBinary, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    own_id(),
    project_id(),
    Column("version", Text),
    Column("filename", Text),
    Column("kind", String(64), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("detail", Text, nullable=False),
    instant("at"),
    Index(None, "project_id", "filename"),
)
