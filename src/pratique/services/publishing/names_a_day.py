"""How many new names one account may take: nobody needs a hundred a day but who means to sit on them."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.clock import DAY, Instant, to_iso
from pratique.core.errors import Forbidden
from pratique.store import projects

WINDOW = DAY


def check_names_a_day(connection: Connection, actor: Actor, most: int, now: Instant) -> None:
    """Return if the actor may found one more project.

    Args:
        most: projects that an account may found within `WINDOW`; 0: no limit.

    Raises:
        Forbidden: it has founded as many; the sentence says when it may again. Administrators never have. Or there is
            no account whose names could be counted.
    """
    if not most or actor.admin:
        return
    if actor.account is None:
        raise Forbidden("new names are counted by account: publish the first release with a token of one")
    founded = projects.founded_since(connection, actor.account, Instant(now - WINDOW))
    if len(founded) < most:
        return
    again = to_iso(Instant(founded[len(founded) - most] + WINDOW))
    raise Forbidden(
        f"your account took {len(founded)} new names within 24 hours, and {most} are allowed: take the next one from "
        f"{again} on, or have an administrator publish its first release (setting names.new_a_day)"
    )
