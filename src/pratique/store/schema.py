"""The tables, in the SQL subset that SQLite and PostgreSQL share.

Instants are integers (milliseconds, UTC). JSON is text, read and written by msgspec. Names are
canonical. Nothing here knows an ecosystem.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite only counts up by itself in a column of type INTEGER.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _id() -> Column[int]:
    return Column("id", _Id, primary_key=True, autoincrement=True)


def _repository() -> Column[int]:
    return Column("repository_id", _Id, ForeignKey("repository.id"), nullable=False)


def _project() -> Column[int]:
    return Column("project_id", _Id, ForeignKey("project.id"), nullable=False)


def _instant(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


repository = Table(
    "repository",
    metadata,
    _id(),
    Column("name", String(64), nullable=False, unique=True),
    Column("anonymous_read", Boolean, nullable=False),
    _instant("created"),
)

upstream = Table(
    "upstream",
    metadata,
    _id(),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("position", Integer, nullable=False),
    Column("url", Text, nullable=False),
    UniqueConstraint("repository_id", "ecosystem", "url"),
)

document = Table(
    "document",
    metadata,
    _id(),
    Column("upstream_id", _Id, ForeignKey("upstream.id"), nullable=False),
    Column("name", Text, nullable=False),
    Column("status", Integer, nullable=False),  # 200, or 404: the upstream has nothing under this name
    Column("etag", Text),
    Column("last_modified", Text),
    Column("content_type", Text, nullable=False),
    Column("url", Text, nullable=False),  # where it was fetched, the base of relative links
    Column("sha256", String(64), nullable=False),  # of the uncompressed content
    Column("size", BigInteger, nullable=False),  # uncompressed
    _instant("fetched"),  # when these bytes arrived
    _instant("checked"),  # when the upstream last confirmed them
    UniqueConstraint("upstream_id", "name"),
)

# Apart from its document, so that confirming one does not write megabytes again.
document_content = Table(
    "document_content",
    metadata,
    Column("document_id", _Id, ForeignKey("document.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),  # gzip
)

project = Table(
    "project",
    metadata,
    _id(),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("display", Text, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("upstream_id", _Id, ForeignKey("upstream.id")),
    Column("visibility", String(16), nullable=False),  # members, public
    _instant("created"),
    _instant("served", nullable=True),  # when a file of it was first served here
    UniqueConstraint("repository_id", "ecosystem", "name"),
)

membership = Table(
    "membership",
    metadata,
    Column("project_id", _Id, ForeignKey("project.id"), primary_key=True),
    Column("account_id", _Id, ForeignKey("account.id"), primary_key=True),
    Column("role", String(16), nullable=False),  # owner, maintainer, reader
)

release = Table(
    "release",
    metadata,
    _id(),
    _project(),
    Column("version", Text, nullable=False),
    Column("clearance", String(16), nullable=False),
    Column("yank_reason", Text),
    _instant("created"),
    UniqueConstraint("project_id", "version"),
)

dist_tag = Table(
    "dist_tag",
    metadata,
    Column("project_id", _Id, ForeignKey("project.id"), primary_key=True),
    Column("tag", String(200), primary_key=True),
    Column("version", Text, nullable=False),
)

file = Table(
    "file",
    metadata,
    _id(),
    _project(),
    Column("release_id", _Id, ForeignKey("release.id")),  # own files only
    Column("version", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("sha256", String(64), ForeignKey("blob.sha256")),  # None: seen in a listing, never stored
    Column("size", BigInteger),
    Column("metadata_sha256", String(64)),
    _instant("published", nullable=True),  # by the publisher's or the upstream's word
    _instant("first_seen"),
    Column("sight", String(16), nullable=False),  # see store.files.Sight
    UniqueConstraint("project_id", "filename"),
)

blob = Table(
    "blob",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("digests", Text, nullable=False),
    _instant("created"),
)

manifest = Table(
    "manifest",
    metadata,
    Column("file_id", _Id, ForeignKey("file.id"), primary_key=True),
    Column("content", Text, nullable=False),
    Column("metadata", LargeBinary, nullable=False),
)

finding = Table(
    "finding",
    metadata,
    _id(),
    _project(),
    Column("version", Text),
    Column("filename", Text),
    Column("kind", String(64), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("sentence", Text, nullable=False),
    Column("detail", Text, nullable=False),
    _instant("at"),
    Index(None, "project_id", "filename"),
)

account = Table(
    "account",
    metadata,
    _id(),
    Column("name", String(128), nullable=False, unique=True),
    Column("password", Text),
    Column("admin", Boolean, nullable=False),
    _instant("created"),
    _instant("disabled", nullable=True),
)

one_time_link = Table(
    "one_time_link",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("purpose", String(32), nullable=False),
    _instant("expires"),
    _instant("used", nullable=True),
)

session = Table(
    "session",
    metadata,
    Column("secret_sha256", String(64), primary_key=True),
    Column("account_id", _Id, ForeignKey("account.id"), nullable=False),
    Column("csrf", String(64), nullable=False),
    _instant("created"),
    _instant("expires"),
    _instant("stepped_up", nullable=True),
)

token = Table(
    "token",
    metadata,
    _id(),
    Column("secret_sha256", String(64), nullable=False, unique=True),
    Column("account_id", _Id, ForeignKey("account.id")),
    Column("name", String(128), nullable=False),
    Column("kind", String(16), nullable=False),
    Column("scope", Text, nullable=False),
    _instant("created"),
    _instant("expires", nullable=True),
    _instant("revoked", nullable=True),
)

reservation = Table(
    "reservation",
    metadata,
    _id(),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("pattern", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    _instant("created"),
    UniqueConstraint("repository_id", "ecosystem", "pattern"),
)

list_entry = Table(
    "list_entry",
    metadata,
    _id(),
    _repository(),
    Column("kind", String(16), nullable=False),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    _instant("created"),
    _instant("expires", nullable=True),
    _instant("removed", nullable=True),
    Index(None, "repository_id", "ecosystem"),
)

rule_setting = Table(
    "rule_setting",
    metadata,
    Column("repository_id", _Id, ForeignKey("repository.id"), primary_key=True),
    Column("rule", String(64), primary_key=True),
    Column("mode", String(16), nullable=False),
    _instant("until", nullable=True),
    Column("options", Text, nullable=False),
    Column("version", Integer, nullable=False),
)

waiver = Table(
    "waiver",
    metadata,
    _id(),
    _repository(),
    Column("rule", String(64), nullable=False),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("versions", Text, nullable=False),
    Column("actor_kinds", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("confirmed_by", Text),
    Column("state", String(16), nullable=False),  # pending (waits for a second person), active, withdrawn
    _instant("created"),
    _instant("starts"),
    _instant("expires", nullable=True),
    Index(None, "repository_id", "ecosystem", "name"),
)

decision = Table(
    "decision",
    metadata,
    Column("id", String(26), primary_key=True),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("action", String(16), nullable=False),
    Column("content", Text, nullable=False),
    _instant("first"),
    _instant("last"),
    Index(None, "last"),
)

revocation = Table(
    "revocation",
    metadata,
    _id(),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text),
    Column("filename", Text),
    Column("reason", Text, nullable=False),
    Column("by", Text, nullable=False),
    _instant("at"),
    _instant("lifted", nullable=True),
    Column("lifted_by", Text),
    Index(None, "repository_id", "ecosystem", "name"),
)

advisory = Table(
    "advisory",
    metadata,
    Column("id", String(128), primary_key=True),
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("source", String(32), nullable=False),
    Column("malware", Boolean, nullable=False),
    Column("withdrawn", Boolean, nullable=False),
    Column("severity", String(16), nullable=False),
    Column("summary", Text, nullable=False),
    Column("affected", Text, nullable=False),
    _instant("published"),
    _instant("modified"),
    Index(None, "ecosystem", "name"),
)

advisory_import = Table(
    "advisory_import",
    metadata,
    Column("source", String(32), primary_key=True),
    _instant("at"),
    _instant("newest"),  # latest `modified` in it
    Column("records", Integer, nullable=False),
    Column("rejected", Integer, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("id", String(36), primary_key=True),
    _instant("at"),
    Column("kind", String(64), nullable=False),
    Column("actor", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("canonical", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Index(None, "subject"),
    Index(None, "at"),
)

download = Table(
    "download",
    metadata,
    _id(),
    _repository(),
    Column("ecosystem", String(16), nullable=False),
    Column("name", Text, nullable=False),
    Column("version", Text, nullable=False),
    Column("filename", Text, nullable=False),
    Column("actor_kind", String(16), nullable=False),
    Column("actor", Text, nullable=False),
    Column("token_id", _Id),
    _instant("at"),
    Index(None, "repository_id", "ecosystem", "name", "version"),
)

missing_name = Table(
    "missing_name",
    metadata,
    Column("repository_id", _Id, ForeignKey("repository.id"), primary_key=True),
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),
    Column("actor_kind", String(16), primary_key=True),
    _instant("first"),
    _instant("last"),
    Column("count", Integer, nullable=False),
    Index(None, "last"),
)

process = Table(
    "process",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    _instant("started"),
    _instant("heartbeat"),
)

revision = Table(
    "revision",
    metadata,
    Column("repository_id", _Id, primary_key=True),  # 0 with empty names: the global counter
    Column("ecosystem", String(16), primary_key=True),
    Column("name", Text, primary_key=True),  # empty: all projects of the repository
    Column("value", BigInteger, nullable=False),
)
