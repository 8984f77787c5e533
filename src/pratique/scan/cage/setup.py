"""What a cage is told when it starts."""

from __future__ import annotations

import msgspec

from pratique.scan.cage.confine import CageLimits
from pratique.scan.limits import ScanLimits


class Setup(msgspec.Struct, frozen=True):
    """Bounds of workers, and of each scan in them."""

    cage: CageLimits = CageLimits()
    scan: ScanLimits = ScanLimits()
