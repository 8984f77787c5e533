"""Let one release through: a waiver of every rule that holds it, for the files that were looked at."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Digests, FileView
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Vote, Waiver
from pratique.core.errors import Conflict, Invalid, Unavailable
from pratique.core.ranges import parse_range, same_version
from pratique.rules import under_review
from pratique.services.accounts.sign_in import write_as
from pratique.services.governing.waive import Waived, lay_down
from pratique.services.judging.find_project import FoundProject, find_as
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import authorise_on, decide_listing, decide_name, inquire, know, not_found
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named, read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import visit_repository
from pratique.store import revisions


class _Held(msgspec.Struct, frozen=True):
    """What an approver looks at.

    Attributes:
        rules: those that hold any of the files, with the instant at which each would end by itself.
        files: of the release, with the digests that its index states.
        revision: of the project while it was looked at.
    """

    rules: dict[str, Instant | None]
    files: dict[str, Digests]
    revision: int


async def approve(ports: Ports, repository: str, purl: str, reason: str, actor: Actor) -> Waived:
    """Let exactly this release through, as it is now, until the hold would have ended by itself.

    A file that joins the release later, or other bytes under a known file name, are not approved:
    nobody looked at them.

    Raises:
        Invalid: the purl names no version, or the reason is a very long one.
        Conflict: nothing holds it, or something denies it, which approval does not lift; or reviewers decide on it.
        NotFound: neither we nor any upstream has it.
        Unavailable: it changed at this very moment.
    """
    named = read_purl(purl, ports.ecosystems)
    if named.version is None:
        raise Invalid(f"an approval is for one release: write {named.purl}@VERSION")
    kept = read_reason(reason)
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    authorise_on(visit, Operation.APPROVE, known, ports.clock.now())
    for inquiry in _asking(inquire(ports, visit, known)):
        _refuse_denied(named, decide_name(inquiry).votes)
    found = await find_as(ports, visit, named.key, ActorKind.USER)
    held = await asyncio.to_thread(_what_holds, visit, found, named, named.version)
    now = ports.clock.now()
    wanted = tuple(
        Waiver(
            id=0,
            rule=rule,
            ecosystem=named.key.ecosystem,
            name=named.key.name,
            versions=parse_range(named.version),
            starts=now,
            expires=end,
            reason=kept or "approved",
            files=held.files,
        )
        for rule, end in sorted(held.rules.items())
    )
    return await write_as(
        ports.db, actor, now, _lay_down_if_unchanged, visit.repository.id, named, wanted, actor, held.revision
    )


def _what_holds(visit: Visit, found: FoundProject, named: Named, version: str) -> _Held:
    """The rules that hold any file of the release, for people or for agents."""
    key = visit.ecosystem.version_key
    files = [file for file in found.source.view.files if same_version(version, file.version, key)]
    if not files:
        raise not_found(visit, named.key)
    votes = list(_votes(found, files))
    _refuse_denied(named, votes)
    rules: dict[str, Instant | None] = {}
    for vote in votes:
        if vote.rule == under_review.NAME and vote.action is Action.HOLD:
            raise Conflict(f"{named.purl} {vote.why}; that ends it: `pratique review clear {named.purl} --reason ...`")
        if vote.action is Action.HOLD:
            rules[vote.rule] = _later(rules.get(vote.rule, Instant(0)), vote.until)
    if not rules:
        raise Conflict(f"nothing holds {named.purl}; it needs no approval")
    return _Held(rules, {file.filename: file.digests for file in files}, found.known.revision)


def _votes(found: FoundProject, files: Iterable[FileView]) -> Iterator[Vote]:
    for inquiry in _asking(found.inquiry):
        decisions = decide_listing(inquiry, found.source.view)
        for file in files:
            yield from decisions[file.filename].votes


def _asking(inquiry: Inquiry) -> list[Inquiry]:
    return [msgspec.structs.replace(inquiry, actor=Actor(kind)) for kind in (ActorKind.USER, ActorKind.AGENT)]


def _later(one: Instant | None, other: Instant | None) -> Instant | None:
    """The later of two ends; None is no end."""
    return None if one is None or other is None else max(one, other)


def _refuse_denied(named: Named, votes: Iterable[Vote]) -> None:
    denying = next((vote for vote in votes if vote.action is Action.DENY), None)
    if denying is not None:
        raise Conflict(
            f"{named.purl} {denying.why}: {denying.rule} denies it, and an approval lifts holds only; waive that "
            f"rule for it with `pratique waive {denying.rule} {named.purl} --reason ...`"
        )


def _lay_down_if_unchanged(
    connection: Connection, repository_id: int, named: Named, wanted: tuple[Waiver, ...], actor: Actor, revision: int
) -> Waived:
    """An approval is for what its giver saw."""
    if revisions.project_revision(connection, repository_id, named.key) != revision:
        raise Unavailable(f"{named.key.name} is changing at this moment; look at it and try again", retry_after=1)
    return lay_down(connection, repository_id, named, wanted, actor)
