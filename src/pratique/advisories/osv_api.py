"""What clients of the OSV API ask, and the forms of its answers.

Source: the OSV API, `POST /v1/query`, `POST /v1/querybatch` and `GET /v1/vulns/{id}`.
"""

from __future__ import annotations

import base64
import binascii
from typing import Any, TypeVar

import msgspec

from pratique.advisories.affected import unpack
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import Invalid, TooLarge

MAX_QUERIES = 1_000
"""Of one batch, as the public service has it."""

PAGE = 1_000
"""Records of one answer about one package. Some clients, such as pip-audit, never ask for a second page."""

SCHEMA_VERSION = "1.7.0"

_LONGEST = 512
"""Characters of a name, version, purl or token."""


class AskedPackage(msgspec.Struct, frozen=True):
    """A package by name and ecosystem, or by purl."""

    name: str = ""
    ecosystem: str = ""
    purl: str = ""


class Asked(msgspec.Struct, frozen=True):
    """One query; without a version it is about all of them."""

    package: AskedPackage | None = None
    version: str = ""
    commit: str = ""
    page_token: str = ""


class _SentPackage(msgspec.Struct, frozen=True):
    """As clients write it: `null` is what is left out."""

    name: str | None = None
    ecosystem: str | None = None
    purl: str | None = None


class _Sent(msgspec.Struct, frozen=True):
    package: _SentPackage | None = None
    version: str | None = None
    commit: str | None = None
    page_token: str | None = None


class _Batch(msgspec.Struct, frozen=True):
    queries: list[_Sent]


class KnownPackage(msgspec.Struct, frozen=True):
    """What is known of one package of a record.

    Attributes:
        ecosystem: OSV's name of it.
        affected: text of `advisories.affected`.
    """

    ecosystem: str
    name: str
    affected: str


T = TypeVar("T")


def read_query(body: bytes) -> Asked:
    """A query. Raises Invalid."""
    return _bounded(_read(body, _Sent, '{"version": "1.0.0", "package": {"name": "left", "ecosystem": "npm"}}'))


def read_batch(body: bytes) -> tuple[Asked, ...]:
    """The queries of a batch. Raises Invalid, TooLarge."""
    batch = _read(body, _Batch, '{"queries": [{"version": "1.0.0", "package": {"name": "left", "ecosystem": "npm"}}]}')
    if len(batch.queries) > MAX_QUERIES:
        raise TooLarge(f"a batch has at most {MAX_QUERIES} queries; send the rest in another")
    return tuple(_bounded(one) for one in batch.queries)


def _read(body: bytes, form: type[T], example: str) -> T:
    try:
        return msgspec.json.decode(body, type=form)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f"the question must be JSON such as {example}: {error}") from None


def _bounded(sent: _Sent) -> Asked:
    said = sent.package or _SentPackage()
    package = AskedPackage(said.name or "", said.ecosystem or "", said.purl or "")
    asked = Asked(
        package if sent.package is not None else None, sent.version or "", sent.commit or "", sent.page_token or ""
    )
    texts = (package.name, package.ecosystem, package.purl, asked.version, asked.page_token)
    if max(map(len, texts)) > _LONGEST:
        raise Invalid(f"a name, version, purl or page token has more than {_LONGEST} characters")
    return asked


def page_token(last: str) -> str:
    """Where the next page begins: behind this record."""
    return base64.urlsafe_b64encode(last.encode()).decode()


def read_page_token(token: str) -> str:
    """The record behind which a page begins; empty for the first page. Raises Invalid."""
    try:
        return base64.b64decode(token.encode(), b"-_", validate=True).decode()
    except (binascii.Error, ValueError):
        raise Invalid("this page token is not one that was given here") from None


def outline(
    record: str,
    summary: str,
    severity: str,
    published: Instant,
    modified: Instant,
    packages: tuple[KnownPackage, ...],
    *,
    withdrawn: bool,
) -> dict[str, Any]:
    """A record made of what policy looks at, where the feed's own words are not kept."""
    return {
        "schema_version": SCHEMA_VERSION,
        "id": record,
        "published": to_iso(published),
        "modified": to_iso(modified),
        **({"withdrawn": to_iso(modified)} if withdrawn else {}),
        "summary": summary,
        "affected": [_affected(one) for one in packages],
        "database_specific": {"severity": severity.upper()},
    }


def _affected(one: KnownPackage) -> dict[str, Any]:
    known = unpack(one.affected)
    ranges = [{"type": "ECOSYSTEM", "events": [{kind: version} for kind, version in row]} for row in known.ranges]
    return {
        "package": {"ecosystem": one.ecosystem, "name": one.name},
        **({"ranges": ranges} if ranges else {}),
        **({"versions": list(known.versions)} if known.versions else {}),
    }
