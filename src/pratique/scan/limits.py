"""How far an artefact is looked into."""

from __future__ import annotations

import msgspec

from pratique.core.ecosystem import ArchiveLimits


class ScanLimits(msgspec.Struct, frozen=True):
    """Bounds of one scan, all in bytes unless they say otherwise.

    Attributes:
        archive: on the artefact's inside.
        max_content: of one file that detectors are shown; the rest of a longer file is only hashed.
        max_held: of all files that are held until the artefact's manifest is known; others are read a second time.
        max_ahead: of files that are read a second time together, to see what they load.
        max_layers: layers of one artefact that are looked at.
        max_findings: findings that are told; the worst are.
    """

    archive: ArchiveLimits = ArchiveLimits()
    max_content: int = 16 << 20
    max_held: int = 12 << 20
    max_ahead: int = 6 << 20
    max_layers: int = 2_000
    max_findings: int = 500
