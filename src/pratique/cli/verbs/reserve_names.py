"""`pratique names reserve`: several names at once, also those that were asked for in vain."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Literal

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say, say_aside
from pratique.cli.verbs.names import show_reserved
from pratique.core.actors import ActorKind
from pratique.core.errors import Invalid
from pratique.core.sentences import clean
from pratique.services.names.missing_names import ListMissingNames
from pratique.services.names.reserve_names import MAX_AT_ONCE, ReserveNames
from pratique.services.verbs import table


def reserve(
    *names: str,
    ecosystem: Annotated[str, Parameter(name=("--ecosystem", "-e"))],
    missing: Annotated[bool, Parameter(negative=())] = False,
    by: Literal["user", "ci", "agent", "service", "nobody"] = "agent",
    times: int = 2,
    since: str | None = None,
    reason: str = "",
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Keep names for own projects, so that nobody who registers them in public is ever asked for them.

    Args:
        names: names, or with `*` prefixes or scopes.
        ecosystem: npm, pypi, ...
        missing: also what was asked for in vain, as `pratique names missing` lists it.
        by: of those, what this kind of actor asked for.
        times: of those, what was asked for at least so often.
        since: of those, what was asked for so lately, like `30d`.
        reason: shown to whoever is refused.
        repository: where.
        where: data folder or server.
    """
    wanted = [*names]
    if missing:
        request = ListMissingNames(ecosystem, ActorKind(by), since, MAX_AT_ONCE, repository)
        found = ask(table.NAMES_MISSING, request, replace(where, json=False))
        asked_for = [one.name for one in found.names if one.count >= times] if found else []
        for name in (one for one in asked_for if "*" in one):
            say_aside(clean(f"not reserved: {name}: it would reserve every name of that form"))
        wanted += [name for name in asked_for if "*" not in name]
        reason = reason or "asked for in vain"
    if not wanted:
        raise Invalid(
            "nothing was asked for in vain so often" if missing else "name what to reserve, or give --missing"
        )
    made = ask(table.NAMES_RESERVE, ReserveNames(ecosystem, tuple(wanted), reason, repository), where)
    for one in made.reserved if made else ():
        show_reserved(one)
    for pattern in made.already if made else ():
        say(f"{pattern} was reserved before")
