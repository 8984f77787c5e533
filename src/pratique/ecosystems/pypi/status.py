"""How a project stands, as its index document says it.

Source: PEP 792, whose text calls the key `state` and whose example, like PyPI, `status`.
"""

from __future__ import annotations

import re
from typing import Any

from pratique.core.artifacts import ProjectStatus
from pratique.core.sentences import clean, one_line

MAX_REASON = 1_000
"""Characters of an upstream's reason that are kept; it is shown with every decision that rests on it."""

_WORD = re.compile(r"[a-z][a-z-]{0,31}\Z")


def read_status(stated: Any) -> ProjectStatus:
    """The status; active if it is not stated, or in no form that anybody can read."""
    if not isinstance(stated, dict):
        return ProjectStatus()
    marker, reason = stated.get("status", stated.get("state")), stated.get("reason")
    if not isinstance(marker, str) or not _WORD.match(marker):
        return ProjectStatus()
    return ProjectStatus(marker, clean(reason)[:MAX_REASON] if isinstance(reason, str) else "")


def write_status(status: ProjectStatus, stated: Any) -> dict[str, Any]:
    """The field of a document, with what else an upstream stated in it; without a reason where there is none."""
    kept = {key: value for key, value in stated.items() if key != "state"} if isinstance(stated, dict) else {}
    if isinstance(kept.get("reason"), str):
        kept["reason"] = one_line(kept["reason"])
    said = {"reason": status.reason} if status.reason and "reason" not in kept else {}
    return kept | said | {"status": status.marker}
