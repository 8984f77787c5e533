"""`pratique names feeds`, `import-feeds`: lists of names that models are known to invent."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, show_table
from pratique.services.names.name_feeds import ImportNameFeeds, NameFeeds, ShowNameFeeds
from pratique.services.verbs import table


def feeds(*, where: Where = HERE) -> None:
    """Show the feeds of invented names that the settings name, and how old they are."""
    _show(ask(table.NAMES_FEEDS, ShowNameFeeds(), where))


def import_feeds(*, where: Where = HERE) -> int:
    """Read the feeds of invented names now; exit code 1 if one could not be read."""
    found = ask(table.NAMES_IMPORT_FEEDS, ImportNameFeeds(), where)
    _show(found)
    return 1 if found and any(one.failed for one in found.feeds) else 0


def _show(found: NameFeeds | None) -> None:
    if found is None:
        return
    rows = [(one.feed, one.names, day(one.taken_in) or "never", one.why) for one in found.feeds]
    show_table(("feed", "names", "read", "failed since"), rows, "the settings name no feed (`names.hallucinated`)")
