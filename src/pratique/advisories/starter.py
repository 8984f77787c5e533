"""The starter set: malware known when this version was built, so that a fresh server refuses it at once.

Data: `data/starter.xz`, made by `tools/build_starter.py` from the malicious-packages records of the
Open Source Security Foundation (Apache-2.0, see NOTICE). Column by column, because equal things
compress best side by side: after a header line come, for each ecosystem, all names, then all ids, days
of publication, days of change, and versions (`*`, a list, or the text of `advisories.affected`).
"""

from __future__ import annotations

import lzma
from collections.abc import Iterator
from importlib import resources

import msgspec

from pratique.advisories.affected import Affected, pack
from pratique.advisories.evaluation import fixed_versions
from pratique.advisories.record import MALWARE_PREFIX, Advisory, OsvEcosystems
from pratique.core.clock import DAY, Instant
from pratique.core.errors import InvalidName

EVERY_VERSION = pack(Affected(ranges=((("introduced", "0"),),)))
COLUMNS = 5


class StarterHeader(msgspec.Struct, frozen=True):
    """First line of the data.

    Attributes:
        as_of: when the newest record was changed: how old the set is.
        counts: OSV's name of an ecosystem and its number of records, in the order of the data.
    """

    as_of: Instant
    counts: tuple[tuple[str, int], ...]


class StarterRow(msgspec.Struct, frozen=True):
    """One record as packed: the id without its prefix, days since 1970."""

    name: str
    number: str
    published: str
    modified: str
    versions: str


def starter_date() -> Instant:
    """How old the set is; shown wherever it is in use."""
    with resources.files("pratique.advisories").joinpath("data/starter.xz").open("rb") as file, lzma.open(file) as text:
        return msgspec.json.decode(text.readline(), type=StarterHeader).as_of


def starter_records(ecosystems: OsvEcosystems) -> Iterator[Advisory]:
    """Every record of the wired ecosystems, one package each."""
    packed = resources.files("pratique.advisories").joinpath("data/starter.xz").read_bytes()
    head, *lines = lzma.decompress(packed).decode().split("\n")
    start = 0
    for osv_name, count in msgspec.json.decode(head, type=StarterHeader).counts:
        columns = [lines[start + column * count : start + (column + 1) * count] for column in range(COLUMNS)]
        start += COLUMNS * count
        if osv_name in ecosystems:
            rows = (StarterRow(*values) for values in zip(*columns, strict=True))
            yield from _advisories(osv_name, rows, ecosystems)


def _advisories(osv_name: str, rows: Iterator[StarterRow], ecosystems: OsvEcosystems) -> Iterator[Advisory]:
    ecosystem, canonical = ecosystems[osv_name]
    for row in rows:
        try:
            name = canonical(row.name)
        except InvalidName:
            continue  # nobody can ask for a name that the ecosystem refuses
        affected = _affected(row.versions)
        yield Advisory(
            id=MALWARE_PREFIX + row.number,
            ecosystem=ecosystem,
            name=name,
            modified=Instant(int(row.modified) * DAY),
            published=Instant(int(row.published) * DAY),
            withdrawn=False,
            malware=True,
            severity="critical",
            summary=f"Malicious code in {row.name} ({osv_name})",
            affected=affected,
            fixed=fixed_versions(affected),
        )


def _affected(versions: str) -> str:
    if versions == "*":
        return EVERY_VERSION
    return versions if versions.startswith("{") else pack(Affected(tuple(versions.split(" "))))
