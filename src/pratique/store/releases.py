"""Own releases with their clearance, and dist-tags."""

from __future__ import annotations

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Clearance
from pratique.core.clock import Instant
from pratique.core.errors import Conflict
from pratique.store.dialects import insert
from pratique.store.rows import many, one
from pratique.store.schema import dist_tag, project, release


class Release(msgspec.Struct, frozen=True):
    """One version of an own project.

    Attributes:
        clearance: how it stands; yanked is what would be live if its owner had not yanked it.
        yank_reason: why it was yanked (may be empty), None if it is not; kept whatever else happens to it.
        deprecated: what is said to whoever installs it; '' after it was taken back, None if nothing ever was.
        unpublished: when its publishers took it away for good.
    """

    id: int
    project_id: int
    version: str
    clearance: Clearance
    yank_reason: str | None
    created: Instant
    deprecated: str | None = None
    unpublished: Instant | None = None


def find(c: sa.Connection, project_id: int, version: str) -> Release | None:
    """The release of this version, or None."""
    wanted = sa.select(release).where(release.c.project_id == project_id, release.c.version == version)
    found = one(c.execute(wanted), Release)
    return None if found is None else _standing(found)


def of_project(c: sa.Connection, project_id: int) -> tuple[Release, ...]:
    """All releases in the order of their creation."""
    found = c.execute(sa.select(release).where(release.c.project_id == project_id).order_by(release.c.id))
    return tuple(_standing(one) for one in many(found, Release))


def _standing(stored: Release) -> Release:
    """A yank is no state of its own in the table: it would be lost under a stricter one."""
    if stored.yank_reason is None or stored.clearance is not Clearance.LIVE:
        return stored
    return msgspec.structs.replace(stored, clearance=Clearance.YANKED)


def in_state(c: sa.Connection, repository_id: int, clearance: Clearance) -> tuple[tuple[str, str, str], ...]:
    """Every release of a repository in this state, as (ecosystem, name, version)."""
    wanted = (
        sa.select(project.c.ecosystem, project.c.name, release.c.version)
        .join(project, project.c.id == release.c.project_id)
        .where(project.c.repository_id == repository_id, release.c.clearance == clearance.value)
        .order_by(release.c.id)
    )
    return tuple((row.ecosystem, row.name, row.version) for row in c.execute(wanted))


def create(c: sa.Connection, project_id: int, version: str, clearance: Clearance, now: Instant) -> Release:
    """Create a release.

    Raises:
        Conflict: this version exists already.
    """
    row = insert(c, release).values(project_id=project_id, version=version, clearance=clearance.value, created=now)
    made = one(c.execute(row.on_conflict_do_nothing().returning(*release.c)), Release)
    if made is None:
        raise Conflict(f"version {version} exists already; a published version never changes, choose the next one")
    return made


def set_clearance(c: sa.Connection, release_id: int, clearance: Clearance) -> None:
    """Move a release to another state, which is none of yanked: `set_yank` says that. A yank stays under it."""
    c.execute(release.update().where(release.c.id == release_id).values(clearance=clearance.value))


def set_yank(c: sa.Connection, release_id: int, reason: str | None) -> None:
    """Yank a release for a reason, which may be empty, or put it back if that is None."""
    c.execute(release.update().where(release.c.id == release_id).values(yank_reason=reason))


def set_deprecated(c: sa.Connection, release_id: int, message: str) -> None:
    """Set what is said to whoever installs the release; empty: nothing any more."""
    c.execute(release.update().where(release.c.id == release_id).values(deprecated=message))


def set_unpublished(c: sa.Connection, release_id: int, now: Instant) -> None:
    """Record that its publishers took the release away. Its row stays: the version is never free again."""
    c.execute(release.update().where(release.c.id == release_id).values(unpublished=now))


def tags(c: sa.Connection, project_id: int) -> dict[str, str]:
    """Dist-tag to version, as the owners set them."""
    rows = c.execute(
        sa.select(dist_tag.c.tag, dist_tag.c.version)
        .where(dist_tag.c.project_id == project_id)
        .order_by(dist_tag.c.tag)
    )
    return {row.tag: row.version for row in rows}


def set_tag(c: sa.Connection, project_id: int, tag: str, version: str) -> None:
    """Point a dist-tag at a version."""
    row = insert(c, dist_tag).values(project_id=project_id, tag=tag, version=version)
    c.execute(row.on_conflict_do_update(index_elements=["project_id", "tag"], set_={"version": version}))


def remove_tag(c: sa.Connection, project_id: int, tag: str) -> None:
    """Forget a dist-tag; fine if there is none of that name."""
    c.execute(dist_tag.delete().where(dist_tag.c.project_id == project_id, dist_tag.c.tag == tag))
