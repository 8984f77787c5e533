"""What a record says beyond what policy looks at: other ids, weaknesses, rating, where to read more.

Source: the OSV schema, 1.7. Types are loose, and what cannot be right is left out: a feed's slip in one field must not
cost the others.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

import msgspec

from pratique.advisories.rating import read_rating
from pratique.core.advisories import Cvss

MAX_DETAILS = 20_000
"""Characters; longer texts are cut."""

_LONGEST_URL = 500
_MANY = 50
_CWE = re.compile(r"CWE-[0-9]{1,6}")
_GHSA = re.compile(r"GHSA(-[0-9a-z]{4}){3}")
_URL = re.compile(r"https?://[!#-;=?-\[\]_a-z~]+")
"""Printable, and nothing that ends a quotation or a tag."""

_EMBEDDED_MALICIOUS_CODE = "CWE-506"


class Particulars(msgspec.Struct, frozen=True):
    """Fields as in `core.advisories.ProjectAdvisory`."""

    url: str
    aliases: tuple[str, ...] = ()
    cwes: tuple[str, ...] = ()
    details: str = ""
    rating: Cvss | None = None


class _Record(msgspec.Struct, frozen=True):
    aliases: Any = None
    details: Any = None
    severity: Any = None
    references: Any = None
    affected: Any = None
    database_specific: Any = None


_DECODER = msgspec.json.Decoder(_Record)


def read_particulars(record: str, original: bytes, *, malware: bool) -> Particulars:
    """What the record says.

    Args:
        record: its id.
        original: JSON; empty where it is not kept, and then only the id speaks.
        malware: the package itself is harmful.
    """
    said = _DECODER.decode(original) if original else _Record()
    cwes = _cwes(said)
    return Particulars(
        url=_page(record, said.references),
        aliases=_texts(said.aliases),
        cwes=cwes or ((_EMBEDDED_MALICIOUS_CODE,) if malware else ()),
        details=said.details[:MAX_DETAILS] if isinstance(said.details, str) else "",
        rating=read_rating(said.severity) or _rating_of_package(said.affected),
    )


def _page(record: str, references: Any) -> str:
    """The page of the database that wrote the record; else what the record names; else where all of OSV is."""
    if _GHSA.fullmatch(record):
        return f"https://github.com/advisories/{record}"
    for one in references if isinstance(references, list) else ():
        url = one.get("url") if isinstance(one, dict) and one.get("type") == "ADVISORY" else None
        if isinstance(url, str) and len(url) <= _LONGEST_URL and _URL.fullmatch(url):
            return url
    return f"https://osv.dev/vulnerability/{quote(record, safe='')}"


def _cwes(said: _Record) -> tuple[str, ...]:
    """Of the record, then of its packages: feeds differ in where they write them."""
    places = [said.database_specific, *_specifics_of_packages(said.affected)]
    found = dict.fromkeys(one for place in places for one in _cwes_in(place))
    return tuple(found)[:_MANY]


def _cwes_in(place: Any) -> list[str]:
    if not isinstance(place, dict):
        return []
    ids = place.get("cwe_ids")
    described = place.get("cwes")
    stated = ids if isinstance(ids, list) else []
    if isinstance(described, list):
        stated = [*stated, *(one.get("cweId") for one in described if isinstance(one, dict))]
    return [one for one in stated if isinstance(one, str) and _CWE.fullmatch(one)]


def _specifics_of_packages(affected: Any) -> list[Any]:
    parts = affected if isinstance(affected, list) else []
    return [part.get("database_specific") for part in parts if isinstance(part, dict)]


def _rating_of_package(affected: Any) -> Cvss | None:
    parts = affected if isinstance(affected, list) else []
    ratings = (read_rating(part.get("severity")) for part in parts if isinstance(part, dict))
    return next((one for one in ratings if one is not None), None)


def _texts(values: Any) -> tuple[str, ...]:
    stated = values if isinstance(values, list) else []
    return tuple(one for one in stated if isinstance(one, str) and 0 < len(one) <= 128)[:_MANY]
