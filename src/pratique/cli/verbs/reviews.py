"""`pratique review`: releases and new names that wait for a person, and what was decided."""

from __future__ import annotations

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say, show_table
from pratique.services.names.name_reviews import DecideReview, ReviewShown
from pratique.services.reviewing.case_times import ShowTimes
from pratique.services.reviewing.cases_shown import CaseDetail, CaseShown, ListQueue, ShowCase
from pratique.services.reviewing.decide_case import CaseDecided, DecideCase
from pratique.services.verbs import table

app = App(name="review", help="Releases and new names that wait for a person.")


@app.command(name="list")
@app.default
def show(*, every: bool = False, repository: str = "main", where: Where = HERE) -> None:
    """List releases that something speaks against, new names, and public packages under reserved ones.

    Args:
        every: also those that were decided.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.REVIEW_LIST, ListQueue(every, repository=repository), where)
    if not found:
        return
    _show_releases(found.releases)
    say()
    rows = [
        (one.ecosystem, one.name, one.state, ", ".join(one.targets), one.score, one.by, day(one.at), _said(one))
        for one in found.names
    ]
    columns = ("ecosystem", "name", "state", "could be taken for", "score", "by", "since", "why")
    show_table(columns, rows, "no name waits for a person")
    if found.public:
        say()
        show_table(
            ("public package", "under the reserved", "known because", "since"),
            [(one.purl, one.pattern, one.whence, day(one.at)) for one in found.public],
            "",
        )
        say("they stand under names that are reserved here; none of them is served")
    if found.more:
        say("there are more; decide some of these first")


def _show_releases(found: tuple[CaseShown, ...]) -> None:
    rows = [
        (one.purl, one.state, one.suspicion, "held" if one.held else "", one.score, day(one.at), _of_case(one))
        for one in found
    ]
    columns = ("release", "state", "suspicion", "", "score", "since", "why")
    show_table(columns, rows, "no release waits for a person")


def _of_case(one: CaseShown) -> str:
    if one.decided_by is not None:
        return f"{one.state} by {one.decided_by}: {one.reason}"
    return f"{one.why}{'; takes two people' if one.two_people else ''}{''.join(f'; {said}' for said in one.opinions)}"


@app.command(name="show")
def show_one(purl: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Show what is said against one release: what its scan found, and what people report and answer.

    Args:
        purl: of the release, like pkg:npm/left-pad@1.3.0.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.REVIEW_SHOW, ShowCase(purl, repository), where)
    if found:
        _tell(found)


def _tell(found: CaseDetail) -> None:
    case = found.case
    say(f"{case.purl}: {case.state}, {case.suspicion}{', held' if case.held else ''}, score {case.score}")
    say(f"  {_of_case(case)}")
    if found.published_by:
        say(f"  published by {found.published_by}")
    for seen in found.evidence:
        place = seen.file + (f":{seen.line}" if seen.line else "")
        say()
        say(f"  {seen.severity}: {seen.sentence}")
        say(f"    {seen.filename}{f', {place}' if place else ''} [{seen.detector}]")
        if seen.excerpt:
            say(f"    | {seen.excerpt}")
    for one in found.reports:
        say()
        said = "answers" if one.answers else f"reports (weight {one.weight})"
        say(f"  {one.by or 'somebody'} {said}: {one.why}")
        for line in one.evidence.splitlines():
            say(f"    | {line}")
    if found.how_many > len(found.reports):
        say(f"  and {found.how_many - len(found.reports)} more reports")
    if case.decided_by is None:
        say()
        say(f"if it is harmless: pratique review clear {case.purl} --seen {found.seen} --reason ...")
        say(f"if it is harmful: pratique review confirm {case.purl} --reason ...")


@app.command
def clear(purl: str, *, seen: str, reason: str, repository: str = "main", where: Where = HERE) -> None:
    """Let a release out of quarantine: nothing is wrong with it.

    Args:
        purl: of the release.
        seen: what `pratique review show` says, so that nobody lets pass what they did not see.
        reason: kept with the decision.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.REVIEW_CLEAR, DecideCase(purl, reason, repository, seen), where)
    if done:
        _say_decided(done, "is cleared: it is offered, unless another rule holds it")


@app.command(name="confirm")
def confirm_harm(purl: str, *, reason: str, repository: str = "main", where: Where = HERE) -> None:
    """Confirm that a release is harmful: it is revoked.

    Args:
        purl: of the release.
        reason: whoever is refused reads it.
        repository: where.
        where: data folder or server.
    """
    done = ask(table.REVIEW_CONFIRM, DecideCase(purl, reason, repository), where)
    if done:
        _say_decided(done, "is revoked: nobody gets it any more (`pratique exposure` says who has it)")


def _say_decided(done: CaseDecided, what: str) -> None:
    if done.pending:
        say(f"{done.case.purl} is widely used: another administrator has to say the same; nothing has changed yet")
    else:
        say(f"{done.case.purl} {what}")


@app.command
def times(*, repository: str = "main", where: Where = HERE) -> None:
    """Show how long releases wait for their scan, for quarantine, and for people.

    Args:
        repository: where.
        where: data folder or server.
    """
    found = ask(table.REVIEW_TIMES, ShowTimes(repository), where)
    if not found:
        return
    rows = [
        (one.what, one.number, *(f"{took / 1000:.3f}" for took in (one.median, one.p95, one.p99, one.longest)))
        for one in found.took
    ]
    show_table(("seconds", "number", "median", "95 %", "99 %", "longest"), rows, "")
    say(f"{found.unscanned} files wait for their scan, {found.waiting} releases for a person")
    say(f"{found.cleared} releases were cleared, {found.confirmed} confirmed")


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
