"""An OSV record as far as policy needs it; every other field is ignored.

Source: the OSV schema, 1.7. Types are loose where a feed's slip must not cost the whole record.
"""

from __future__ import annotations

from typing import Any

import msgspec


class OsvPackage(msgspec.Struct, frozen=True):
    """What is affected, by the ecosystem's own name and the package's name there."""

    ecosystem: str
    name: str


class OsvRange(msgspec.Struct, frozen=True):
    """Events over an order: `SEMVER`, `ECOSYSTEM`, or `GIT`, which says nothing about versions."""

    type: str
    events: list[dict[str, Any]] = []


class OsvAffected(msgspec.Struct, frozen=True):
    """One package with its affected versions, listed and as ranges."""

    package: OsvPackage | None = None
    ranges: list[OsvRange] | None = None
    versions: list[str] | None = None
    database_specific: Any = None
    ecosystem_specific: Any = None


class OsvRecord(msgspec.Struct, frozen=True):
    """One advisory."""

    id: str
    modified: Any = None
    published: Any = None
    withdrawn: Any = None
    summary: Any = None
    aliases: Any = None
    affected: list[OsvAffected] | None = None
    database_specific: Any = None


DECODER = msgspec.json.Decoder(OsvRecord)
