"""`pratique admin`: a way in for an administrator."""

from __future__ import annotations

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, say_aside
from pratique.services.accounts.admin_link import MakeAdminLink
from pratique.services.verbs import table

app = App(name="admin", help="A way in for an administrator.")


@app.command
def link(*, code: str = "", where: Where = HERE) -> None:
    """Make a link that lets its reader become administrator: once, within fifteen minutes.

    Args:
        code: with --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    made = ask(table.ADMIN_LINK, MakeAdminLink(code), where)
    if made:
        say(made.url)
        say_aside(f"good once, until {day(made.expires)} UTC; earlier links no longer work")
