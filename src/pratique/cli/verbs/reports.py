"""`pratique report`, `appeal` and `reporters`: what people say about releases."""

from __future__ import annotations

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import say, show_table
from pratique.services.reviewing.report_release import Appeal, Report
from pratique.services.reviewing.reporters import ListReporters, ReporterShown, TrustReporter
from pratique.services.verbs import table

reporters = App(name="reporters", help="Whose reports are trusted, and what came of everybody's.")


def report(purl: str, *, why: str, evidence: str = "", repository: str = "main", where: Where = HERE) -> None:
    """Say that a release is harmful. A person looks at it.

    Args:
        purl: of the release, like pkg:npm/left-pad@1.3.0.
        why: what it does, in a sentence.
        evidence: file and line, a link, what you saw.
        repository: where.
        where: data folder or server.
    """
    taken = ask(table.REPORTS, Report(purl, why, evidence, repository), where)
    if taken:
        say(taken.note)


def appeal(purl: str, *, why: str, repository: str = "main", where: Where = HERE) -> None:
    """Say why a release is harmless that you publish; whoever decides reads it.

    Args:
        purl: of the release.
        why: what it does, and what for.
        repository: where.
        where: data folder or server.
    """
    taken = ask(table.APPEAL, Appeal(purl, why, repository), where)
    if taken:
        say(taken.note)


@reporters.command(name="list")
@reporters.default
def show(*, where: Where = HERE) -> None:
    """List who reported, whose reports are trusted, and what came of them."""
    found = ask(table.REPORTERS_LIST, ListReporters(), where)
    if found:
        rows = [(one.name, "yes" if one.trusted else "", one.right, one.wrong, one.open) for one in found.reporters]
        show_table(("name", "trusted", "right", "wrong", "open"), rows, "nobody has reported anything")


@reporters.command
def trust(name: str, *, where: Where = HERE) -> None:
    """Let what an account reports be kept back for a time, until a person has looked."""
    done = ask(table.REPORTERS_TRUST, TrustReporter(name), where)
    if done:
        say(f"reports of {done.name} keep releases back for a time{_record(done)}")


@reporters.command
def distrust(name: str, *, where: Where = HERE) -> None:
    """Let what an account reports only sort the queue again."""
    done = ask(table.REPORTERS_TRUST, TrustReporter(name, trusted=False), where)
    if done:
        say(f"reports of {done.name} keep nothing back any more{_record(done)}")


def _record(one: ReporterShown) -> str:
    return f"; so far {one.right} were right and {one.wrong} wrong"
