"""Rendered listings that outlive the process that made them, and that all processes and nodes share.

A row is a copy of what can be rendered again: nothing is lost with it, and nothing is believed in it that does not
agree with what is known now.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import revisions
from pratique.store.dialects import insert
from pratique.store.rows import one
from pratique.store.schema import revision, stored_view

KEPT_CLASSES = 16
"""Policy classes of which a project keeps views; the one least recently written goes."""

_AT_A_TIME = 500
"""Rows that one statement deletes: SQLite takes no more than so many values."""


class StoredView(msgspec.Struct, frozen=True):
    """One rendered listing.

    Attributes:
        address: what it answers; two questions with one address have one answer.
        revision: of the project, read before anything it was made of.
        document: sha256 of the upstream's document, empty for own projects.
        made: when its decisions were taken.
        valid_until: the next instant at which one of them can change; None: never.
        written: when it was stored.
        headers: JSON.
        plain_size: bytes of what is packed.
        size: bytes of the content.
        sha256: of the content.
        content: gzip.
    """

    address: str
    repository_id: int
    ecosystem: str
    name: str
    policy_class: str
    revision: int
    document: str
    made: Instant
    valid_until: Instant | None
    written: Instant
    etag: str
    content_type: str
    headers: str
    plain_size: int
    size: int
    sha256: str
    content: bytes

    @property
    def key(self) -> ProjectKey:
        """The project it is about."""
        return ProjectKey(EcosystemId(self.ecosystem), self.name)


_FIELDS = StoredView.__struct_fields__
_found = sa.select(*(stored_view.c[field] for field in _FIELDS)).where(
    stored_view.c.address == sa.bindparam("wanted"), stored_view.c.revision == sa.bindparam("current")
)


def find(c: sa.Connection, address: str, current: int) -> StoredView | None:
    """The view kept under an address, if it was made of this revision of the project."""
    return one(c.execute(_found, {"wanted": address, "current": current}), StoredView)


def store(c: sa.Connection, new: StoredView) -> bool:
    """Keep a view in the place of the one before; whether it was still worth keeping.

    It is not if the project has changed since: nobody would ever be answered from it.
    """
    if revisions.project_revision(c, new.repository_id, new.key) != new.revision:
        return False
    values = msgspec.structs.asdict(new)
    changed = {field: value for field, value in values.items() if field != "address"}
    row = insert(c, stored_view).values(values)
    c.execute(row.on_conflict_do_update(index_elements=["address"], set_=changed))
    _forget_classes(c, new)
    return True


def _forget_classes(c: sa.Connection, new: StoredView) -> None:
    mine = sa.and_(
        stored_view.c.repository_id == new.repository_id,
        stored_view.c.ecosystem == new.ecosystem,
        stored_view.c.name == new.name,
    )
    last, newest = sa.func.max(stored_view.c.written), sa.func.max(stored_view.c.id)
    by_age = sa.select(stored_view.c.policy_class).where(mine).group_by(stored_view.c.policy_class)
    rows = c.execute(by_age.order_by(last.desc(), newest.desc())).scalars().all()
    surplus = [one for one in rows if one != new.policy_class][KEPT_CLASSES - 1 :]
    if surplus:
        c.execute(stored_view.delete().where(mine, stored_view.c.policy_class.in_(surplus)))


def forget_outdated(c: sa.Connection, now: Instant, oldest: Instant) -> int:
    """Delete those that answer nobody any more; how many.

    Args:
        now: a view that is not valid at this instant goes.
        oldest: one that was written before goes too: what it refuses has to be explained, and explanations end.
    """
    current = (
        sa.select(sa.func.coalesce(sa.func.sum(revision.c.value), 0))
        .where(
            revision.c.repository_id == stored_view.c.repository_id,
            sa.or_(
                sa.and_(revision.c.ecosystem == stored_view.c.ecosystem, revision.c.name == stored_view.c.name),
                sa.and_(revision.c.ecosystem == "", revision.c.name == ""),
            ),
        )
        .scalar_subquery()
    )
    useless = sa.or_(
        stored_view.c.revision != current, stored_view.c.valid_until <= now, stored_view.c.written < oldest
    )
    found = c.execute(sa.select(stored_view.c.id).where(useless)).scalars().all()
    _delete(c, found)
    return len(found)


def shrink(c: sa.Connection, max_bytes: int) -> int:
    """Delete those written longest ago until the rest is within a bound; how many."""
    rows = c.execute(sa.select(stored_view.c.id, stored_view.c.size).order_by(stored_view.c.written, stored_view.c.id))
    sizes = [(row.id, row.size) for row in rows]
    excess = sum(size for _, size in sizes) - max_bytes
    gone: list[int] = []
    for number, size in sizes:
        if excess <= 0:
            break
        gone.append(number)
        excess -= size
    _delete(c, gone)
    return len(gone)


def _delete(c: sa.Connection, ids: Sequence[int]) -> None:
    for start in range(0, len(ids), _AT_A_TIME):
        c.execute(stored_view.delete().where(stored_view.c.id.in_(ids[start : start + _AT_A_TIME])))
