"""`pratique events`: what changed, when, and by whom."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import show_table
from pratique.services.governing.list_events import ListEvents
from pratique.services.verbs import table


def events(*, about: str | None = None, limit: int = 50, where: Where = HERE) -> None:
    """Show the latest events.

    Args:
        about: only those about exactly this purl.
        limit: so many at most.
        where: data folder or server.
    """
    found = ask(table.EVENTS, ListEvents(about, limit), where)
    if found is None:
        return
    rows = [(one.at[:19].replace("T", " "), one.kind, one.actor, one.subject) for one in found.events]
    show_table(("at (UTC)", "what", "by", "about"), rows, "nothing happened yet")
