"""Take an own release out of what resolvers choose, or put it back; whoever has pinned it still gets it."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Clearance, Origin
from pratique.core.clock import Instant
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.core.names import ProjectKey, Subject
from pratique.services.accounts.project_proof import write_proved
from pratique.services.changes import note_change
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports, Visit
from pratique.services.purls import read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import visit_repository
from pratique.store import projects, releases, revocations
from pratique.store.releases import Release
from pratique.trust.permissions import NO_SUCH_PROJECT


class Yank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take an own release out of what resolvers choose."""

    purl: str
    reason: str = ""
    repository: str = "main"


class Unyank(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let resolvers choose a yanked release again."""

    purl: str
    repository: str = "main"


class Yanked(msgspec.Struct, frozen=True):
    """How the release stands now; `changed` is false where it stood so before."""

    purl: str
    yanked: bool
    changed: bool


class _Wish(msgspec.Struct, frozen=True):
    """What is to become of which release. A reason of None puts it back."""

    repository_id: int
    key: ProjectKey
    version: str
    reason: str | None
    actor: Actor
    now: Instant
    ecosystem: Ecosystem


async def yank(ports: Ports, request: Yank, actor: Actor) -> Yanked:
    """The verb. Raises as `set_yanked`, and Invalid for a purl without a version."""
    visit, name, version = await _named(ports, request.repository, request.purl, actor)
    return await set_yanked(ports, visit, name, version, request.reason)


async def unyank(ports: Ports, request: Unyank, actor: Actor) -> Yanked:
    """The verb. Raises as `set_yanked`, and Invalid for a purl without a version."""
    visit, name, version = await _named(ports, request.repository, request.purl, actor)
    return await set_yanked(ports, visit, name, version, None)


async def set_yanked(ports: Ports, visit: Visit, name: str, version: str, reason: str | None) -> Yanked:
    """Yank a release, or put it back if the reason is None; one that stands so already stays.

    Clients such as cargo give no reason: an empty one takes nothing from the reason that was given before.

    Raises:
        Invalid, InvalidName: no such name or version can be.
        NotFound: there is no such own release, or none that the actor may know of.
        Unauthorised, Forbidden, CodeNeeded: the actor may not, or not without a one-time code.
        Conflict: the project is an upstream's, or the release is revoked, quarantined or not yet live.
    """
    key, now = visit.key(name), ports.clock.now()
    authorise_on(visit, Operation.YANK, await know(ports, visit, key), now)
    wish = _Wish(
        visit.repository.id,
        key,
        visit.ecosystem.canonical_version(version),
        None if reason is None else read_reason(reason),
        visit.actor,
        now,
        visit.ecosystem,
    )
    return await write_proved(ports, visit, key, Purpose.YANK, _record, wish)


async def _named(ports: Ports, repository: str, purl: str, actor: Actor) -> tuple[Visit, str, str]:
    named = read_purl(purl, ports.ecosystems)
    if named.version is None:
        raise Invalid(f"one release is yanked at a time: write {named.purl}@VERSION")
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    return visit, named.key.name, named.version


def _record(connection: Connection, wish: _Wish) -> Yanked:
    release = _own_release(connection, wish)
    purl, yanked = wish.key.purl(wish.version), wish.reason is not None
    if not yanked:
        _check_not_revoked(connection, wish)
    if _stands_so(release, wish.reason):
        return Yanked(purl, yanked, changed=False)
    _check_movable(release, wish)
    releases.set_yank(connection, release.id, wish.reason)
    note_change(
        connection,
        "yanked" if yanked else "unyanked",
        purl,
        {"reason": wish.reason} if wish.reason else {},
        actor=wish.actor,
        now=wish.now,
        repository_id=wish.repository_id,
        key=wish.key,
    )
    return Yanked(purl, yanked, changed=True)


def _stands_so(release: Release, reason: str | None) -> bool:
    if reason is None or release.yank_reason is None:
        return reason is release.yank_reason
    return reason in ("", release.yank_reason)


def _check_not_revoked(connection: Connection, wish: _Wish) -> None:
    """Raises Conflict: what is revoked and put back would not be offered."""
    twin = wish.ecosystem.twin_key(wish.key.name)
    for one in revocations.in_force(connection, wish.repository_id, wish.key, twin):
        if one.covers(Subject(wish.key, wish.version), wish.ecosystem.release_key):
            revoked = ProjectKey(wish.key.ecosystem, one.twin or wish.key.name)
            raise Conflict(
                f"{wish.key.name}@{wish.version} is revoked: give it back first, "
                f"with `pratique unrevoke {revoked.purl(one.version)}`"
            )


def _check_movable(release: Release, wish: _Wish) -> None:
    release_name = f"{wish.key.name}@{wish.version}"
    if release.clearance in (Clearance.STAGED, Clearance.SCANNING):
        raise Conflict(f"{release_name} is {release.clearance}: wait until it is live")
    if release.clearance not in (Clearance.LIVE, Clearance.YANKED):
        raise Conflict(f"{release_name} is {release.clearance}, which is stricter than a yank")


def _own_release(connection: Connection, wish: _Wish) -> Release:
    project = projects.find(connection, wish.repository_id, wish.key)
    if project is None:
        raise NotFound(NO_SUCH_PROJECT)
    if project.origin is not Origin.OWN:
        raise Conflict(f"{wish.key.name} comes from an upstream: only its owners there can yank, you can deny it here")
    release = releases.find(connection, project.id, wish.version)
    if release is None or release.unpublished is not None:
        raise NotFound(f"{wish.key.name} has no release {wish.version}")
    return release
