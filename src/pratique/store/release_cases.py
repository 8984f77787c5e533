"""Releases that people look at: what is said against each, who thinks what of it, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.reviews import CaseState, HeldForReview, Suspicion
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import case_time, opinion, release_case


class Evidence(msgspec.Struct, frozen=True):
    """One thing that a scan saw, as it is kept with a case; printable, and bounded where it is made.

    Attributes:
        filename: the artefact.
        detector: its id.
        severity: how bad.
        file: path inside the artefact; empty for it as a whole.
        line: from 1; 0 where there are no lines.
        excerpt: what was seen.
        sentence: what it does.
    """

    filename: str
    detector: str
    severity: str
    file: str
    line: int
    excerpt: str
    sentence: str


class StoredCase(msgspec.Struct, frozen=True):
    """One release in the queue, or out of it.

    Attributes:
        own: it was published here.
        suspicion: the strongest word against it.
        score: of the scan, 0 to 100.
        weight: of all reports together, bounded.
        why: the worst that was found, or what was first reported.
        held: nobody gets it until a person has decided.
        held_until: nobody gets it until then.
        at: when it came into the queue.
        decided_by: who decided, when and why; None while it waits.
    """

    id: int
    repository_id: int
    key: ProjectKey
    version: str
    own: bool
    state: CaseState
    suspicion: Suspicion
    score: int
    weight: int
    why: str
    evidence: tuple[Evidence, ...]
    held: bool
    held_until: Instant | None
    at: Instant
    decided_by: str | None = None
    decided_at: Instant | None = None
    reason: str | None = None


class Opinion(msgspec.Struct, frozen=True):
    """What one reviewer wants done, where it takes two."""

    by: str
    account_id: int | None
    wish: CaseState
    reason: str
    at: Instant


class Opened(msgspec.Struct, frozen=True):
    """What is said of a release when it comes into the queue."""

    key: ProjectKey
    version: str
    own: bool
    suspicion: Suspicion
    why: str
    score: int = 0
    evidence: tuple[Evidence, ...] = ()
    held: bool = False


def put(c: sa.Connection, repository_id: int, opened: Opened, now: Instant) -> StoredCase:
    """Put a release into the queue, in the place of what was said of it before.

    One that was decided before waits again; one that waits keeps its time and its reports' weight. What reviewers said
    of it is forgotten: they said it of something else.
    """
    known = find(c, repository_id, opened.key, opened.version)
    waits = known is not None and known.state is CaseState.WAITING
    values: dict[str, Any] = {
        "own": opened.own,
        "state": CaseState.WAITING.value,
        "suspicion": opened.suspicion.value,
        "score": opened.score,
        "why": opened.why,
        "evidence": msgspec.json.encode(opened.evidence).decode(),
        "held": opened.held,
        "decided_by": None,
        "decided_at": None,
        "reason": None,
    }
    if not waits:
        values |= {"at": now, "weight": 0, "held_until": None}
    if known is None:
        named = {"ecosystem": opened.key.ecosystem, "name": opened.key.name, "version": opened.version}
        c.execute(release_case.insert().values(repository_id=repository_id, **named, **values))
    else:
        c.execute(release_case.update().where(release_case.c.id == known.id).values(values))
        c.execute(opinion.delete().where(opinion.c.case_id == known.id))
    return _expect(c, repository_id, opened.key, opened.version)


def find(c: sa.Connection, repository_id: int, key: ProjectKey, version: str) -> StoredCase | None:
    """The case of a release, None if there never was one."""
    wanted = sa.select(release_case).where(*_of(repository_id, key), release_case.c.version == version)
    row = c.execute(wanted).mappings().one_or_none()
    return None if row is None else _case(row)


def weigh(c: sa.Connection, case_id: int, weight: int, held_until: Instant | None) -> None:
    """Note what the reports come to, and until when they keep the release back."""
    values = {"weight": weight, "held_until": held_until}
    c.execute(release_case.update().where(release_case.c.id == case_id).values(values))


def decide(c: sa.Connection, case_id: int, state: CaseState, by: str, reason: str, now: Instant) -> None:
    """Note what people decided; it holds nothing back any more."""
    values = {
        "state": state.value,
        "decided_by": by,
        "decided_at": now,
        "reason": reason,
        "held": False,
        "held_until": None,
    }
    c.execute(release_case.update().where(release_case.c.id == case_id).values(values))


def holding(c: sa.Connection, repository_id: int, key: ProjectKey) -> dict[str, HeldForReview]:
    """Version to what keeps it back, for every release of the project that waits and is held."""
    keeps_back = sa.or_(release_case.c.held, release_case.c.held_until.is_not(None))
    columns = (release_case.c[name] for name in ("version", "why", "held", "held_until"))
    wanted = sa.select(*columns).where(
        *_of(repository_id, key), release_case.c.state == CaseState.WAITING.value, keeps_back
    )
    return {row.version: _held(row) for row in c.execute(wanted)}


def _held(row: Any) -> HeldForReview:
    if row.held:
        return HeldForReview(f"is in quarantine until a person has looked at it: {row.why}")
    said = "was reported by somebody who is trusted, and waits for a person to look at it"
    return HeldForReview(said, Instant(row.held_until))


def queue(
    c: sa.Connection, repository_id: int, state: CaseState | None, limit: int, after: int = 0
) -> tuple[StoredCase, ...]:
    """Cases, what looks worst first: by suspicion, score, weight of the reports, and then as they came.

    Args:
        c: the transaction.
        repository_id: whose.
        state: only those in it; None for all.
        limit: how many at most.
        after: the id of the last case of the page before; 0 for the first page.
    """
    wanted = sa.select(release_case).where(release_case.c.repository_id == repository_id)
    if state is not None:
        wanted = wanted.where(release_case.c.state == state.value)
    place = sa.tuple_(*_BADNESS)
    if after:
        last = c.execute(sa.select(*_BADNESS).where(release_case.c.id == after)).one_or_none()
        if last is not None:
            wanted = wanted.where(place > sa.tuple_(*map(sa.literal, last)))
    return tuple(_case(row) for row in c.execute(wanted.order_by(*_BADNESS).limit(limit)).mappings())


_BADNESS: tuple[sa.ColumnElement[int], ...] = (
    sa.case({one.value: number for number, one in enumerate(reversed(Suspicion))}, value=release_case.c.suspicion),
    -release_case.c.score,
    -release_case.c.weight,
    release_case.c.id.expression,
)
"""By what the queue is in order, the lowest first."""


def add_opinion(c: sa.Connection, case_id: int, one: Opinion) -> None:
    """Note what a reviewer wants; who changes their mind has one opinion still."""
    values = {"account_id": one.account_id, "wish": one.wish.value, "reason": one.reason, "at": one.at}
    row = insert(c, opinion).values(case_id=case_id, by=one.by, **values)
    c.execute(row.on_conflict_do_update(index_elements=["case_id", "by"], set_=values))


def opinions(c: sa.Connection, case_id: int) -> tuple[Opinion, ...]:
    """What reviewers want, in the order in which they said so."""
    columns = (opinion.c[name] for name in Opinion.__struct_fields__)
    return many(
        c.execute(sa.select(*columns).where(opinion.c.case_id == case_id).order_by(opinion.c.at, opinion.c.by)), Opinion
    )


def note_time(c: sa.Connection, what: str, took: int, now: Instant) -> None:
    """Note how long something took, in milliseconds."""
    c.execute(case_time.insert().values(what=what, took=max(0, took), at=now))


def times(c: sa.Connection, what: str, most: int) -> tuple[int, ...]:
    """The latest of these, in milliseconds, the shortest first."""
    latest = sa.select(case_time.c.took).where(case_time.c.what == what).order_by(case_time.c.at.desc()).limit(most)
    return tuple(sorted(c.execute(latest).scalars()))


def forget_times(c: sa.Connection, before: Instant) -> int:
    """Forget how long things took that were noted before; how many."""
    return c.execute(case_time.delete().where(case_time.c.at < before)).rowcount


def how_many(c: sa.Connection, repository_id: int) -> dict[CaseState, int]:
    """How many cases are in each state."""
    count = sa.select(release_case.c.state, sa.func.count()).where(release_case.c.repository_id == repository_id)
    found: Iterable[Any] = c.execute(count.group_by(release_case.c.state))
    return {CaseState(state): number for state, number in found}


def _of(repository_id: int, key: ProjectKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        release_case.c.repository_id == repository_id,
        release_case.c.ecosystem == key.ecosystem,
        release_case.c.name == key.name,
    )


def _expect(c: sa.Connection, repository_id: int, key: ProjectKey, version: str) -> StoredCase:
    found = find(c, repository_id, key, version)
    assert found is not None
    return found


def _case(row: sa.RowMapping) -> StoredCase:
    return StoredCase(
        id=row["id"],
        repository_id=row["repository_id"],
        key=ProjectKey(EcosystemId(row["ecosystem"]), row["name"]),
        version=row["version"],
        own=row["own"],
        state=CaseState(row["state"]),
        suspicion=Suspicion(row["suspicion"]),
        score=row["score"],
        weight=row["weight"],
        why=row["why"],
        evidence=msgspec.json.decode(row["evidence"], type=tuple[Evidence, ...]),
        held=row["held"],
        held_until=row["held_until"],
        at=Instant(row["at"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
        reason=row["reason"],
    )
