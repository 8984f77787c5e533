"""`pratique names placeholders`: own projects that hold nothing but their names."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, show_table
from pratique.services.names.placeholders import ListPlaceholders
from pratique.services.verbs import table


def placeholders(*, idle: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """List own projects whose releases hold nothing but a name.

    Args:
        idle: only those without a release for so long, like `90d`.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.NAMES_PLACEHOLDERS, ListPlaceholders(idle, repository), where)
    if found:
        rows = [(one.purl, one.version, day(one.released), ", ".join(one.owners), one.why) for one in found.projects]
        show_table(("project", "newest", "released", "owners", "why"), rows, "every own project holds something")
