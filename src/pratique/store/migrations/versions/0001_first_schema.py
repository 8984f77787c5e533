"""The first schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite only counts up by itself in a column of type INTEGER.
_ID = sa.BigInteger().with_variant(sa.Integer, "sqlite")


def upgrade() -> None:
    """Create every table."""
    _create_repositories()
    _create_people()
    _create_projects()
    _create_files()
    _create_lists()
    _create_rules()
    _create_verdicts()
    _create_advisories()
    _create_record()
    _create_processes()


def downgrade() -> None:
    """Drop every table, last created first."""
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_repositories() -> None:
    op.create_table(
        "repository",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(64), unique=True, nullable=False),
        sa.Column("anonymous_read", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "upstream",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.UniqueConstraint("repository_id", "ecosystem", "url"),
    )
    op.create_table(
        "document",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("upstream_id", _ID, sa.ForeignKey("upstream.id"), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("fetched", sa.BigInteger(), nullable=False),
        sa.Column("checked", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("upstream_id", "name"),
    )
    op.create_table(
        "document_content",
        sa.Column("document_id", _ID, sa.ForeignKey("document.id"), primary_key=True),
        sa.Column("content", sa.LargeBinary(), nullable=False),
    )


def _create_people() -> None:
    op.create_table(
        "account",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("name", sa.String(128), unique=True, nullable=False),
        sa.Column("password", sa.Text()),
        sa.Column("admin", sa.Boolean(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("disabled", sa.BigInteger()),
    )
    op.create_table(
        "one_time_link",
        sa.Column("secret_sha256", sa.String(64), primary_key=True),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.BigInteger()),
    )
    op.create_table(
        "session",
        sa.Column("secret_sha256", sa.String(64), primary_key=True),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("csrf", sa.String(64), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger(), nullable=False),
        sa.Column("stepped_up", sa.BigInteger()),
    )
    op.create_table(
        "token",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("secret_sha256", sa.String(64), unique=True, nullable=False),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id")),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("revoked", sa.BigInteger()),
    )


def _create_projects() -> None:
    op.create_table(
        "project",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display", sa.Text(), nullable=False),
        sa.Column("origin", sa.String(16), nullable=False),
        sa.Column("upstream_id", _ID, sa.ForeignKey("upstream.id")),
        sa.Column("visibility", sa.String(16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("served", sa.BigInteger()),
        sa.UniqueConstraint("repository_id", "ecosystem", "name"),
    )
    op.create_table(
        "membership",
        sa.Column("project_id", _ID, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("account_id", _ID, sa.ForeignKey("account.id"), primary_key=True),
        sa.Column("role", sa.String(16), nullable=False),
    )
    op.create_table(
        "release",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("project_id", _ID, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("clearance", sa.String(16), nullable=False),
        sa.Column("yank_reason", sa.Text()),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("project_id", "version"),
    )
    op.create_table(
        "dist_tag",
        sa.Column("project_id", _ID, sa.ForeignKey("project.id"), primary_key=True),
        sa.Column("tag", sa.String(200), primary_key=True),
        sa.Column("version", sa.Text(), nullable=False),
    )


def _create_files() -> None:
    op.create_table(
        "blob",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("digests", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "file",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("project_id", _ID, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("release_id", _ID, sa.ForeignKey("release.id")),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("sha256", sa.String(64), sa.ForeignKey("blob.sha256")),
        sa.Column("size", sa.BigInteger()),
        sa.Column("metadata_sha256", sa.String(64)),
        sa.Column("published", sa.BigInteger()),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("sight", sa.String(16), nullable=False),
        sa.UniqueConstraint("project_id", "filename"),
    )
    op.create_table(
        "manifest",
        sa.Column("file_id", _ID, sa.ForeignKey("file.id"), primary_key=True),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("metadata", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "finding",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("project_id", _ID, sa.ForeignKey("project.id"), nullable=False),
        sa.Column("version", sa.Text()),
        sa.Column("filename", sa.Text()),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("sentence", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_finding_project_id_filename", "finding", ["project_id", "filename"])


def _create_lists() -> None:
    op.create_table(
        "reservation",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.UniqueConstraint("repository_id", "ecosystem", "pattern"),
    )
    op.create_table(
        "list_entry",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("removed", sa.BigInteger()),
    )
    op.create_index("ix_list_entry_repository_id_ecosystem", "list_entry", ["repository_id", "ecosystem"])


def _create_rules() -> None:
    op.create_table(
        "rule_setting",
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), primary_key=True),
        sa.Column("rule", sa.String(64), primary_key=True),
        sa.Column("mode", sa.String(16), nullable=False),
        sa.Column("until", sa.BigInteger()),
        sa.Column("options", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "waiver",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("rule", sa.String(64), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("versions", sa.Text(), nullable=False),
        sa.Column("actor_kinds", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("confirmed_by", sa.Text()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created", sa.BigInteger(), nullable=False),
        sa.Column("starts", sa.BigInteger(), nullable=False),
        sa.Column("expires", sa.BigInteger()),
        sa.Column("files", sa.Text(), nullable=False),
    )
    op.create_index("ix_waiver_repository_id_ecosystem_name", "waiver", ["repository_id", "ecosystem", "name"])


def _create_verdicts() -> None:
    op.create_table(
        "decision",
        sa.Column("id", sa.String(26), primary_key=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("action", sa.String(16), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_decision_last", "decision", ["last"])
    op.create_table(
        "revocation",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text()),
        sa.Column("filename", sa.Text()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("lifted", sa.BigInteger()),
        sa.Column("lifted_by", sa.Text()),
    )
    op.create_index("ix_revocation_repository_id_ecosystem_name", "revocation", ["repository_id", "ecosystem", "name"])


def _create_advisories() -> None:
    op.create_table(
        "advisory",
        sa.Column("id", sa.String(128), primary_key=True),
        sa.Column("ecosystem", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("source", sa.String(32), nullable=False),
        sa.Column("malware", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("severity", sa.String(16), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("affected", sa.Text(), nullable=False),
        sa.Column("published", sa.BigInteger(), nullable=False),
        sa.Column("modified", sa.BigInteger(), nullable=False),
    )
    op.create_index("ix_advisory_ecosystem_name", "advisory", ["ecosystem", "name"])
    op.create_table(
        "advisory_import",
        sa.Column("source", sa.String(32), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("newest", sa.BigInteger(), nullable=False),
        sa.Column("records", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
    )


def _create_record() -> None:
    op.create_table(
        "event",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("canonical", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_index("ix_event_subject", "event", ["subject"])
    op.create_table(
        "download",
        sa.Column("id", _ID, primary_key=True, autoincrement=True),
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), nullable=False),
        sa.Column("ecosystem", sa.String(16), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("filename", sa.Text(), nullable=False),
        sa.Column("actor_kind", sa.String(16), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("token_id", _ID),
        sa.Column("at", sa.BigInteger(), nullable=False),
    )
    op.create_index(
        "ix_download_repository_id_ecosystem_name_version",
        "download",
        ["repository_id", "ecosystem", "name", "version"],
    )
    op.create_table(
        "missing_name",
        sa.Column("repository_id", _ID, sa.ForeignKey("repository.id"), primary_key=True),
        sa.Column("ecosystem", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("actor_kind", sa.String(16), primary_key=True),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_index("ix_missing_name_last", "missing_name", ["last"])


def _create_processes() -> None:
    op.create_table(
        "process",
        sa.Column("id", sa.String(36), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("started", sa.BigInteger(), nullable=False),
        sa.Column("heartbeat", sa.BigInteger(), nullable=False),
    )
    op.create_table(
        "revision",
        sa.Column("repository_id", _ID, primary_key=True),
        sa.Column("ecosystem", sa.String(16), primary_key=True),
        sa.Column("name", sa.Text(), primary_key=True),
        sa.Column("value", sa.BigInteger(), nullable=False),
    )


# fmt: off
_TABLES = (
    "repository", "upstream", "document", "document_content", "account", "one_time_link", "session", "token",
    "project", "membership", "release", "dist_tag", "blob", "file", "manifest", "finding", "reservation",
    "list_entry", "rule_setting", "waiver", "decision", "revocation", "advisory", "advisory_import", "event",
    "download", "missing_name", "process", "revision",
)
