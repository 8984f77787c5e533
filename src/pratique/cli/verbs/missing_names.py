"""`pratique names missing`: what was asked for in vain."""

from __future__ import annotations

from typing import Annotated, Literal

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, show_table
from pratique.core.actors import ActorKind
from pratique.services.names.missing_names import ListMissingNames
from pratique.services.verbs import table


def missing(
    *,
    ecosystem: Annotated[str | None, Parameter(name=("--ecosystem", "-e"))] = None,
    by: Literal["user", "ci", "agent", "service", "nobody"] | None = None,
    since: str | None = None,
    limit: int = 100,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """List names that were asked for while nobody had them, those that most askers want first.

    Args:
        ecosystem: only of this one.
        by: only what this kind of actor asked for.
        since: only what was asked for so lately, like `7d`.
        limit: names at most.
        repository: where.
        where: data folder or server.
    """
    kind = None if by is None else ActorKind(by)
    found = ask(table.NAMES_MISSING, ListMissingNames(ecosystem, kind, since, limit, repository), where)
    if found:
        rows = [
            (one.ecosystem, one.name, one.actor_kind, one.count, one.askers, day(one.first), day(one.last))
            for one in found.names
        ]
        columns = ("ecosystem", "name", "asked by", "times", "askers", "first", "last")
        show_table(columns, rows, "no name was asked for in vain")
