"""Releases that people look at, as they are shown: to reviewers all of it, to their owners what is said of them."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import Forbidden, NotFound, StepUpNeeded, Unauthorised
from pratique.core.reviews import CaseState
from pratique.rules.policy import short_hash
from pratique.services.changes import permit_everywhere, permit_on
from pratique.services.judging.judge import admit_reader, know, not_found
from pratique.services.judging.knowledge import Knowledge
from pratique.services.names import name_reviews
from pratique.services.names.name_reviews import ListReviews, ReviewShown
from pratique.services.names.public_under_reserved import PublicAlert, read_alerts
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named
from pratique.services.reviewing.named_release import named_release
from pratique.services.reviewing.two_people import WideUse, is_widely_used, wide_use
from pratique.services.visits import find_repository, visit_repository
from pratique.store import events, release_cases, reports
from pratique.store.release_cases import Evidence, StoredCase
from pratique.trust.permissions import NEEDS_CREDENTIAL, Role

MOST_SHOWN = 500
"""Cases in one answer."""

_SEEN = 12
"""Characters: nobody is to guess them, only to copy them."""

_MOST_REPORTS = 100
"""Reports that are shown with one case, the weightiest first."""


class ListQueue(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List what waits for a person: releases and new names.

    Attributes:
        every: also what was decided.
        after: number of the last release of the answer before.
        names_after: that of names.
    """

    every: bool = False
    after: int = 0
    names_after: int = 0
    repository: str = "main"


class ShowCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show what is said against one release."""

    purl: str
    repository: str = "main"


class CaseShown(msgspec.Struct, frozen=True):
    """One release. Times are RFC 3339.

    Attributes:
        purl: of the release.
        own: it was published here.
        state: waiting, cleared or confirmed.
        suspicion: quarantine, review or reported.
        score: of the scan, 0 to 100.
        weight: of the reports, in thousandths of one by somebody trusted.
        why: the worst that was found, or what was reported.
        held: nobody gets it now, where the rule under_review is enforced.
        held_until: and it ends by itself then.
        two_people: it takes two to decide.
        opinions: who wants what, where one of two has said so.
    """

    id: int
    purl: str
    own: bool
    state: str
    suspicion: str
    score: int
    weight: int
    why: str
    held: bool
    at: str
    held_until: str | None = None
    two_people: bool = False
    opinions: tuple[str, ...] = ()
    decided_by: str | None = None
    decided_at: str | None = None
    reason: str | None = None


class ReportShown(msgspec.Struct, frozen=True):
    """What somebody says about a release.

    Attributes:
        by: who; empty for whoever is not a reviewer.
        answers: it is the answer of somebody who publishes the project.
    """

    by: str
    why: str
    evidence: str
    weight: int
    at: str
    answers: bool = False
    outcome: str | None = None


class CaseDetail(msgspec.Struct, frozen=True):
    """One release with all that is said of it.

    Attributes:
        evidence: what the scan found, file by file.
        reports: the weightiest first.
        how_many: reports there are in all.
        seen: stands for all that scans found; who decides says it, so that nobody decides on what they did not see.
        published_by: who published it here, empty for an upstream's.
    """

    case: CaseShown
    evidence: tuple[Evidence, ...]
    reports: tuple[ReportShown, ...]
    how_many: int
    seen: str
    published_by: str = ""


class Queue(msgspec.Struct, frozen=True):
    """What waits for people; `more` if there is more of either kind.

    Attributes:
        releases: what looks worst first.
        names: in the order in which they came.
        public: packages that appeared in public under reserved names, the newest first. Nothing is to be decided: none
            of them is served here.
    """

    releases: tuple[CaseShown, ...]
    names: tuple[ReviewShown, ...]
    more: bool = False
    public: tuple[PublicAlert, ...] = ()


async def list_queue(ports: Ports, request: ListQueue, actor: Actor) -> Queue:
    """What waits. Raises Forbidden to all but administrators: it tells of private projects."""
    now = ports.clock.now()
    with suppress(StepUpNeeded):  # to decide takes the password, to look does not
        permit_everywhere(actor, Operation.APPROVE, now)
    actor = msgspec.structs.replace(actor, stepped_up_at=now)
    named = ListReviews(request.every, request.names_after, request.repository)
    names = await name_reviews.list_reviews(ports, named, actor)
    found, public = await ports.db.read(_list, request, wide_use(ports), now)
    return Queue(tuple(found[:MOST_SHOWN]), names.reviews, names.more or len(found) > MOST_SHOWN, public)


def _list(
    connection: Connection, request: ListQueue, use: WideUse, now: Instant
) -> tuple[list[CaseShown], tuple[PublicAlert, ...]]:
    repository = find_repository(connection, request.repository)
    state = None if request.every else CaseState.WAITING
    found = release_cases.queue(connection, repository.id, state, MOST_SHOWN + 1, request.after)
    return [shown(connection, one, use, now) for one in found], read_alerts(connection, repository, now)


async def show_case(ports: Ports, request: ShowCase, actor: Actor) -> CaseDetail:
    """What is said against one release: to reviewers, and to those who publish it without the names of reporters.

    Raises:
        Invalid: the purl names no release.
        NotFound: nothing is said of it, or the actor may not know of the project.
        Unauthorised, Forbidden: the actor is neither a reviewer nor somebody who publishes it.
    """
    named = named_release(ports, request.purl)
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    known, now = await know(ports, visit, named.key), ports.clock.now()
    sees_all = _sees_all(visit, known, now)
    return await ports.db.read(_detail, ports, visit.repository.id, named, sees_all, now)


def _sees_all(visit: Visit, known: Knowledge, now: Instant) -> bool:
    """Whether the actor sees who reported; raises for who sees nothing."""
    if visit.actor.kind is ActorKind.NOBODY:
        raise Unauthorised(NEEDS_CREDENTIAL)
    if visit.actor.kind is ActorKind.AGENT:
        raise Forbidden("what is said against a release may tell an agent what to do: ask a person to look")
    admit_reader(visit, known, now, Operation.EXPLAIN)
    if visit.actor.admin:
        with suppress(StepUpNeeded):
            permit_on(visit.actor, Operation.APPROVE, known.key, now)
        return True
    if known.project is None:
        raise not_found(visit, known.key)  # as a private one, to whoever may not know of it
    if known.role in (Role.OWNER, Role.MAINTAINER):
        return False
    raise Forbidden("what is said against a release is shown to administrators, and to those who publish its project")


def _detail(
    connection: Connection,
    ports: Ports,
    repository_id: int,
    named: Named,
    sees_all: bool,  # noqa: FBT001 - handed through the database's read
    now: Instant,
) -> CaseDetail:
    case = expect_case(connection, repository_id, named)
    said = reports.of_case(connection, case.id, _MOST_REPORTS)
    published = events.latest(connection, named.purl, "published") if case.own else None
    return CaseDetail(
        shown(connection, case, wide_use(ports), now),
        case.evidence,
        tuple(_report(one, sees_all=sees_all) for one in said),
        reports.how_many(connection, case.id),
        seen_in(case),
        "" if published is None or not sees_all else published.actor,
    )


def _report(one: reports.StoredReport, *, sees_all: bool) -> ReportShown:
    answers = one.weight == 0
    by = one.by if sees_all or answers else ""
    return ReportShown(by, one.why, one.evidence, one.weight, to_iso(one.at), answers, one.outcome)


def expect_case(connection: Connection, repository_id: int, named: Named) -> StoredCase:
    """The case of a release. Raises NotFound."""
    case = release_cases.find(connection, repository_id, named.key, str(named.version))
    if case is None:
        raise NotFound(f"nothing is said against {named.purl}; `pratique review` lists what waits for a person")
    return case


def seen_in(case: StoredCase) -> str:
    """A few characters that stand for what scans found in a release, and are others as soon as that is something else.

    Reports are no part of it: whoever goes on reporting would keep everybody from deciding.
    """
    return short_hash([case.suspicion.value, msgspec.to_builtins(case.evidence)])[:_SEEN]


def shown(connection: Connection, case: StoredCase, use: WideUse, now: Instant) -> CaseShown:
    """A case for people."""
    waits = case.state is CaseState.WAITING
    until = case.held_until if case.held_until is not None and now < case.held_until else None
    return CaseShown(
        id=case.id,
        purl=case.key.purl(case.version),
        own=case.own,
        state=case.state,
        suspicion=case.suspicion,
        score=case.score,
        weight=case.weight,
        why=case.why,
        held=waits and (case.held or until is not None),
        at=to_iso(case.at),
        held_until=None if until is None or case.held else to_iso(until),
        two_people=waits and is_widely_used(connection, case.repository_id, case.key, case.version, use, now),
        opinions=tuple(f"{one.by}: {one.wish} ({one.reason})" for one in release_cases.opinions(connection, case.id)),
        decided_by=case.decided_by,
        decided_at=None if case.decided_at is None else to_iso(case.decided_at),
        reason=case.reason,
    )
