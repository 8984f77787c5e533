"""What people report about releases, and how far each reporter is believed."""

from __future__ import annotations

from enum import StrEnum

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.reviews import CaseState
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import account, release_case, report, trusted_reporter


class Outcome(StrEnum):
    """What came of a report."""

    RIGHT = "right"
    WRONG = "wrong"


class StoredReport(msgspec.Struct, frozen=True):
    """One report.

    Attributes:
        by: an account's name, or the network of nobody in particular.
        weight: in thousandths, as it was when the report came; 0: it is an answer of those who publish the project.
        holds: it keeps the release back for a time.
        outcome: None while nobody has decided.
    """

    id: int
    case_id: int
    by: str
    account_id: int | None
    why: str
    evidence: str
    weight: int
    holds: bool
    at: Instant
    outcome: Outcome | None = None


class Record(msgspec.Struct, frozen=True):
    """How far a reporter is believed.

    Attributes:
        trusted: an administrator said so.
        right: reports that were confirmed.
        wrong: reports of what people then cleared.
    """

    trusted: bool = False
    right: int = 0
    wrong: int = 0


class Reporter(msgspec.Struct, frozen=True):
    """Somebody with an account who reported, or is trusted to."""

    name: str
    record: Record
    open: int


def add(c: sa.Connection, new: StoredReport) -> bool:
    """Keep a report; False if the same reporter has reported the same release before."""
    values = {name: value for name, value in msgspec.structs.asdict(new).items() if name != "id"}
    kept = insert(c, report).values(values).on_conflict_do_nothing(index_elements=["case_id", "by"])
    return c.execute(kept.returning(report.c.id)).first() is not None


def of_case(c: sa.Connection, case_id: int, limit: int) -> tuple[StoredReport, ...]:
    """Reports about a release, the weightiest first."""
    wanted = sa.select(report).where(report.c.case_id == case_id)
    return many(c.execute(wanted.order_by(report.c.weight.desc(), report.c.id).limit(limit)), StoredReport)


def how_many(c: sa.Connection, case_id: int) -> int:
    """How many reported a release."""
    wanted = sa.select(sa.func.count()).select_from(report).where(report.c.case_id == case_id, report.c.weight > 0)
    return int(c.execute(wanted).scalar_one())


def since(c: sa.Connection, by: str, instant: Instant) -> int:
    """How many reports somebody has made since an instant."""
    wanted = sa.select(sa.func.count()).select_from(report).where(report.c.by == by, report.c.at > instant)
    return int(c.execute(wanted).scalar_one())


def holds_in_force(c: sa.Connection, account_id: int, now: Instant) -> int:
    """How many releases are kept back by this reporter's word right now."""
    wanted = (
        sa.select(sa.func.count())
        .select_from(report)
        .join(release_case, release_case.c.id == report.c.case_id)
        .where(
            report.c.account_id == account_id,
            report.c.holds,
            release_case.c.state == CaseState.WAITING.value,
            release_case.c.held_until > now,
        )
    )
    return int(c.execute(wanted).scalar_one())


def was_held(c: sa.Connection, case_id: int) -> bool:
    """Whether a report has kept this release back before, whatever came of it."""
    wanted = sa.select(report.c.id).where(report.c.case_id == case_id, report.c.holds).limit(1)
    return c.execute(wanted).first() is not None


def settle(c: sa.Connection, case_id: int, outcome: Outcome) -> None:
    """Note what came of the reports about a release on which nobody had decided."""
    open_ones = (report.c.case_id == case_id, report.c.outcome.is_(None), report.c.weight > 0)
    c.execute(report.update().where(*open_ones).values(outcome=outcome.value))


def record_of(c: sa.Connection, account_id: int) -> Record:
    """How far an account is believed."""
    counted = sa.select(report.c.outcome, sa.func.count()).where(report.c.account_id == account_id)
    found = {row[0]: int(row[1]) for row in c.execute(counted.group_by(report.c.outcome))}
    is_trusted = sa.select(trusted_reporter.c.account_id).where(trusted_reporter.c.account_id == account_id)
    trusted = c.execute(is_trusted).first() is not None
    return Record(trusted, found.get(Outcome.RIGHT.value, 0), found.get(Outcome.WRONG.value, 0))


def trust(c: sa.Connection, account_id: int, by: str, now: Instant) -> bool:
    """Trust an account's reports; False if they were trusted before."""
    row = insert(c, trusted_reporter).values(account_id=account_id, by=by, at=now)
    fresh = row.on_conflict_do_nothing(index_elements=["account_id"]).returning(trusted_reporter.c.account_id)
    return c.execute(fresh).first() is not None


def distrust(c: sa.Connection, account_id: int) -> bool:
    """Trust an account's reports no more; False if they were not trusted."""
    return c.execute(trusted_reporter.delete().where(trusted_reporter.c.account_id == account_id)).rowcount == 1


def reporters(c: sa.Connection, limit: int) -> tuple[Reporter, ...]:
    """Accounts that reported something or are trusted, by name."""
    reported = sa.select(report.c.account_id).where(report.c.account_id.is_not(None))
    trusted = sa.select(trusted_reporter.c.account_id)
    wanted = (
        sa.select(account.c.id, account.c.name)
        .where(sa.or_(account.c.id.in_(reported), account.c.id.in_(trusted)))
        .order_by(account.c.name)
        .limit(limit)
    )
    return tuple(Reporter(row.name, record_of(c, row.id), _open(c, row.id)) for row in c.execute(wanted).all())


def _open(c: sa.Connection, account_id: int) -> int:
    mine = (report.c.account_id == account_id, report.c.outcome.is_(None), report.c.weight > 0)
    return int(c.execute(sa.select(sa.func.count()).select_from(report).where(*mine)).scalar_one())
