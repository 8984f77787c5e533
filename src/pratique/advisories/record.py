"""From one OSV record to rows: one for each package that a wired ecosystem knows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pratique.advisories.affected import EVENTS, Affected, Event, pack
from pratique.advisories.evaluation import fixed_versions
from pratique.advisories.osv import DECODER, OsvAffected, OsvRange, OsvRecord
from pratique.core.clock import Instant, from_iso
from pratique.core.errors import InvalidName
from pratique.core.names import EcosystemId

Canonical = Callable[[str], str]
"""A name's canonical form; raises InvalidName."""

OsvEcosystems = Mapping[str, tuple[EcosystemId, Canonical]]
"""By the ecosystem's name in OSV records: our id and how its names are brought to one form."""

MALWARE_PREFIX = "MAL-"
MAX_SUMMARY = 300


class Advisory(msgspec.Struct, frozen=True):
    """What an advisory says of one package: a row of the store.

    Attributes:
        name: canonical.
        published: the record's word; its `modified` if it does not say.
        malware: the package itself is harmful, as against flawed.
        severity: `critical`, `high`, `medium`, `low`, or `unrated`.
        affected: text of `advisories.affected`.
        fixed: versions literally named as fixes.
        original: the record as it was read; empty where it is not at hand.
    """

    id: str
    ecosystem: EcosystemId
    name: str
    modified: Instant
    published: Instant
    withdrawn: bool
    malware: bool
    severity: str
    summary: str
    affected: str
    fixed: tuple[str, ...] = ()
    original: bytes = b""


class Rejected(msgspec.Struct, frozen=True):
    """A file or record that could not be used, and why."""

    source: str
    why: str


def read_record(content: bytes, source: str, ecosystems: OsvEcosystems) -> list[Advisory | Rejected]:
    """Read one record.

    Packages of ecosystems that are not wired are left out without a word. Never raises for what the
    content may be.

    Args:
        content: JSON.
        source: file name for messages.
        ecosystems: the wired ones.
    """
    try:
        record = DECODER.decode(content)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        return [Rejected(source, f"is no OSV record: {error}")]
    packages: dict[tuple[EcosystemId, str], list[OsvAffected]] = {}
    rejected: list[Advisory | Rejected] = []
    for affected in record.affected or []:
        if affected.package is None:
            continue
        ecosystem = ecosystems.get(affected.package.ecosystem.partition(":")[0])
        if ecosystem is None:
            continue
        try:
            packages.setdefault((ecosystem[0], ecosystem[1](affected.package.name)), []).append(affected)
        except InvalidName as error:
            rejected.append(Rejected(source, str(error)))
    return rejected + [_advisory(record, *key, parts, content) for key, parts in packages.items()]


def _advisory(
    record: OsvRecord, ecosystem: EcosystemId, name: str, parts: list[OsvAffected], content: bytes
) -> Advisory:
    malware = _is_malware(record)
    affected = pack(_merged(parts))
    published, modified = _instant(record.published), _instant(record.modified)
    return Advisory(
        id=record.id,
        ecosystem=ecosystem,
        name=name,
        modified=modified or published or Instant(0),
        published=published or modified or Instant(0),
        withdrawn=bool(record.withdrawn),
        malware=malware,
        severity="critical" if malware else _severity(record, parts),
        summary=_summary(record, name),
        affected=affected,
        fixed=fixed_versions(affected),
        original=content,
    )


def _merged(parts: list[OsvAffected]) -> Affected:
    """Several entries for one package count together. A part that says nothing makes it all versions."""
    if any(not part.versions and not part.ranges for part in parts):
        return Affected()
    versions = dict.fromkeys(version for part in parts for version in part.versions or ())
    ranges = dict.fromkeys(_events(one) for part in parts for one in part.ranges or () if one.type != "GIT")
    return Affected(tuple(versions), tuple(events for events in ranges if events))


def _events(one: OsvRange) -> tuple[Event, ...]:
    return tuple(
        (kind, str(event[kind])) for event in one.events for kind in EVENTS if isinstance(event.get(kind), str | int)
    )


def _is_malware(record: OsvRecord) -> bool:
    aliases = record.aliases if isinstance(record.aliases, list) else []
    return any(isinstance(one, str) and one.startswith(MALWARE_PREFIX) for one in (record.id, *aliases))


def _severity(record: OsvRecord, parts: list[OsvAffected]) -> str:
    """The feed's own word, where it has one."""
    places = (record.database_specific, *(place for part in parts for place in _places(part)))
    words = (place.get("severity") for place in places if isinstance(place, dict))
    said = next((word.lower() for word in words if isinstance(word, str)), "")
    said = "medium" if said == "moderate" else said
    return said if said in {"critical", "high", "medium", "low"} else "unrated"


def _places(part: OsvAffected) -> tuple[Any, Any]:
    return part.database_specific, part.ecosystem_specific


def _summary(record: OsvRecord, name: str) -> str:
    text = record.summary if isinstance(record.summary, str) and record.summary.strip() else f"{record.id} in {name}"
    return " ".join(text.split())[:MAX_SUMMARY]


def _instant(text: Any) -> Instant | None:
    """A time, or None for what is none: a feed's slip in a date must not cost the record."""
    try:
        found = from_iso(text) if isinstance(text, str) else None
    except (ValueError, OverflowError):
        return None
    return found if found is not None and found > 0 else None
