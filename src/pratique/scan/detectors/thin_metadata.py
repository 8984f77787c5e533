"""Packages that say next to nothing of themselves: told beside other findings, and never enough alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from pratique.scan.detectors.contract import Wants
from pratique.scan.detectors.evidence import told
from pratique.scan.findings import ExecutionPoint, Finding, Severity, Specificity
from pratique.scan.points.contract import mapping
from pratique.scan.seen import Artefact

ID = "thin-metadata"
VERSION = 1
WANTS = Wants()

_ABOUT = ("description", "summary", "Summary", "Description", "title")
_WHERE = (
    *("repository", "homepage", "bugs", "Home-page", "Project-URL", "url", "scm"),
    *("documentation", "projectUrl", "metadata"),
)
_THROWN_AWAY = re.compile(
    r"@(?:mailinator|guerrillamail|10minutemail|tempmail|temp-mail|yopmail|trashmail|sharklasers|getnada|dispostable|"
    r"maildrop|throwawaymail|fakeinbox|mohmal|emailondeck|moakt)\.[a-z]{2,6}\b",
    re.IGNORECASE,
)


def judge(artefact: Artefact) -> Iterator[Finding]:
    """No description and no address; an author whose mailbox is gone tomorrow."""
    about = {**artefact.manifest, **mapping(artefact.manifest.get("package"))}
    if about and not _says(about, _ABOUT) and not _says(about, _WHERE):
        weight = (Severity.LOW, Specificity.COMMON)
        yield told((ID, VERSION), weight, ExecutionPoint.NONE, "Has no description and names no address of its own")
    thrown = next((one for one in sorted(artefact.outline.people) if _THROWN_AWAY.search(one)), None)
    if thrown is not None:
        weight = (Severity.LOW, Specificity.UNUSUAL)
        yield told((ID, VERSION), weight, ExecutionPoint.NONE, "Has an author whose mailbox is for one day", thrown)


def _says(about: Mapping[str, Any], keys: tuple[str, ...]) -> bool:
    return any(about.get(key) for key in keys)
