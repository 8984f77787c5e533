"""What must not be served any more, and what was once revoked."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Digests
from pratique.core.clock import Instant
from pratique.core.decisions import Revocation
from pratique.core.names import ProjectKey
from pratique.store.rows import many
from pratique.store.schema import revocation


class StoredRevocation(msgspec.Struct, frozen=True):
    """A revocation with its history; `lifted` is None while it is in force."""

    id: int
    version: str | None
    filename: str | None
    reason: str
    by: str
    at: Instant
    lifted: Instant | None
    lifted_by: str | None


def in_force(c: sa.Connection, repository_id: int, key: ProjectKey, twin: str) -> tuple[Revocation, ...]:
    """Revocations of the project and of its twins that were not lifted.

    Args:
        twin: what the name shares with its twins.
    """
    wanted = sa.select(revocation).where(
        revocation.c.repository_id == repository_id,
        revocation.c.ecosystem == key.ecosystem,
        revocation.c.twin == twin,
        revocation.c.lifted.is_(None),
    )
    return tuple(_revocation(row, key) for row in c.execute(wanted.order_by(revocation.c.id)).mappings())


def add(
    c: sa.Connection,
    repository_id: int,
    key: ProjectKey,
    version: str | None,
    filename: str | None,
    reason: str,
    by: str,
    now: Instant,
    *,
    twin: str,
    by_admin: bool = True,
) -> int:
    """Revoke a project (version None), a release (filename None) or a file; returns the revocation's id.

    Args:
        twin: what the name shares with its twins, which are revoked with it.
        by_admin: with which right: what an administrator laid down, only one lifts.
    """
    values = {
        "repository_id": repository_id,
        "ecosystem": key.ecosystem,
        "name": key.name,
        "twin": twin,
        "version": version,
        "filename": filename,
        "reason": reason,
        "by": by,
        "at": now,
        "by_admin": by_admin,
    }
    return int(c.execute(revocation.insert().values(values).returning(revocation.c.id)).scalar_one())


def add_digests(c: sa.Connection, revocation_id: int, digests: Iterable[Digests]) -> None:
    """Remember of which bytes the revoked file is, so that they are revoked under every name of the project."""
    mine = revocation.c.id == revocation_id
    known = _digests(c.execute(sa.select(revocation.c.digests).where(mine)).scalar_one())
    strong = {one.strong() for one in digests if one.any_strong()}
    added = (*known, *(one for one in sorted(strong, key=repr) if one not in known))
    c.execute(revocation.update().where(mine).values(digests=msgspec.json.encode(added).decode()))


def lift(c: sa.Connection, revocation_id: int, by: str, now: Instant) -> bool:
    """Take a revocation back. False if there is none of this id in force."""
    lifted = revocation.update().where(revocation.c.id == revocation_id, revocation.c.lifted.is_(None))
    return c.execute(lifted.values(lifted=now, lifted_by=by)).rowcount == 1


def history(c: sa.Connection, repository_id: int, key: ProjectKey) -> tuple[StoredRevocation, ...]:
    """Every revocation the project ever had, oldest first."""
    mine = sa.select(revocation).where(
        revocation.c.repository_id == repository_id,
        revocation.c.ecosystem == key.ecosystem,
        revocation.c.name == key.name,
    )
    return many(c.execute(mine.order_by(revocation.c.id)), StoredRevocation)


def _revocation(row: sa.RowMapping, key: ProjectKey) -> Revocation:
    return Revocation(
        id=row["id"],
        version=row["version"],
        filename=row["filename"],
        reason=row["reason"],
        at=Instant(row["at"]),
        by_admin=bool(row["by_admin"]),
        digests=_digests(row["digests"]),
        twin=None if row["name"] == key.name else row["name"],
    )


def _digests(stored: str) -> tuple[Digests, ...]:
    return msgspec.json.decode(stored, type=tuple[Digests, ...])
