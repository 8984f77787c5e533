"""Repositories and the upstreams they fetch from."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import sqlalchemy as sa

from pratique.core.clock import Instant
from pratique.core.errors import Invalid
from pratique.store.dialects import insert
from pratique.store.rows import many, one
from pratique.store.schema import repository, upstream

_NO_LONGER_CONFIGURED = -1


class Repository(msgspec.Struct, frozen=True):
    """Own releases, ordered upstreams and a policy under one name."""

    id: int
    name: str
    anonymous_read: bool


class Upstream(msgspec.Struct, frozen=True):
    """Where a repository fetches what it does not own; a lower position is asked first."""

    id: int
    repository_id: int
    ecosystem: str
    position: int
    url: str


def ensure_repository(c: sa.Connection, name: str, anonymous_read: bool, now: Instant) -> Repository:  # noqa: FBT001
    """Create the repository, or set what the settings say about an existing one."""
    row = insert(c, repository).values(name=name, anonymous_read=anonymous_read, created=now)
    c.execute(row.on_conflict_do_update(index_elements=["name"], set_={"anonymous_read": anonymous_read}))
    found = one(c.execute(sa.select(repository).where(repository.c.name == name)), Repository)
    assert found is not None
    return found


def repositories(c: sa.Connection) -> tuple[Repository, ...]:
    """All of them, in the order of their creation."""
    return many(c.execute(sa.select(repository).order_by(repository.c.id)), Repository)


def sync_upstreams(c: sa.Connection, repository_id: int, ecosystem: str, urls: Sequence[str]) -> tuple[Upstream, ...]:
    """Make these the repository's upstreams for an ecosystem, in this order.

    One that is no longer named keeps its documents and projects, and is not asked any more.

    Raises:
        Invalid: a URL is named twice.
    """
    if len(set(urls)) != len(urls):
        raise Invalid(f"an upstream of {ecosystem} is named twice; remove one of the two lines from the settings")
    mine = (upstream.c.repository_id == repository_id, upstream.c.ecosystem == ecosystem)
    c.execute(upstream.update().where(*mine).values(position=_NO_LONGER_CONFIGURED))
    for position, url in enumerate(urls):
        row = insert(c, upstream).values(repository_id=repository_id, ecosystem=ecosystem, position=position, url=url)
        c.execute(
            row.on_conflict_do_update(index_elements=["repository_id", "ecosystem", "url"], set_={"position": position})
        )
    return upstreams(c, repository_id, ecosystem)


def upstreams(c: sa.Connection, repository_id: int, ecosystem: str) -> tuple[Upstream, ...]:
    """The configured ones, in the order in which they are asked."""
    rows = sa.select(upstream).where(
        upstream.c.repository_id == repository_id,
        upstream.c.ecosystem == ecosystem,
        upstream.c.position > _NO_LONGER_CONFIGURED,
    )
    return many(c.execute(rows.order_by(upstream.c.position)), Upstream)


def find_upstream(c: sa.Connection, upstream_id: int) -> Upstream | None:
    """One by its id, also if it is configured no longer."""
    return one(c.execute(sa.select(upstream).where(upstream.c.id == upstream_id)), Upstream)
