"""`pratique names dispute`: who claims the name of an own project, and how that ended."""

from __future__ import annotations

from typing import Literal

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.services.names.disputes import CloseDispute, ListDisputes, OpenDispute, Outcome
from pratique.services.verbs import table

app = App(name="dispute", help="Disputes over names of own projects.")


@app.command(name="open")
def open_(
    purl: str, *, claimant: str, reason: str, notice: str = "30d", repository: str = "main", where: Where = HERE
) -> None:
    """Record that somebody claims the name of an own project; its owners have time to answer. Nothing changes hands.

    Args:
        purl: of the project, like `pkg:npm/billing`.
        claimant: who claims it.
        reason: why; the owners read it.
        notice: so long the owners have to answer, like `30d`.
        repository: where it is.
        where: data folder or server.
    """
    made = ask(table.DISPUTE_OPEN, OpenDispute(purl, claimant, reason, notice, repository), where)
    if made:
        say(f"dispute {made.id} over {made.purl} is open; its owners have until {day(made.notice_ends)} UTC to answer")


@app.command(name="list")
def list_(*, closed: bool = False, repository: str = "main", where: Where = HERE) -> None:
    """List disputes, newest first.

    Args:
        closed: also those that are decided.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.DISPUTE_LIST, ListDisputes(closed, repository), where)
    if found:
        rows = [
            (one.id, one.purl, one.claimant, one.outcome or "open", day(one.notice_ends), one.reason)
            for one in found.disputes
        ]
        show_table(("id", "purl", "claimant", "state", "notice ends", "reason"), rows, "no name is disputed")


@app.command
def close(
    number: int,
    *,
    outcome: Literal["upheld", "rejected"],
    reason: str,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Decide a dispute: reject it at any time, uphold it after the notice period.

    Args:
        number: of the dispute, as `list` shows it.
        outcome: upheld: the name should go to the claimant; rejected: it stays.
        reason: why.
        repository: where it is.
        where: data folder or server.
    """
    closed = ask(table.DISPUTE_CLOSE, CloseDispute(number, Outcome(outcome), reason, repository), where)
    if closed:
        say(f"dispute {closed.id} over {closed.purl} is {closed.outcome}")
