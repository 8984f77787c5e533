"""`pratique approve`, `waive`, `confirm`, `withdraw`, `yank`, `unyank`, `revoke`, `unrevoke`."""

from __future__ import annotations

from typing import Annotated

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say
from pratique.cli.verbs.explaining import show_fetched
from pratique.cli.verbs.tokens import parts
from pratique.services.governing.waive import Waived
from pratique.services.publishing.yank import Unyank, Yank, Yanked
from pratique.services.verbs import table
from pratique.services.verbs.releases import Approve, ConfirmWaiver, Revoke, Unrevoke, Waive, WithdrawWaiver


def approve(purl: str, *, reason: str = "", repository: str = "main", where: Where = HERE) -> None:
    """Let exactly this release through whatever holds it now.

    Args:
        purl: with a version: `pkg:npm/left-pad@1.3.0`.
        reason: kept with the approval.
        repository: where.
        where: data folder or server.
    """
    _tell(ask(table.APPROVE, Approve(purl, reason, repository), where))


def waive(
    rule: str,
    purl: str,
    *,
    reason: str,
    versions: str | None = None,
    expires: str | None = None,
    only_for: Annotated[list[str] | None, Parameter(name="--for", negative=())] = None,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Remove one rule's vote for a project, release or range of versions.

    Args:
        rule: as `pratique policy show` names it.
        purl: without a version for the whole project.
        reason: kept with the waiver.
        versions: a range, instead of a version in the purl.
        expires: after how long, like `14d`; never if not given.
        only_for: kinds of actor, repeated or with commas; everyone if not given.
        repository: where.
        where: data folder or server.
    """
    request = Waive(rule, purl, reason, versions, expires, parts(only_for), repository)
    _tell(ask(table.WAIVE, request, where))


def confirm(id: int, *, repository: str = "main", where: Where = HERE) -> None:
    """Agree, as the second administrator, to a waiver that waits, as it was asked for.

    Args:
        id: as `pratique waivers` shows it, with what it says.
        repository: where.
        where: data folder or server; with a token of yours, as the command on the data folder is nobody.
    """
    _tell(ask(table.CONFIRM, ConfirmWaiver(id, repository), where))


def withdraw(id: int, *, repository: str = "main", where: Where = HERE) -> None:
    """End a waiver or an approval.

    Args:
        id: as `pratique waivers` shows it.
        repository: where.
        where: data folder or server.
    """
    if ask(table.WITHDRAW, WithdrawWaiver(id, repository), where):
        say(f"waiver {id} counts no more")


def yank(purl: str, *, reason: str = "", repository: str = "main", where: Where = HERE) -> None:
    """Take an own release out of what resolvers choose; whoever has pinned it still gets it.

    Args:
        purl: with a version: `pkg:cargo/ours@1.0.0`.
        reason: shown where the ecosystem's index has a place for it.
        repository: where.
        where: data folder or server.
    """
    _tell_yanked(ask(table.YANK, Yank(purl, reason, repository), where))


def unyank(purl: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Let resolvers choose a yanked release again.

    Args:
        purl: as it was yanked.
        repository: where.
        where: data folder or server.
    """
    _tell_yanked(ask(table.UNYANK, Unyank(purl, repository), where))


def _tell_yanked(done: Yanked | None) -> None:
    if done:
        now = "yanked" if done.yanked else "offered"
        say(f"{done.purl} is {now}" + ("" if done.changed else ", as it was before"))


def revoke(purl: str, *, reason: str, file: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """Refuse a project, release or file from now on, everywhere within a second.

    Args:
        purl: without a version the whole project.
        reason: whoever is refused reads it.
        file: one file of the release only.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.REVOKE, Revoke(purl, reason, file, repository), where)
    if done:
        say(f"{done.purl}{f' {done.filename}' if done.filename else ''} is revoked")
        if done.note:
            say(done.note)
        show_fetched(done.exposure)


def unrevoke(purl: str, *, file: str | None = None, repository: str = "main", where: Where = HERE) -> None:
    """Serve again what was revoked, named as it was revoked.

    Args:
        purl: as it was revoked.
        file: as it was revoked.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.UNREVOKE, Unrevoke(purl, file, repository), where)
    if done:
        say(f"{done.purl}{f' {done.filename}' if done.filename else ''} is served again")


def _tell(waived: Waived | None) -> None:
    if waived is None:
        return
    numbers = ", ".join(map(str, waived.waivers))
    rules = ", ".join(waived.rules)
    if waived.pending:
        say(f"waiver {numbers} of {rules} waits until another administrator agrees with `pratique confirm ID`")
    else:
        say(f"{_what(waived)}: {rules} no longer {'counts' if len(waived.rules) == 1 else 'count'} (waiver {numbers})")


def _what(waived: Waived) -> str:
    """A purl names its one version itself."""
    if "@" in waived.purl:
        return waived.purl
    return f"{waived.purl}, {'all versions' if waived.versions == '*' else f'versions {waived.versions}'}"
