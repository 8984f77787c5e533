"""`pratique review`: new names that wait for a person, and what was decided."""

from __future__ import annotations

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.services.names.name_reviews import DecideReview, ListReviews, ReviewShown
from pratique.services.verbs import table

app = App(name="review", help="New names that wait for a person.")


@app.command(name="list")
@app.default
def show(*, every: bool = False, repository: str = "main", where: Where = HERE) -> None:
    """List new names that wait, with what they could be taken for.

    Args:
        every: also those that were decided.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.REVIEW_LIST, ListReviews(every, 0, repository), where)
    if not found:
        return
    rows = [
        (one.ecosystem, one.name, one.state, ", ".join(one.targets), one.score, one.by, day(one.at), _said(one))
        for one in found.reviews
    ]
    columns = ("ecosystem", "name", "state", "could be taken for", "score", "by", "since", "why")
    show_table(columns, rows, "no name waits for a person")
    if found.more:
        say("there are more; decide some of these first")


@app.command
def approve(ecosystem: str, name: str, *, reason: str, repository: str = "main", where: Where = HERE) -> None:
    """Let a new name be used: what is published under it is offered from now on.

    Args:
        ecosystem: npm, pypi, ...
        name: of the project.
        reason: kept with the decision.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.REVIEW_APPROVE, DecideReview(ecosystem, name, reason, repository), where)
    if done:
        say(f"{done.name} is approved: its releases are offered, unless another rule holds them")


@app.command
def refuse(ecosystem: str, name: str, *, reason: str, repository: str = "main", where: Where = HERE) -> None:
    """Refuse a new name: nothing of it is served, and nothing more is published into it.

    Args:
        ecosystem: npm, pypi, ...
        name: of the project.
        reason: whoever published it reads it.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.REVIEW_REFUSE, DecideReview(ecosystem, name, reason, repository), where)
    if done:
        say(f"{done.name} is refused: nothing of it is served")


def _said(one: ReviewShown) -> str:
    return one.why if one.decided_by is None else f"{one.state} by {one.decided_by}: {one.reason}"
