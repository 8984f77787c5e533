"""`pratique waivers`: what was waived or approved, by whom, and what waits for a second person."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, show_table
from pratique.services.governing.list_waivers import ListWaivers, WaiverShown
from pratique.services.verbs import table

_COLUMNS = ("id", "rule", "for what", "state", "for whom", "by", "ends", "reason")


def waivers(
    *, ended: Annotated[bool, Parameter(negative=())] = False, repository: str = "main", where: Where = HERE
) -> None:
    """Show waivers and approvals, and which of them wait for a second administrator.

    Args:
        ended: also those that were withdrawn or have expired.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.WAIVERS, ListWaivers(ended, repository), where)
    if found:
        show_table(_COLUMNS, [_row(one) for one in found.waivers], "there are no waivers")


def _row(one: WaiverShown) -> tuple[object, ...]:
    only = f", only {' '.join(one.files)}" if one.files else ""
    what, whom = f"{one.purl} {one.versions}{only}", ",".join(one.actor_kinds) or "everyone"
    return (one.id, one.rule, what, one.state, whom, one.by, day(one.expires) or "never", one.reason)
