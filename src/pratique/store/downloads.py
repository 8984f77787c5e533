"""Who fetched what, when, with which credential."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.actors import ActorKind
from pratique.core.clock import Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store.schema import download


class Download(msgspec.Struct, frozen=True):
    """One file that was sent to somebody.

    Attributes:
        actor: name of the actor, as events write it.
        token_id: the token used, None without one.
    """

    repository_id: int
    key: ProjectKey
    version: str
    filename: str
    actor_kind: ActorKind
    actor: str
    token_id: int | None
    at: Instant


def record_many(c: sa.Connection, rows: Sequence[Download]) -> None:
    """Record a batch; an empty one is fine."""
    if rows:
        c.execute(download.insert(), [_values(row) for row in rows])


def exposure(
    c: sa.Connection, repository_id: int, key: ProjectKey, versions: Collection[str] | None, limit: int
) -> tuple[Download, ...]:
    """The latest downloads of some releases, or of the whole project for None, newest first."""
    wanted = sa.select(download).where(*_of(repository_id, key))
    if versions is not None:
        wanted = wanted.where(download.c.version.in_(versions))
    newest_first = wanted.order_by(download.c.at.desc(), download.c.id.desc()).limit(limit)
    return tuple(_read(row) for row in c.execute(newest_first).mappings())


def how_many(c: sa.Connection, repository_id: int, key: ProjectKey, version: str, since: Instant, most: int) -> int:
    """How often files of a release were fetched since an instant; no further than `most` is counted."""
    some = sa.select(download.c.id).where(
        *_of(repository_id, key), download.c.version == version, download.c.at > since
    )
    return int(c.execute(sa.select(sa.func.count()).select_from(some.limit(most).subquery())).scalar_one())


def versions(c: sa.Connection, repository_id: int, key: ProjectKey) -> tuple[str, ...]:
    """Every version of which somebody ever fetched a file, spelled as its index did then."""
    return tuple(c.execute(sa.select(download.c.version).where(*_of(repository_id, key)).distinct()).scalars())


def _of(repository_id: int, key: ProjectKey) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        download.c.repository_id == repository_id,
        download.c.ecosystem == key.ecosystem,
        download.c.name == key.name,
    )


def _values(row: Download) -> dict[str, object]:
    return {
        "repository_id": row.repository_id,
        "ecosystem": row.key.ecosystem,
        "name": row.key.name,
        "version": row.version,
        "filename": row.filename,
        "actor_kind": row.actor_kind.value,
        "actor": row.actor,
        "token_id": row.token_id,
        "at": row.at,
    }


def _read(row: sa.RowMapping) -> Download:
    return Download(
        repository_id=row["repository_id"],
        key=ProjectKey(EcosystemId(row["ecosystem"]), row["name"]),
        version=row["version"],
        filename=row["filename"],
        actor_kind=ActorKind(row["actor_kind"]),
        actor=row["actor"],
        token_id=row["token_id"],
        at=Instant(row["at"]),
    )
