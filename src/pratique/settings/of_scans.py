"""Settings about scans for malware."""

from __future__ import annotations

import msgspec

from pratique.settings.quantities import Duration, Size

MINUTE = 60.0
GB = 1 << 30


class ScanSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How artefacts are scanned. Which of them count, and for how long, is the rule `scan_result`.

    Attributes:
        wait_seconds: whoever downloads a young release for the first time waits so long for its scan, then is told to
            come back; the scan goes on meanwhile.
        retry_after: when to come back.
        idle: without work for so long the scanner ends and gives its memory back.
        memory: that looking at one artefact may take.
        processor: processor time for one artefact.
        patience: until a report must be there; more than `processor`, as the machine may be busy.
    """

    wait_seconds: Duration = Duration(10)
    retry_after: Duration = Duration(5)
    idle: Duration = Duration(MINUTE)
    memory: Size = Size(GB)
    processor: Duration = Duration(MINUTE)
    patience: Duration = Duration(5 * MINUTE)
