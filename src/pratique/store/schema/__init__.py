"""The tables, in the SQL subset that SQLite and PostgreSQL share.

Instants are integers (milliseconds, UTC). JSON is text, read and written by msgspec. Names are
canonical. Nothing here knows an ecosystem.
"""

from pratique.store.schema.columns import metadata
from pratique.store.schema.confirmations import challenge, one_time_code
from pratique.store.schema.names import (
    dispute,
    invented_name,
    name_exception,
    name_feed,
    name_form,
    name_import,
    name_review,
    ranked_name,
)
from pratique.store.schema.packages import blob, dist_tag, file, finding, manifest, membership, project, release
from pratique.store.schema.people import account, one_time_link, session, token
from pratique.store.schema.policy import (
    advisory,
    advisory_import,
    advisory_record,
    decision,
    list_entry,
    reservation,
    revocation,
    rule_setting,
    waiver,
)
from pratique.store.schema.record import download, event, missing_name, process, revision
from pratique.store.schema.repositories import document, document_content, repository, upstream
from pratique.store.schema.reviews import (
    awaiting_scan,
    case_time,
    opinion,
    release_case,
    report,
    trusted_reporter,
)
from pratique.store.schema.scans import scan
from pratique.store.schema.signatures import signature, signing_key
from pratique.store.schema.views import stored_view

__all__ = [
    "account",
    "advisory",
    "advisory_import",
    "advisory_record",
    "awaiting_scan",
    "blob",
    "case_time",
    "challenge",
    "decision",
    "dispute",
    "dist_tag",
    "document",
    "document_content",
    "download",
    "event",
    "file",
    "finding",
    "invented_name",
    "list_entry",
    "manifest",
    "membership",
    "metadata",
    "missing_name",
    "name_exception",
    "name_feed",
    "name_form",
    "name_import",
    "name_review",
    "one_time_code",
    "one_time_link",
    "opinion",
    "process",
    "project",
    "ranked_name",
    "release",
    "release_case",
    "report",
    "repository",
    "reservation",
    "revision",
    "revocation",
    "rule_setting",
    "scan",
    "session",
    "signature",
    "signing_key",
    "stored_view",
    "token",
    "trusted_reporter",
    "upstream",
    "waiver",
]
