"""`pratique project`: who may see an own project, and who has which role in it."""

from __future__ import annotations

from typing import Literal

from cyclopts import App

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say
from pratique.core.account_verbs import PublishProof
from pratique.core.artifacts import Marker
from pratique.services.publishing.membership import ProjectShown, SetMember, SetVisibility, ShowProject
from pratique.services.publishing.project_status import SetStatus
from pratique.services.publishing.publish_proof import SetPublishProof
from pratique.services.verbs import table
from pratique.trust.permissions import Role
from pratique.trust.permissions import Visibility as Seen

app = App(name="project", help="Own projects: who may see them, and who has which role.")


@app.command(name="show")
def show_(purl: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Show an own project's visibility and members."""
    _show(ask(table.PROJECT_SHOW, ShowProject(purl, repository), where))


@app.command
def visibility(
    purl: str, visibility: Literal["members", "public"], *, repository: str = "main", where: Where = HERE
) -> None:
    """Show an own project to its members only, or to everyone who may read here.

    Args:
        purl: of the project, like `pkg:npm/%40acme/tools`.
        visibility: members or public.
        repository: where it is.
        where: data folder or server.
    """
    _show(ask(table.PROJECT_VISIBILITY, SetVisibility(purl, Seen(visibility), repository), where))


@app.command
def member(
    purl: str,
    user: str,
    role: Literal["owner", "maintainer", "reader", "none"],
    *,
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Give an account a role in an own project; `none` takes it away.

    Args:
        purl: of the project.
        user: the account.
        role: owners do everything, maintainers publish, readers install.
        repository: where it is.
        where: data folder or server.
    """
    chosen = None if role == "none" else Role(role)
    _show(ask(table.PROJECT_MEMBER, SetMember(purl, user, chosen, repository), where))


@app.command
def status(
    purl: str,
    status: Literal["active", "archived", "deprecated", "quarantined"],
    *,
    reason: str = "",
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Say how an own project stands: archived ones take no uploads, of quarantined ones nothing is served either.

    Args:
        purl: of the project, like `pkg:pypi/acme-tools`.
        status: Python clients read it in the index (PEP 792).
        reason: shown with it.
        repository: where it is.
        where: data folder or server.
    """
    done = ask(table.PROJECT_STATUS, SetStatus(purl, Marker(status), reason, repository), where)
    if done:
        say(f"{done.purl} is {_stands(done.status, done.reason)}" + ("" if done.changed else ", as it was before"))


def _stands(status: str, reason: str) -> str:
    return status + (f": {reason}" if reason else "")


@app.command
def proof(
    purl: str, proof: Literal["nobody", "people", "everybody"], *, repository: str = "main", where: Where = HERE
) -> None:
    """Demand a one-time code, confirmed in the browser, with every publish into an own project.

    Args:
        purl: of the project.
        proof: of nobody; of people, but not of CI tokens; of everybody.
        repository: where it is.
        where: data folder or server.
    """
    shown = ask(table.PROJECT_PROOF, SetPublishProof(purl, PublishProof(proof), repository), where)
    if shown is not None:
        say(f"{shown.purl}: a one-time code is demanded of {shown.proof}")


def _show(project: ProjectShown | None) -> None:
    if project is None:
        return
    say(f"{project.purl} is for {'everyone' if project.visibility == Seen.PUBLIC else 'its members'}")
    if project.status != Marker.ACTIVE:
        say(f"  it is {_stands(project.status, project.status_reason)}")
    if project.dispute is not None:
        say(f"  {project.dispute.claimant} claims its name (dispute {project.dispute.id}): {project.dispute.reason}")
        say(f"    its owners have until {day(project.dispute.notice_ends)} UTC to answer")
    for one in project.members:
        say(f"  {one.role}: {one.user}")
    for release in project.releases:
        say(f"  {release.version}: {release.clearance}")
        for sentence in release.findings:
            say(f"    noticed: {sentence}")
