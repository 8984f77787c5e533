"""npm's bulk advisories: names and versions in, advisories with ranges in npm's own language out.

Measured with npm 11, pnpm 12, yarn 4 and bun 1, which ask alike and all read this answer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import orjson

from pratique.core.advisories import ProjectAdvisory, VersionSpan
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.npm import names, versions

MAX_NAMES, MAX_VERSIONS = 20_000, 20_000
"""Of one audit; the largest projects have half."""

MAX_VERSIONS_OF_ONE = 500
"""Versions of one name, each of which is held against each of its advisories."""

SEVERITIES = {"critical": "critical", "high": "high", "medium": "moderate", "low": "low", "unrated": "high"}
"""npm's words. What nobody has rated counts as high, so that no threshold in a build passes over it."""

_QUESTION = msgspec.json.Decoder(dict[str, list[str]])
_EVERY_VERSION, _NO_VERSION = "*", "<0.0.0-0"

_BESIDE_OTHERS = {_EVERY_VERSION: ">=0.0.0-0", ">=0.0.0": "0.0.0 || >0.0.0"}
"""Where a range is said to hold everything, node-semver forgets what else stands in it: said otherwise, it does not."""


def read_audit(body: bytes) -> dict[str, tuple[str, ...]]:
    """Versions by name, from `{"left": ["1.0.0"]}`.

    Raises:
        Invalid: the body is of another form, or a name or version is longer than any can be.
        TooLarge: too many names, or versions of all or of one.
    """
    try:
        asked = _QUESTION.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Invalid(f'an audit asks with JSON such as {{"left": ["1.0.0"]}}; this body is none: {error}') from None
    if len(asked) > MAX_NAMES or sum(map(len, asked.values())) > MAX_VERSIONS:
        raise TooLarge(f"an audit asks about at most {MAX_NAMES} names and {MAX_VERSIONS} versions at once")
    if any(len(stated) > MAX_VERSIONS_OF_ONE for stated in asked.values()):
        raise TooLarge(f"an audit asks about at most {MAX_VERSIONS_OF_ONE} versions of one name")
    if any(len(name) > names.MAX_LENGTH for name in asked):
        raise Invalid(f"a name in this audit has more than {names.MAX_LENGTH} characters")
    if any(len(one) > versions.MAX_LENGTH for stated in asked.values() for one in stated):
        raise Invalid(f"a version in this audit has more than {versions.MAX_LENGTH} characters")
    return {name: tuple(dict.fromkeys(stated)) for name, stated in asked.items()}


def write_audit(found: Mapping[str, Sequence[ProjectAdvisory]]) -> Rendered:
    """The advisories of each name."""
    document = {name: [_entry(one) for one in stated] for name, stated in found.items()}
    return Rendered(orjson.dumps(document), "application/json")


def _entry(one: ProjectAdvisory) -> dict[str, Any]:
    rating = one.cvss
    return {
        "id": number_of(one.id, one.name),
        "url": one.url,
        "title": one.title,
        "severity": SEVERITIES[one.severity],
        "vulnerable_versions": range_of(one.affected, one.hit),
        "cwe": list(one.cwes),
        "cvss": {"score": rating.score if rating else 0, "vectorString": rating.vector if rating else None},
    }


def number_of(record: str, name: str) -> int:
    """A record's number for one package, the same on every server and for ever.

    Clients want numbers, and some keep one advisory for each: a record about two packages has two, as each has ranges
    of its own. 52 bits, which every JSON reader holds exactly.
    """
    return int.from_bytes(hashlib.sha256(f"{record}\n{name}".encode()).digest()[:8]) >> 12


def range_of(affected: Sequence[VersionSpan], hit: Sequence[str] = ()) -> str:
    """Spans as a range of node-semver.

    A client that leaves pre-releases out of ranges would pass over an affected one, so that those asked about are
    named one by one.

    Args:
        affected: as the advisory says.
        hit: the versions asked about that are affected.
    """
    spans = [text for span in affected if (text := _comparators(span))]
    named = _prereleases(hit)
    if named:
        spans = [_BESIDE_OTHERS.get(text, text) for text in spans]
    return " || ".join(dict.fromkeys((*spans, *named))) or _NO_VERSION


def _comparators(span: VersionSpan) -> str:
    """One span; empty for a version that is none to npm, and that nobody can have installed."""
    if span.covers_all:
        return _EVERY_VERSION
    try:
        start = None if span.start is None else versions.clean(span.start)
        end = None if span.end is None else versions.clean(span.end)
    except ValueError:
        return ""
    if span.is_single:
        return start or ""
    lower = f">={start}" if start else ""
    upper = f"{'<=' if span.end_included else '<'}{end}" if end else ""
    return f"{lower} {upper}".strip()


def _prereleases(hit: Sequence[str]) -> list[str]:
    found = []
    for version in hit:
        try:
            plain = versions.clean(version)
            if versions.is_prerelease(plain):
                found.append(plain)
        except ValueError:
            continue
    return found
