"""What is known of the scan of a file, and whether it has to be scanned before anybody gets it."""

from __future__ import annotations

from typing import Any

from pratique.core.artifacts import FileView, Origin
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import Mode
from pratique.core.facts import SCAN_RESULT, Facts, Seen
from pratique.core.scans import ScanResult
from pratique.rules import scan_result
from pratique.rules.policy import Policy
from pratique.services.judging.file_facts import SeenBefore
from pratique.services.judging.knowledge import Knowledge
from pratique.store.files import FileRow


def young_for(policy: Policy) -> int:
    """Milliseconds after its publication for which a release is scanned before it is served; 0: none is.

    Where the rule is only tried, or off, nobody waits for a scan.
    """
    for one in policy.rules:
        if (
            one.rule.name == scan_result.NAME
            and one.mode is Mode.ENFORCE
            and isinstance(one.options, scan_result.Options)
        ):
            return one.options.young_for_days * DAY
    return 0


def known_scan(
    known: Knowledge, row: FileRow | None, file: FileView, before: tuple[SeenBefore, ...]
) -> ScanResult | None:
    """What a scan of the bytes that are stored, or else of those that are listed, came to; None if there was none."""
    if not known.scans:
        return None
    if row is not None and row.sha256 is not None:
        return known.scans.get(row.sha256)
    refused = [one.seen.digests.sha256 for one in before if not file.digests.conflicts(one.seen.digests)]
    digests = (file.digests.sha256, *reversed(refused))
    return next((known.scans[one] for one in digests if one is not None and one in known.scans), None)


def scan_facts(
    result: ScanResult | None, origin: Origin, published: Instant | None, young: int, now: Instant
) -> dict[str, Any]:
    """The fact, where it is known; without it a rule that asks waits, and a download is scanned first.

    Args:
        result: what is known.
        origin: whose file it is; own ones are scanned as they are published.
        published: when it counts as published; None if nobody says.
        young: as `young_for` says.
        now: the present.
    """
    if result is None and young and origin is not Origin.OWN and (published is None or now < published + young):
        return {}
    return {SCAN_RESULT.name: result}


def kept_scan(listing: Facts, seen: Seen) -> dict[str, Any]:
    """What the listing knew of the scan, if it is of the bytes in hand."""
    if SCAN_RESULT.name not in listing.values:
        return {}
    result = listing.values[SCAN_RESULT.name]
    of_others = isinstance(result, ScanResult) and result.sha256 != seen.digests.sha256
    return {} if of_others else {SCAN_RESULT.name: result}
