"""`pratique deny`, `allow`, `grant` and what takes them back; `lists` shows them."""

from __future__ import annotations

from typing import Literal

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.core.decisions import EntryKind
from pratique.services.governing.list_entries import AddEntry, Entries, EntryShown, ListEntries, RemoveEntries
from pratique.services.verbs import table


def deny(
    purl: str,
    *,
    reason: str,
    versions: str | None = None,
    action: Literal["hide", "hold", "deny"] = "deny",
    expires: str | None = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Put a project, release or range of versions on the denylist.

    Args:
        purl: `pkg:npm/left-pad`, `pkg:npm/left-pad@1.3.0`, with `*` in the name for many.
        reason: whoever is refused reads it.
        versions: a range such as `>=1.0,<2.0`, instead of a version in the purl.
        action: hide (pinned downloads still work), hold (until a person approves), deny.
        expires: after how long, like `14d`; never if not given.
        repository: where.
        where: data folder or server.
    """
    entry = AddEntry(EntryKind.DENY, purl, versions, action, reason, expires, repository)
    _tell(ask(table.LIST_ADD, entry, where), {"hide": "hidden", "hold": "held", "deny": "denied"}[action])


def undeny(purl: str, *, versions: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """Take a line off the denylist, named as it was denied."""
    _remove(RemoveEntries(EntryKind.DENY, purl, versions, repository), where, "no longer denied")


def allow(
    purl: str,
    *,
    reason: str = "",
    versions: str | None = None,
    expires: str | None = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Put a project, release or range on the allowlist. With the first line, only what is allowed passes.

    Args:
        purl: with `*` in the name for many.
        reason: kept with the line.
        versions: a range, instead of a version in the purl.
        expires: after how long, like `14d`; never if not given.
        repository: where.
        where: data folder or server.
    """
    entry = AddEntry(EntryKind.ALLOW, purl, versions, "deny", reason, expires, repository)
    _tell(ask(table.LIST_ADD, entry, where), "on the allowlist")


def unallow(purl: str, *, versions: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """Take a line off the allowlist, named as it was allowed."""
    _remove(RemoveEntries(EntryKind.ALLOW, purl, versions, repository), where, "no longer on the allowlist")


def grant(
    purl: str,
    *,
    reason: str = "",
    versions: str | None = None,
    expires: str | None = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Let agents take a name that is new here.

    Args:
        purl: with `*` in the name for many.
        reason: kept with the line.
        versions: a range, instead of a version in the purl.
        expires: after how long, like `14d`; never if not given.
        repository: where.
        where: data folder or server.
    """
    entry = AddEntry(EntryKind.GRANT, purl, versions, "deny", reason, expires, repository)
    _tell(ask(table.LIST_ADD, entry, where), "granted to agents")


def ungrant(purl: str, *, versions: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """Take a grant for agents back, named as it was granted."""
    _remove(RemoveEntries(EntryKind.GRANT, purl, versions, repository), where, "no longer granted to agents")


def lists(
    kind: Literal["allow", "deny", "grant"] | None = None, *, repository: str = "main", where: Where = HERE
) -> None:
    """Show the allowlist, the denylist and the grants for agents.

    Args:
        kind: only one of them.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.LIST_SHOW, ListEntries(None if kind is None else EntryKind(kind), repository), where)
    if found:
        rows = [
            (one.kind, one.purl, one.versions, one.action, day(one.expires) or "never", one.reason)
            for one in found.entries
        ]
        show_table(("list", "purl", "versions", "action", "ends", "reason"), rows, "the lists are empty")


def _tell(entry: EntryShown | None, what: str) -> None:
    if entry:
        end = f" until {day(entry.expires)} UTC" if entry.expires else ""
        say(f"{entry.purl} {entry.versions} is {what}{end}")


def _remove(request: RemoveEntries, where: Where, what: str) -> None:
    removed: Entries | None = ask(table.LIST_REMOVE, request, where)
    for one in removed.entries if removed else ():
        say(f"{one.purl} {one.versions} is {what}")
