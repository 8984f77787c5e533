"""From stored records to what clients are told of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from pratique.advisories.affected import unpack as unpack_affected
from pratique.advisories.evaluation import affects, fixed_versions
from pratique.advisories.original import unpack
from pratique.advisories.particulars import read_particulars
from pratique.advisories.rating import severity_word
from pratique.advisories.spans import spans
from pratique.core.advisories import ProjectAdvisory
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, TooLarge
from pratique.store.advisories import StoredAdvisory

MAX_COMPARISONS = 100_000
"""Versions held against records for one question; an honest one has a few thousand."""


MAX_TOLD = 4 << 20
"""Characters of one answer, about: honest ones have some hundred thousand; a short question can ask for millions."""

_BESIDE = 200
"""Characters of what is told of a record beside its versions: id, address, rating."""


class Effort:
    """What one question has cost so far, and its answer."""

    def __init__(self) -> None:
        self._spent = 0
        self._told = 0

    def spend(self, records: int, versions: int) -> None:
        """Count what comes next. Raises TooLarge: it would be too much."""
        self._spent += records * versions
        if self._spent > MAX_COMPARISONS:
            raise TooLarge(
                f"this question holds versions against advisories more than {MAX_COMPARISONS} times; ask about fewer "
                "names or versions at once"
            )

    def tell(self, characters: int) -> None:
        """Count what is added to the answer. Raises TooLarge: it would be too much."""
        self._told += characters
        if self._told > MAX_TOLD:
            raise TooLarge(
                f"the answer to this question has more than {MAX_TOLD >> 20} million characters; ask about fewer names "
                "or versions at once"
            )


class Hit(msgspec.Struct, frozen=True):
    """A record, and those of the versions asked about that it affects, as they were spelled."""

    record: StoredAdvisory
    versions: tuple[str, ...]


def length_of(told: ProjectAdvisory) -> int:
    """Characters that clients are told of it, about: what it says of versions can be long, or asked for at length."""
    ends = (end or "" for span in told.affected for end in (span.start, span.end))
    return _BESIDE + len(told.title) + sum(map(len, ends)) + sum(map(len, told.hit))


def find_hits(ecosystem: Ecosystem, records: Iterable[StoredAdvisory], versions: Sequence[str]) -> tuple[Hit, ...]:
    """The records that are about at least one of the versions."""
    asked = [(version, _spellings(ecosystem, version)) for version in versions]
    found = []
    for one in records:
        hit = tuple(version for version, spellings in asked if _is_hit(ecosystem, one, spellings))
        if hit:
            found.append(Hit(one, hit))
    return tuple(found)


def tell(ecosystem: Ecosystem, hits: Sequence[Hit], originals: Mapping[str, bytes]) -> tuple[ProjectAdvisory, ...]:
    """What to say of each.

    Args:
        hits: of this ecosystem.
        originals: the records whole and packed (`advisory_records.contents`), by id, as far as they are kept.
    """
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
