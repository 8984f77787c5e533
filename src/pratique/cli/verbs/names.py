"""`pratique reserve`, `unreserve`, `reservations`: names kept for own projects."""

from __future__ import annotations

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say, show_table
from pratique.services.names.reservations import ListReservations, ReservationShown, Reserve, Unreserve
from pratique.services.verbs import table


def reserve(ecosystem: str, pattern: str, *, reason: str = "", repository: str = "main", where: Where = HERE) -> None:
    """Keep a name, prefix or scope for own projects. No upstream is asked for it any more.

    Args:
        ecosystem: npm, pypi, ...
        pattern: a name, or with `*` a prefix or scope: `@acme/*`, `acme-*`.
        reason: shown to whoever is refused.
        repository: where.
        where: data folder or server.
    """
    made = ask(table.RESERVE, Reserve(ecosystem, pattern, reason, repository), where)
    if made:
        show_reserved(made)


def unreserve(ecosystem: str, pattern: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Give a reserved name, prefix or scope free.

    Args:
        ecosystem: npm, pypi, ...
        pattern: as it was reserved.
        repository: where.
        where: data folder or server.
    """
    freed = ask(table.UNRESERVE, Unreserve(ecosystem, pattern, repository), where)
    if freed:
        say(f"{freed.pattern} is no longer reserved in {freed.ecosystem}: upstreams are asked for it again")


def reservations(*, repository: str = "main", where: Where = HERE) -> None:
    """List what is reserved."""
    found = ask(table.RESERVATIONS, ListReservations(repository=repository), where)
    if found:
        rows = [(one.ecosystem, one.pattern, one.reason, len(one.public) or "") for one in found.reservations]
        show_table(("ecosystem", "pattern", "reason", "in public"), rows, "nothing is reserved")


def show_reserved(made: ReservationShown) -> None:
    """Say that a pattern is reserved, and which public packages stand under it."""
    say(f"{made.pattern} is reserved in {made.ecosystem}: only own projects answer to it")
    for one in made.public:
        say(f"  {one.purl} is public ({one.whence}); nobody gets it from here any more")
