"""Say that a release is harmful, or as somebody who publishes it why it is not.

However many say so, no number of reports takes anything away: they sort the queue of those who decide. Only somebody
whom an administrator trusts keeps a release back by a report, for a time, and few at once.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant, in_words, to_iso
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound, TooOften, Unauthorised
from pratique.core.events import new_event
from pratique.core.names import ProjectKey
from pratique.core.ranges import same_version
from pratique.core.reviews import CaseState, Suspicion
from pratique.core.sentences import one_line
from pratique.services.accounts.sign_in import write_as
from pratique.services.judging.find_project import find_as
from pratique.services.judging.judge import admit_reader, know, not_found
from pratique.services.judging.recheck_release import enqueue_project_rechecks
from pratique.services.ports import Ports, ReviewLimits, Visit
from pratique.services.purls import Named
from pratique.services.reasons import read_reason
from pratique.services.reviewing.named_release import named_release
from pratique.services.reviewing.two_people import is_widely_used, wide_use
from pratique.services.visits import visit_repository
from pratique.store import accounts, events, release_cases, reports, revisions
from pratique.store.release_cases import Opened, StoredCase
from pratique.store.reports import Record, StoredReport
from pratique.trust.permissions import NEEDS_CREDENTIAL, Role

MAX_EVIDENCE = 4_000
"""Characters of evidence that a report carries."""

NOBODYS = "(nobody)"
"""No account's name: the reporter that all who have none are together, with one report a release."""

TRUSTED = 1_000
KNOWN = 300
NEWCOMER = 100
MOST_OF_OTHERS = 900
"""What all reports of people who are not trusted come to at most: less than one of somebody who is."""

_WRONG_MORE_OFTEN = 2
"""So many more wrong reports than right ones, and the next keeps nothing back."""


