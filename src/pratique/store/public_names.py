"""Names of public packages that a glob matches, as far as they are known here, in pages."""

from __future__ import annotations

import sqlalchemy as sa

from pratique.core.artifacts import Origin
from pratique.store.dialects import in_byte_order, matches_glob
from pratique.store.schema import advisory, project, repository


def had_upstream(
    c: sa.Connection, ecosystem: str, glob: str, limit: int, after: str = ""
) -> tuple[tuple[str, str], ...]:
    """Names that a glob matches of projects which an upstream had, with a repository that has had it, in their order.

    Args:
        after: only names behind this one.
    """
    is_meant = project.c.name == glob if "*" not in glob else matches_glob(c, project.c.name, glob)
    name = in_byte_order(c, project.c.name)
    wanted = (
        sa.select(project.c.name, sa.func.min(repository.c.name))
        .join(repository, repository.c.id == project.c.repository_id)
        .where(
            project.c.ecosystem == ecosystem,
            project.c.origin == Origin.UPSTREAM.value,
            is_meant,
            name > after,
        )
        .group_by(project.c.name)
    )
    return tuple((row[0], row[1]) for row in c.execute(wanted.order_by(name).limit(limit)))


def advised(c: sa.Connection, ecosystem: str, glob: str, limit: int, after: str = "") -> tuple[str, ...]:
    """Names that a glob matches of projects which records in force are about, in their order.

    Args:
        after: only names behind this one.
    """
    is_meant = advisory.c.name == glob if "*" not in glob else matches_glob(c, advisory.c.name, glob)
    name = in_byte_order(c, advisory.c.name)
    wanted = sa.select(advisory.c.name).where(
        advisory.c.ecosystem == ecosystem, advisory.c.withdrawn.is_(sa.false()), is_meant, name > after
    )
    return tuple(c.execute(wanted.group_by(advisory.c.name).order_by(name).limit(limit)).scalars())
