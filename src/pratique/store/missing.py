"""Names that were asked for while nobody had them: what an attacker might register next."""

from __future__ import annotations

from secrets import randbelow

import msgspec
import sqlalchemy as sa

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import missing_name

MAX_ROWS = 100_000
"""Kept, of all repositories; then whoever fills most of it gives way."""

_KEY = ("repository_id", "ecosystem", "name", "actor_kind", "asker")
_ROOM_MADE = 1_000
_LOOKED_AT = 100
"""Of so many new rows one, chosen by lot, has all of them counted: that takes longer than to write it, and nobody can
choose names of which none is."""


class Question(msgspec.Struct, frozen=True):
    """One request for a name that does not exist.

    Attributes:
        twin: what the name shares with those that may not exist beside it.
        asker: whose share of the room it takes from: an account, a token, an address.
    """

    repository_id: int
    key: ProjectKey
    twin: str
    actor_kind: ActorKind
    asker: str


class MissingName(msgspec.Struct, frozen=True):
    """A name that one kind of actor asked for.

    Attributes:
        askers: how many of them.
        count: how often.
    """

    ecosystem: str
    name: str
    actor_kind: str
    first: Instant
    last: Instant
    count: int
    askers: int


def asked(c: sa.Connection, question: Question, now: Instant) -> None:
    """Count one request."""
    row = insert(c, missing_name).values(
        repository_id=question.repository_id,
        ecosystem=question.key.ecosystem,
        name=question.key.name,
        twin=question.twin,
        actor_kind=question.actor_kind.value,
        asker=question.asker,
        first=now,
        last=now,
        count=1,
    )
    again = {"last": now, "count": missing_name.c.count + 1}
    counted = row.on_conflict_do_update(index_elements=_KEY, set_=again).returning(missing_name.c.count)
    if c.execute(counted).scalar_one() == 1 and randbelow(_LOOKED_AT) == 0:
        make_room(c)


def first_asked(c: sa.Connection, repository_id: int, ecosystem: str, twin: str) -> Instant | None:
    """When somebody first asked for the name or a twin of it while it did not exist, None if nobody did."""
    wanted = sa.select(sa.func.min(missing_name.c.first)).where(_is_twin(repository_id, ecosystem, twin))
    first = c.execute(wanted).scalar_one()
    return None if first is None else Instant(first)


def forget_since(c: sa.Connection, repository_id: int, ecosystem: str, twin: str, existed: Instant) -> None:
    """Drop requests made when the name did exist: an upstream that says 404 for a moment proves nothing."""
    c.execute(missing_name.delete().where(_is_twin(repository_id, ecosystem, twin), missing_name.c.first >= existed))


def holds_more(c: sa.Connection, asker: str, than: int) -> bool:
    """Whether an asker asked for more missing names than this."""
    further = sa.select(missing_name.c.last).where(missing_name.c.asker == asker).offset(than).limit(1)
    return c.execute(further).first() is not None


def most_asked(
    c: sa.Connection, repository_id: int, *, ecosystem: str | None, actor_kind: str | None, since: Instant, limit: int
) -> tuple[MissingName, ...]:
    """Names asked for since then, those that most askers want first."""
    key = (missing_name.c.ecosystem, missing_name.c.name, missing_name.c.actor_kind)
    count, askers = sa.func.sum(missing_name.c.count), sa.func.count()
    first, last = sa.func.min(missing_name.c.first), sa.func.max(missing_name.c.last)
    wanted = sa.select(
        *key,
        first.label("first"),
        last.label("last"),
        sa.cast(count, sa.BigInteger).label("count"),
        askers.label("askers"),
    ).where(missing_name.c.repository_id == repository_id, missing_name.c.last >= since)
    if ecosystem is not None:
        wanted = wanted.where(missing_name.c.ecosystem == ecosystem)
    if actor_kind is not None:
        wanted = wanted.where(missing_name.c.actor_kind == actor_kind)
    return many(c.execute(wanted.group_by(*key).order_by(askers.desc(), count.desc(), *key).limit(limit)), MissingName)


def _is_twin(repository_id: int, ecosystem: str, twin: str) -> sa.ColumnElement[bool]:
    return sa.and_(
        missing_name.c.repository_id == repository_id,
        missing_name.c.ecosystem == ecosystem,
        missing_name.c.twin == twin,
    )


def make_room(c: sa.Connection) -> None:
    """Take from whoever fills most: no flood of one asker pushes out what others asked for."""
    if c.execute(sa.select(sa.func.count()).select_from(missing_name)).scalar_one() <= MAX_ROWS:
        return
    rows = sa.func.count()
    most = sa.select(missing_name.c.asker, rows).group_by(missing_name.c.asker).order_by(rows.desc()).limit(1)
    asker, held = c.execute(most).one()
    mine = missing_name.c.asker == asker
    given_up = min(_ROOM_MADE, held // 2 + 1)
    last_to_go = sa.select(missing_name.c.last).where(mine).order_by(missing_name.c.last).offset(given_up - 1).limit(1)
    c.execute(missing_name.delete().where(mine, missing_name.c.last <= last_to_go.scalar_subquery()))
