"""Refuse, hold or hide what an admin put on the denylist."""

from __future__ import annotations

from pratique.core.clock import Instant
from pratique.core.decisions import EntryKind, ListEntry, Vote
from pratique.core.facts import LIST_ENTRIES, Facts
from pratique.core.globs import glob_matches
from pratique.rules.contract import EVERY_MOMENT, Needs, NoOptions
from pratique.rules.globs import in_force

NAME = "denylist"
NEEDS: Needs = (LIST_ENTRIES,)
MOMENTS = EVERY_MOMENT


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Vote as the strictest entry that covers the subject says, until that entry expires.

    Of two entries equally strict the one that lasts longer speaks. An entry about a twin of the name says which.

    Source: README, "What it refuses by default".
    """
    entries = in_force(facts[LIST_ENTRIES], EntryKind.DENY, facts.now)
    covering = [entry for entry in entries if facts.denied_in_range(entry.versions)]
    if not covering:
        return None
    entry = max(covering, key=_strictness)
    twin = "" if glob_matches(entry.name, facts.subject.project.name) else f" as {entry.name}"
    return Vote(NAME, entry.action, f"is on the denylist{twin}{_reason(entry)}", entry.expires)


def _strictness(entry: ListEntry) -> tuple[int, bool, Instant]:
    return entry.action, entry.expires is None, entry.expires or Instant(0)


def _reason(entry: ListEntry) -> str:
    return f": {entry.reason}" if entry.reason else ""
