"""Clear a release that something speaks against, or confirm that it is harmful, which revokes it."""

from __future__ import annotations

from contextlib import suppress

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.decisions import Waiver
from pratique.core.errors import Conflict, Invalid
from pratique.core.ranges import parse_range
from pratique.core.reviews import CaseState
from pratique.rules import scan_result
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit_on
from pratique.services.disk import at_all_costs
from pratique.services.governing.revoke import record_revocation
from pratique.services.governing.waive import lay_down
from pratique.services.judging import cases
from pratique.services.judging.recheck_release import enqueue_project_rechecks
from pratique.services.ports import Ports
from pratique.services.purls import Named
from pratique.services.reasons import read_reason
from pratique.services.reviewing.cases_shown import CaseShown, expect_case, seen_in, shown
from pratique.services.reviewing.named_release import named_release
from pratique.services.reviewing.two_people import check_one_of_two, is_widely_used, wide_use
from pratique.services.scanning.rescan_part import rescan_compared
from pratique.services.visits import visit_repository
from pratique.store import accounts, awaiting_scans, files, projects, release_cases, reports, scans
from pratique.store.release_cases import Opinion, StoredCase
from pratique.store.reports import Outcome

_NEEDED = 2
"""People for a widely used release."""


class DecideCase(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say whether a release is harmful.

    Attributes:
        seen: as `CaseDetail.seen` was when it was looked at; without it nothing is cleared.
    """

    purl: str
    reason: str
    repository: str = "main"
    seen: str = ""


class CaseDecided(msgspec.Struct, frozen=True):
    """What was done.

    Attributes:
        pending: one of two people has said so; nothing has changed yet.
    """

    case: CaseShown
    pending: bool = False


class _Decision(msgspec.Struct, frozen=True):
    named: Named
    seen: str
    wish: CaseState
    reason: str
    actor: Actor
    now: Instant
    repository_id: int


_KINDS = {CaseState.CLEARED: "case_cleared", CaseState.CONFIRMED: "case_confirmed"}
_OUTCOMES = {CaseState.CLEARED: Outcome.WRONG, CaseState.CONFIRMED: Outcome.RIGHT}


async def clear_case(ports: Ports, request: DecideCase, actor: Actor) -> CaseDecided:
    """Let a release out of quarantine: it is offered, unless another rule holds it; what was reported counts as wrong.

    What the scan found in its files is waived for exactly these files.

    Raises:
        Invalid: no purl of a release, or no reason.
        NotFound: nothing is said against it.
        Conflict: it was decided already, by whom; or a scan has found something else since it was looked at, or is not
            over.
        Unauthorised, Forbidden, StepUpNeeded: the actor may not, or it takes two people and this is none of them.
    """
    return await _decide(ports, request, actor, CaseState.CLEARED)


async def confirm_case(ports: Ports, request: DecideCase, actor: Actor) -> CaseDecided:
    """Revoke a release as harmful; what was reported counts as right. Raises as `clear_case`."""
    return await _decide(ports, request, actor, CaseState.CONFIRMED)


async def _decide(ports: Ports, request: DecideCase, actor: Actor, wish: CaseState) -> CaseDecided:
    named, now = named_release(ports, request.purl), ports.clock.now()
    permit_on(actor, Operation.APPROVE, named.key, now)
    if wish is CaseState.CONFIRMED:
        permit_on(actor, Operation.REVOKE, named.key, now)
    reason = read_reason(request.reason)
    if not reason:
        raise Invalid("say why with --reason: it is kept with the decision, and whoever published it reads it")
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    decision = _Decision(named, request.seen, wish, reason, actor, now, visit.repository.id)
    if wish is CaseState.CLEARED:
        return await write_as(ports.db, actor, now, _record, ports, decision)
    return await at_all_costs(ports.reserve, lambda: write_as(ports.db, actor, now, _record, ports, decision))


def _record(connection: Connection, ports: Ports, decision: _Decision) -> CaseDecided:
    """One transaction: opinion or decision, with all that follows from it."""
    named, now = decision.named, decision.now
    case = expect_case(connection, decision.repository_id, named)
    if case.state is not CaseState.WAITING:
        raise Conflict(f"{named.purl} was {case.state} already by {case.decided_by}: {case.reason}")
    _check_seen(connection, case, decision)
    use = wide_use(ports)
    if is_widely_used(connection, case.repository_id, named.key, case.version, use, now) and not _agreed(
        connection, case, decision
    ):
        return CaseDecided(shown(connection, case, use, now), pending=True)
    follow = _clear if decision.wish is CaseState.CLEARED else _confirm
    follow(connection, ports, case, decision)
    release_cases.decide(connection, case.id, decision.wish, decision.actor.name, decision.reason, now)
    reports.settle(connection, case.id, _OUTCOMES[decision.wish])
    release_cases.note_time(connection, cases.TO_DECISION, now - case.at, now)
    _note(connection, decision, _KINDS[decision.wish])
    occasion = f"case_{decision.wish}:{case.id}:{now}"
    enqueue_project_rechecks(connection, case.repository_id, (named.key,), occasion, ports.enqueue)
    return CaseDecided(shown(connection, expect_case(connection, case.repository_id, named), use, now))


def _check_seen(connection: Connection, case: StoredCase, decision: _Decision) -> None:
    """Nobody lets anything pass that they have not seen; to revoke takes no second look."""
    if decision.wish is CaseState.CONFIRMED:
        return
    if case.evidence and decision.seen != seen_in(case):
        raise Conflict(
            f"what scans found in {decision.named.purl} is not what you looked at: look again (`pratique review show "
            f"{decision.named.purl}`, which says what to give as --seen)"
        )
    project = projects.find(connection, case.repository_id, case.key)
    rows = files.of_project(connection, project.id).values() if project else ()
    if any(row.version == case.version and awaiting_scans.find(connection, row.id) for row in rows):
        raise Conflict(f"a file of {decision.named.purl} is being scanned: look again when that is over")


def _agreed(connection: Connection, case: StoredCase, decision: _Decision) -> bool:
    """Note an opinion; whether two people are of it now. Raises Forbidden for who is none of two."""
    actor = decision.actor
    check_one_of_two(connection, actor, case.at)
    said = Opinion(actor.name, actor.account, decision.wish, decision.reason, decision.now)
    release_cases.add_opinion(connection, case.id, said)
    _note(connection, decision, "case_opinion")
    said_so = [one for one in release_cases.opinions(connection, case.id) if one.wish is decision.wish]
    return len({one.account_id for one in said_so if _still_decides(connection, one)}) >= _NEEDED


def _still_decides(connection: Connection, one: Opinion) -> bool:
    """Whether who said so then is somebody who may say so now."""
    account = None if one.account_id is None else accounts.find(connection, one.account_id)
    return account is not None and account.admin and account.disabled is None and account.frozen_reason is None


def _note(connection: Connection, decision: _Decision, kind: str) -> None:
    body = {"wish": decision.wish, "reason": decision.reason}
    note_change(
        connection,
        kind,
        decision.named.purl,
        body,
        actor=decision.actor,
        now=decision.now,
        repository_id=decision.repository_id,
        key=decision.named.key,
    )


def _clear(connection: Connection, _ports: Ports, case: StoredCase, decision: _Decision) -> None:
    """A waiver for the files in which scans found something; one that joins the release later is looked at anew."""
    project = projects.find(connection, case.repository_id, case.key)
    rows = files.of_project(connection, project.id) if project else {}
    stored = {row.filename: str(row.sha256) for row in rows.values() if row.version == case.version and row.sha256}
    digests = files.blob_digests(connection, stored.values())
    named = {one.filename for one in case.evidence}
    looked_at = {name: digests[sha256] for name, sha256 in stored.items() if sha256 in digests and name in named}
    if not looked_at:
        return
    waiver = Waiver(
        id=0,
        rule=scan_result.NAME,
        ecosystem=case.key.ecosystem,
        name=case.key.name,
        versions=parse_range(case.version),
        starts=decision.now,
        reason=decision.reason,
        files=looked_at,
    )
    lay_down(connection, case.repository_id, decision.named, (waiver,), decision.actor)


def _confirm(connection: Connection, ports: Ports, case: StoredCase, decision: _Decision) -> None:
    ecosystem = ports.ecosystems[case.key.ecosystem]
    named, reason, actor, now = decision.named, decision.reason, decision.actor, decision.now
    with suppress(Conflict):  # somebody was faster, with the same end; nothing was written before it is found out
        record_revocation(connection, case.repository_id, named, None, reason, actor, now, ecosystem)
    for one in scans.of_release(connection, case.key, case.version):
        occasion = f"confirmed:{case.id}:{decision.now}:{one.artefact.sha256}"
        rescan_compared(connection, ports.enqueue, case.key, one.artefact.sha256, occasion)
