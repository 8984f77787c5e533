"""`pratique explain` and `exposure`: why something is refused, who fetched it."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from cyclopts import Parameter

from pratique.cli.asking import HERE, Where, ask
from pratique.cli.showing import day, say
from pratique.core.actors import ActorKind
from pratique.services.governing.explain import Explained, Explanation
from pratique.services.governing.exposure import Exposure, Fetched
from pratique.services.verbs import table
from pratique.services.verbs.releases import Explain, ShowDecision, ShowExposure

_DECISION_ID = re.compile(r"[a-z2-7]{26}\Z")


def explain(
    purl: str,
    *,
    as_kind: Annotated[Literal["user", "ci", "agent", "service", "nobody"], Parameter(name="--as")] = "user",
    repository: str = "main",
    where: Where = HERE,
) -> None:
    """Say why something is or is not served.

    Args:
        purl: `pkg:npm/left-pad@1.3.0`, a whole project, or the id that a refusal names.
        as_kind: for which kind of actor it is judged.
        repository: where.
        where: data folder or server.
    """
    if _DECISION_ID.match(purl):
        one = ask(table.DECISION, ShowDecision(purl), where)
        if one:
            _show_one(one)
        return
    found = ask(table.EXPLAIN, Explain(purl, ActorKind(as_kind), repository), where)
    if found:
        _show_all(found)


def exposure(purl: str, *, repository: str = "main", where: Where = HERE) -> None:
    """Say who fetched something, when, and with which credential.

    Args:
        purl: a project or a release.
        repository: where.
        where: data folder or server.
    """
    found = ask(table.EXPOSURE, ShowExposure(purl, repository), where)
    if found:
        show_fetched(found)


def show_fetched(found: Exposure) -> None:
    """Downloads, newest first."""
    if not found.downloads:
        say(f"nobody fetched {found.purl} here")
    for one in found.downloads:
        token = "" if one.token is None else f" with token {one.token}"
        say(f"{day(one.at)} {one.filename} by {_who(one)}{token}")
    if not found.complete:
        say("... and earlier ones")
    say(found.note)


def _show_all(found: Explained) -> None:
    say(f"{found.purl} in {found.repository}, asked by {found.asked_as}:")
    for one in found.explanations:
        _show_one(one)
    if found.not_shown:
        say(f"... and {found.not_shown} more that something objects to")
    if found.allowed_count:
        say(f"{found.allowed_count} {'file is' if found.allowed_count == 1 else 'files are'} offered")


def _show_one(one: Explanation) -> None:
    say()
    say(f"{one.filename or one.subject}: {one.action}")
    say(f"  {one.sentence}")
    for vote in one.votes:
        end = f", until {day(vote.until)} UTC" if vote.until is not None else ""
        aside = f" (does not count: {vote.set_aside_by})" if vote.set_aside_by else ""
        say(f"  {vote.rule} votes {vote.action}: {vote.why}{end}{aside}")
    for found in one.findings:
        say(f"  noticed: {found.sentence}")
    if one.waiting:
        say(f"  can say more later, by the listing or the file: {', '.join(one.waiting)}")
    say(f"  what now: {one.next_step}")
    if one.url:
        say(f"  {one.url}")


def _who(one: Fetched) -> str:
    return one.actor if one.actor == one.actor_kind else f"{one.actor_kind} {one.actor}"
