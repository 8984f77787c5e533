"""Where an allowlist is in force, refuse what it does not cover."""

from __future__ import annotations

from pratique.core.decisions import EntryKind, Vote
from pratique.core.facts import ALLOWLIST_IN_FORCE, LIST_ENTRIES, Facts
from pratique.rules.contract import EVERY_MOMENT, Needs, NoOptions, allow, deny
from pratique.rules.globs import in_force, last_end

NAME = "allowlist"
NEEDS: Needs = (ALLOWLIST_IN_FORCE, LIST_ENTRIES)
MOMENTS = EVERY_MOMENT


def vote(facts: Facts, _options: NoOptions) -> Vote | None:
    """Deny what no allow entry covers, own projects included: only what is listed passes.

    A whole project is refused only if no entry names it; an entry for some of its versions lets the
    question through to the listing. An expired entry covers nothing, and never ends the list: a list
    whose entries all ran out refuses everything.

    Source: README, "What it refuses by default".
    """
    if not facts[ALLOWLIST_IN_FORCE]:
        return None
    entries = in_force(facts[LIST_ENTRIES], EntryKind.ALLOW, facts.now)
    if facts.subject.version is not None:
        entries = tuple(entry for entry in entries if facts.in_range(entry.versions))
    if not entries:
        return deny(NAME, why=f"is not on the allowlist for {facts.subject.project.ecosystem}")
    end = last_end(entry.expires for entry in entries)
    return None if end is None else allow(NAME, why="is on the allowlist", until=end)
