"""`pratique user`: accounts."""

from __future__ import annotations

import getpass
import sys
from typing import Annotated

from cyclopts import App, Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.core.errors import Invalid
from pratique.services.accounts.accounts import AddUser, DisableUser, EnableUser, ListUsers, SetPassword
from pratique.services.accounts.administrators import DemoteUser, PromoteUser
from pratique.services.accounts.freeze import FreezeUser, UnfreezeUser
from pratique.services.verbs import table
from pratique.trust.account_names import check_account_name

app = App(name="user", help="Accounts: make them, end them, say who administers.")

Flag = Annotated[bool, Parameter(negative=())]


@app.command
def add(
    name: str,
    *,
    admin: Flag = False,
    password_stdin: Flag = False,
    no_password: Flag = False,
    code: str = "",
    where: Where = HERE,
) -> None:
    """Make an account.

    Args:
        name: lower-case letters, digits, `.`, `_`, `-`.
        admin: it administers the server.
        password_stdin: read the password from standard input instead of asking.
        no_password: an account that holds tokens and never signs in.
        code: with --admin and --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    check_account_name(name)
    password = None if no_password else new_password(name, from_stdin=password_stdin)
    made = ask(table.USER_ADD, AddUser(name, password, admin, code), where)
    if made:
        say(f"{'administrator' if made.admin else 'user'} {made.name} made")


@app.command(name="list")
def list_(*, where: Where = HERE) -> None:
    """List all accounts."""
    found = ask(table.USER_LIST, ListUsers(), where)
    if found:
        rows = [
            (
                one.name,
                "yes" if one.admin else "",
                day(one.created),
                day(one.disabled),
                "yes" if one.has_password else "",
                one.frozen or "",
            )
            for one in found.users
        ]
        nothing = "no accounts yet: make one with `pratique user add NAME --admin`"
        show_table(("name", "admin", "made", "disabled", "can sign in", "frozen"), rows, nothing)


@app.command
def disable(name: str, *, where: Where = HERE) -> None:
    """End an account's sessions and tokens until it is enabled again."""
    if ask(table.USER_DISABLE, DisableUser(name), where):
        say(f"{name} is disabled: none of its tokens and sessions work any more")


@app.command
def enable(name: str, *, code: str = "", where: Where = HERE) -> None:
    """Let a disabled account in again.

    Args:
        name: of the account.
        code: of an administrator, with --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    if ask(table.USER_ENABLE, EnableUser(name, code), where):
        say(f"{name} is enabled again")


@app.command
def freeze(name: str, *, reason: str, where: Where = HERE) -> None:
    """Keep an account from publishing while people look at what it published.

    Args:
        name: of the account.
        reason: whoever is frozen reads it.
        where: data folder or server.
    """
    if ask(table.USER_FREEZE, FreezeUser(name, reason), where):
        say(f"{name} is frozen: it publishes and changes nothing until `pratique user unfreeze {name}`")


@app.command
def unfreeze(name: str, *, where: Where = HERE) -> None:
    """Let a frozen account publish again."""
    if ask(table.USER_UNFREEZE, UnfreezeUser(name), where):
        say(f"{name} may publish again")


@app.command
def promote(name: str, *, code: str = "", where: Where = HERE) -> None:
    """Make an account an administrator. Its sessions and tokens end: they were given to somebody who was none.

    Args:
        name: of the account.
        code: with --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    if ask(table.USER_PROMOTE, PromoteUser(name, code), where):
        say(f"{name} is an administrator now; sign in again, and make new tokens in the place of the earlier ones")


@app.command
def demote(name: str, *, where: Where = HERE) -> None:
    """Make an administrator a plain account. The last administrator stays one."""
    if ask(table.USER_DEMOTE, DemoteUser(name), where):
        say(f"{name} is no administrator any more")


@app.command
def password(name: str, *, password_stdin: Flag = False, code: str = "", where: Where = HERE) -> None:
    """Give an account another password. Its sessions end.

    Args:
        name: of the account.
        password_stdin: read the password from standard input instead of asking.
        code: with --server: a one-time code, made for this on your account page.
        where: data folder or server.
    """
    chosen = new_password(name, from_stdin=password_stdin)
    if ask(table.USER_PASSWORD, SetPassword(name, chosen, code), where):
        say(f"{name} has a new password")


def new_password(name: str, *, from_stdin: bool) -> str:
    """A password, asked for twice, or read from standard input. Raises Invalid where nobody can be asked."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise Invalid("nobody can be asked for a password here: pipe it in with --password-stdin, or use --no-password")
    chosen = getpass.getpass(f"password for {name}: ")
    if getpass.getpass("the same again: ") != chosen:
        raise Invalid("the two passwords differ; nothing was changed")
    return chosen
