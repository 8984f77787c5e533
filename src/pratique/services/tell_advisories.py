"""From stored records to what clients are told of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from sqlalchemy import Connection

from pratique.advisories.affected import unpack as unpack_affected
from pratique.advisories.evaluation import affects, fixed_versions
from pratique.advisories.original import unpack
from pratique.advisories.particulars import read_particulars
from pratique.advisories.rating import severity_word
from pratique.advisories.spans import spans
from pratique.core.advisories import ProjectAdvisory
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid
from pratique.store import advisory_records
from pratique.store.advisories import StoredAdvisory


class Hit(msgspec.Struct, frozen=True):
    """A record, and those of the versions asked about that it affects, as they were spelled."""

    record: StoredAdvisory
    versions: tuple[str, ...]


def find_hits(ecosystem: Ecosystem, records: Iterable[StoredAdvisory], versions: Sequence[str]) -> tuple[Hit, ...]:
    """The records that are about at least one of the versions."""
    asked = [(version, _spellings(ecosystem, version)) for version in versions]
    found = []
    for one in records:
        hit = tuple(version for version, spellings in asked if _is_hit(ecosystem, one, spellings))
        if hit:
            found.append(Hit(one, hit))
    return tuple(found)


def tell(connection: Connection, ecosystem: Ecosystem, hits: Sequence[Hit]) -> tuple[ProjectAdvisory, ...]:
    """What to say of each."""
    originals = advisory_records.contents(connection, [one.record.id for one in hits])
    return tuple(_told(ecosystem, one, originals.get(one.record.id)) for one in hits)


def _told(ecosystem: Ecosystem, hit: Hit, packed: bytes | None) -> ProjectAdvisory:
    row = hit.record
    said = read_particulars(row.id, unpack(packed) if packed else b"", malware=row.malware)
    return ProjectAdvisory(
        id=row.id,
        name=row.name,
        title=_printable(row.summary),
        severity=severity_word(row.severity, said.rating),
        url=said.url,
        published=row.published,
        modified=row.modified,
        affected=spans(row.affected, ecosystem.version_key),
        hit=hit.versions,
        fixed=fixed_versions(row.affected),
        details=said.details,
        aliases=said.aliases,
        cwes=said.cwes,
        cvss=said.rating,
    )


def _printable(text: str) -> str:
    """Without what would steer the terminal that it is printed on."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _is_hit(ecosystem: Ecosystem, one: StoredAdvisory, spellings: tuple[str, ...]) -> bool:
    """Whether the record is about a version: by the last of its spellings, or as a list of versions names it."""
    *others, plain = spellings
    return affects(one.affected, plain, ecosystem.version_key) or any(
        version in unpack_affected(one.affected).versions for version in others
    )


def _spellings(ecosystem: Ecosystem, version: str) -> tuple[str, ...]:
    """The version as it was written, then its one spelling; what is none is affected by every range."""
    try:
        plain = ecosystem.canonical_version(version)
    except Invalid:
        return (version,)
    return (version,) if plain == version else (version, plain)