class Report(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Report a release as harmful, with what shows it.

    Attributes:
        purl: of the release.
        why: what it does, in a sentence.
        evidence: file and line, a link, what was seen.
    """

    purl: str
    why: str
    evidence: str = ""
    repository: str = "main"


class Appeal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Answer, as somebody who publishes the project, what is said against a release."""

    purl: str
    why: str
    repository: str = "main"


class ReportTaken(msgspec.Struct, frozen=True):
    """That it was taken in.

    Attributes:
        held_until: nobody gets the release until then, unless a person decides before.
    """

    purl: str
    note: str
    held_until: str | None = None


class _Said(msgspec.Struct, frozen=True):
    key: ProjectKey
    version: str
    own: bool
    why: str
    evidence: str
    actor: Actor
    now: Instant
    repository_id: int

    @property
    def by(self) -> str:
        """One for all tokens of an account, whose names follow its own after a stroke."""
        return NOBODYS if self.actor.kind is ActorKind.NOBODY else self.actor.name.partition("/")[0]

    @property
    def purl(self) -> str:
        return self.key.purl(self.version)


async def report_release(ports: Ports, request: Report, actor: Actor) -> ReportTaken:
    """Put a release before people, at most once each.

    Raises:
        Unauthorised: nobody in particular reports, and the operator does not allow that.
        Forbidden: an agent reports.
        Invalid: the purl names no release, or nothing is said.
        NotFound: there is no such release, or none that the actor may know of.
        Conflict: the actor has reported it before, or it is revoked already.
        TooOften: the actor has reported a day's worth.
    """
    if actor.kind is ActorKind.NOBODY and not ports.review_limits.anonymous_reports:
        raise Unauthorised(NEEDS_CREDENTIAL)
    _check_kind(actor)
    named = named_release(ports, request.purl)
    why, evidence = _read(request.why, request.evidence)
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    version, own = await _find_release(ports, visit, named)
    said = _Said(named.key, version, own, why, evidence, actor, ports.clock.now(), visit.repository.id)
    return await write_as(ports.db, actor, said.now, _record, ports, said)


async def appeal(ports: Ports, request: Appeal, actor: Actor) -> ReportTaken:
    """Say why a release is harmless; whoever decides reads it.

    Raises:
        Invalid, NotFound, Conflict: as `report_release`; NotFound also where nothing is said against it.
        Unauthorised, Forbidden: the actor does not publish the project.
    """
    if actor.kind is ActorKind.NOBODY:
        raise Unauthorised(NEEDS_CREDENTIAL)
    _check_kind(actor)
    named = named_release(ports, request.purl)
    why, _ = _read(request.why, "")
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    known, now = await know(ports, visit, named.key), ports.clock.now()
    admit_reader(visit, known, now, Operation.EXPLAIN)
    if known.project is None:
        raise not_found(visit, named.key)  # as a private one, to whoever may not know of it
    if not actor.admin and known.role not in (Role.OWNER, Role.MAINTAINER):
        raise Forbidden("answering what is said against a release needs the role owner or maintainer on its project")
    said = _Said(named.key, str(named.version), known.origin is Origin.OWN, why, "", actor, now, visit.repository.id)
    return await write_as(ports.db, actor, now, _answer, said)


def _check_kind(actor: Actor) -> None:
    """What a package tells an agent to report is no report. Raises Forbidden."""
    if actor.kind is ActorKind.AGENT:
        raise Forbidden("reporting is never allowed to a credential of kind agent; tell a person what you saw")


def _read(why: str, evidence: str) -> tuple[str, str]:
    """Both without what terminals and pages obey. Raises Invalid."""
    said = read_reason(why)
    if not said:
        raise Invalid("say why with --why: what does the release do, and how does that show?")
    if len(evidence) > MAX_EVIDENCE:
        raise Invalid(f"the evidence is over {MAX_EVIDENCE} characters; put it where people find it, and link to it")
    lines = (one_line(line) for line in evidence.splitlines())
    return said, "\n".join(line for line in lines if line)


async def _find_release(ports: Ports, visit: Visit, named: Named) -> tuple[str, bool]:
    """The release as its index spells it, and whether it is our own. Raises NotFound."""
    admit_reader(visit, await know(ports, visit, named.key), ports.clock.now(), Operation.EXPLAIN)
    found = await find_as(ports, visit, named.key, ActorKind.USER)
    key = visit.ecosystem.release_key
    listed = (file.version for file in found.source.view.files)
    stored = (row.version for row in found.known.files.values() if row.sha256)
    for version in (*listed, *stored):
        if same_version(version, str(named.version), key):
            return version, found.known.origin is Origin.OWN
    raise not_found(visit, named.key)


def _record(connection: Connection, ports: Ports, said: _Said) -> ReportTaken:
    """One transaction: report, case, perhaps a hold, event."""
    limits = ports.review_limits
    if reports.since(connection, said.by, Instant(said.now - DAY)) >= limits.reports_a_day:
        raise TooOften(
            f"{limits.reports_a_day} reports a day are taken from one account (setting review.reports_a_day); report "
            "further ones tomorrow, or tell an administrator at once",
            retry_after=3_600,
        )
    case = _case(connection, said)
    record = _record_of(connection, said.actor)
    weight = weigh(record, is_newcomer=_is_newcomer(connection, said, limits))
    holds = _is_believed(record) and _may_hold(connection, ports, case, said)
    if not _add(connection, case, said, weight, holds=holds):
        raise Conflict(f"you have reported {said.purl} before; a person looks at it")
    until = Instant(said.now + limits.hold_for) if holds else case.held_until
    release_cases.weigh(connection, case.id, _together(case.weight, weight, trusted=record.trusted), until)
    body = {"why": said.why, "weight": weight, "holds": holds}
    event = new_event("reported", said.now, said.actor, said.purl, body)
    events.append(connection, event)
    if not holds or until is None:
        return ReportTaken(said.purl, f"{said.purl} is reported, and a person looks at it; thank you")
    revisions.bump(connection, said.repository_id, said.key)
    enqueue_project_rechecks(connection, said.repository_id, (said.key,), event.id, ports.enqueue)
    note = f"{said.purl} is reported and kept back for {in_words(limits.hold_for)}, until a person has looked at it"
    return ReportTaken(said.purl, note, to_iso(until))


def _case(connection: Connection, said: _Said) -> StoredCase:
    """The case, which waits; one that was cleared waits again, with what was seen then."""
    known = release_cases.find(connection, said.repository_id, said.key, said.version)
    if known is not None and known.state is CaseState.CONFIRMED:
        raise Conflict(f"{said.purl} was confirmed as harmful by {known.decided_by} already, and is revoked")
    if known is not None and known.state is CaseState.WAITING:
        return known
    opened = Opened(
        key=said.key,
        version=said.version,
        own=said.own,
        suspicion=Suspicion.REPORTED,
        why=f"it was reported: {said.why}",
        score=0 if known is None else known.score,
        evidence=() if known is None else known.evidence,
    )
    return release_cases.put(connection, said.repository_id, opened, said.now)


def weigh(record: Record, *, is_newcomer: bool) -> int:
    """What a report counts, in thousandths of one by somebody trusted: less with each that was wrong."""
    begins = TRUSTED if record.trusted else NEWCOMER if is_newcomer and not record.right else KNOWN
    return max(1, begins * (record.right + 1) // (record.right + record.wrong + 1))


def _together(before: int, weight: int, *, trusted: bool) -> int:
    """Any number of newcomers weighs less than one reporter who is trusted."""
    return before + weight if trusted else max(before, min(before + weight, MOST_OF_OTHERS))


def _record_of(connection: Connection, actor: Actor) -> Record:
    return Record() if actor.account is None else reports.record_of(connection, actor.account)


def _is_newcomer(connection: Connection, said: _Said, limits: ReviewLimits) -> bool:
    account = None if said.actor.account is None else accounts.find(connection, said.actor.account)
    return account is None or said.now < account.created + limits.newcomer_for


def _is_believed(record: Record) -> bool:
    """Somebody trusted who was wrong much more often than right keeps nothing back any more."""
    return record.trusted and record.wrong <= record.right + _WRONG_MORE_OFTEN


def _may_hold(connection: Connection, ports: Ports, case: StoredCase, said: _Said) -> bool:
    """Once for each release, few at once, and nothing that many would miss: that is for people at once."""
    limits, account = ports.review_limits, said.actor.account
    if account is None or said.actor.frozen is not None or not limits.hold_for:
        return False
    if reports.was_held(connection, case.id):
        return False
    if reports.holds_in_force(connection, account, said.now) >= limits.holds_each:
        return False
    return not is_widely_used(connection, said.repository_id, said.key, said.version, wide_use(ports), said.now)


def _add(connection: Connection, case: StoredCase, said: _Said, weight: int, *, holds: bool) -> bool:
    new = StoredReport(
        id=0,
        case_id=case.id,
        by=said.by,
        account_id=said.actor.account,
        why=said.why,
        evidence=said.evidence,
        weight=weight,
        holds=holds,
        at=said.now,
    )
    return reports.add(connection, new)


def _answer(connection: Connection, said: _Said) -> ReportTaken:
    case = release_cases.find(connection, said.repository_id, said.key, said.version)
    if case is None or case.state is CaseState.CLEARED:
        raise NotFound(f"nothing is said against {said.purl}")
    if not _add(connection, case, said, 0, holds=False):
        raise Conflict(f"you have answered for {said.purl} before; a person reads it")
    events.append(connection, new_event("appealed", said.now, said.actor, said.purl, {"why": said.why}))
    return ReportTaken(said.purl, f"the answer is kept with the case of {said.purl}; whoever decides reads it")
