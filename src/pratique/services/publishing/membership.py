"""Who may know of an own project, and who has which role in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Concatenate, TypeVar

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Marker, Origin, ProjectStatus
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Invalid, NotFound
from pratique.core.names import ProjectKey
from pratique.services.accounts.accounts import account_named
from pratique.services.accounts.project_proof import write_proved
from pratique.services.changes import note_change
from pratique.services.governing.show_findings import shown_of_release
from pratique.services.judging.judge import authorise_on, know
from pratique.services.names.disputes import DisputeShown, shown
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.own_project import Asked
from pratique.services.purls import read_purl
from pratique.services.visits import visit_repository
from pratique.store import disputes, findings, projects, releases
from pratique.store.projects import Project
from pratique.trust.permissions import NO_SUCH_PROJECT, Role, Visibility

T = TypeVar("T")


class SetVisibility(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Show an own project to everyone who may read here, or to its members only."""

    purl: str
    visibility: Visibility
    repository: str = "main"


class SetMember(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Give an account a role in an own project; None takes it away."""

    purl: str
    user: str
    role: Role | None
    repository: str = "main"


class ShowProject(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask who may see an own project and who its members are."""

    purl: str
    repository: str = "main"


class MemberShown(msgspec.Struct, frozen=True):
    """An account with its role."""

    user: str
    role: str


class ReleaseShown(msgspec.Struct, frozen=True):
    """A release with its state, and what was noticed about it."""

    version: str
    clearance: str
    findings: tuple[str, ...] = ()


class ProjectShown(msgspec.Struct, frozen=True):
    """An own project with its members, by name, and its releases, oldest first; and the open dispute over its name."""

    purl: str
    repository: str
    visibility: str
    members: tuple[MemberShown, ...]
    releases: tuple[ReleaseShown, ...] = ()
    status: str = Marker.ACTIVE.value
    status_reason: str = ""
    dispute: DisputeShown | None = None


class _Asked(msgspec.Struct, frozen=True):
    repository_id: int
    repository: str
    key: ProjectKey
    actor: Actor
    now: Instant


async def show_project(ports: Ports, request: ShowProject, actor: Actor) -> ProjectShown:
    """Look an own project up.

    Raises:
        NotFound: there is none of that name, or none that the actor may know of.
    """
    visit, key = await _visit(ports, request.repository, request.purl, actor)
    asked = await _ask_as(ports, visit, key, Operation.READ)
    return await ports.db.read(_show, asked)


async def set_visibility(ports: Ports, request: SetVisibility, actor: Actor) -> ProjectShown:
    """Set who may read an own project.

    Raises:
        NotFound: there is no own project of that name.
        Forbidden, StepUpNeeded: the actor is no owner of it, or must give the password again.
        CodeNeeded: the owners demand a one-time code, and no good one came along.
    """
    visit, key = await _visit(ports, request.repository, request.purl, actor)
    return await _change(ports, visit, key, Purpose.VISIBILITY, _set_visibility, request.visibility)


async def set_member(ports: Ports, request: SetMember, actor: Actor) -> ProjectShown:
    """Give an account a role in an own project, or take it away.

    Raises:
        NotFound: there is no own project or no account of that name, or no member to take the role from.
        Conflict: the project would be left without an owner.
        Forbidden, StepUpNeeded: the actor is no owner of it, or must give the password again.
        CodeNeeded: the owners demand a one-time code, and no good one came along.
    """
    visit, key = await _visit(ports, request.repository, request.purl, actor)
    return await _change(ports, visit, key, Purpose.MEMBERS, _set_member, request.user, request.role)


async def list_owners(ports: Ports, visit: Visit, name: str) -> tuple[str, ...]:
    """The accounts that own a project, by name, for a package client.

    Raises:
        NotFound: there is no own project of that name, or none that the actor may know of; in one sentence, whether
            an upstream's project of that name was ever seen here or not.
    """
    key = visit.key(name)
    try:
        shown = await ports.db.read(_show, await _ask_as(ports, visit, key, Operation.READ))
    except (NotFound, Conflict):
        raise NotFound(
            f"no project {key.name} is published here, as far as you may know; whose the public one of that name is, "
            "its own registry tells"
        ) from None
    return tuple(one.user for one in shown.members if one.role == Role.OWNER)


async def set_owners(ports: Ports, visit: Visit, name: str, users: Sequence[str], role: Role | None) -> None:
    """Make accounts owners of a project, or take every role from them: all of them or none.

    Raises:
        NotFound: there is no own project or no account of that name.
        Conflict: the project would be left without an owner, or comes from an upstream.
        Forbidden, StepUpNeeded: the actor is no owner of it, or must give the password again.
        CodeNeeded: the owners demand a one-time code, and no good one came along.
    """
    await _change(ports, visit, visit.key(name), Purpose.MEMBERS, _set_members, tuple(users), role)


async def show_as(ports: Ports, visit: Visit, name: str) -> ProjectShown:
    """Members and visibility of a project, for a package client. Raises as `list_owners`."""
    asked = await _ask_as(ports, visit, visit.key(name), Operation.READ)
    return await ports.db.read(_show, asked)


async def set_visibility_as(ports: Ports, visit: Visit, name: str, visibility: Visibility) -> None:
    """Set who may read a project, for a package client. Raises as `set_owners`."""
    await _change(ports, visit, visit.key(name), Purpose.VISIBILITY, _set_visibility, visibility)


def record_owners(connection: Connection, change: Asked, owners: Sequence[str]) -> None:
    """Make exactly these accounts the owners of a project; whoever is no owner any more has no role in it.

    Raises:
        NotFound: there is no own project or no account of that name.
        Conflict: the project would be left without an owner, or comes from an upstream.
    """
    asked = _Asked(change.repository_id, "", change.key, change.actor, change.now)
    members = projects.members(connection, _own(connection, asked).id)
    before = {one.name for one in members if one.role == Role.OWNER}
    _set_members(connection, asked, [one for one in dict.fromkeys(owners) if one not in before], Role.OWNER)
    _set_members(connection, asked, sorted(before - set(owners)), None)


async def _visit(ports: Ports, repository: str, purl: str, actor: Actor) -> tuple[Visit, ProjectKey]:
    named = read_purl(purl, ports.ecosystems)
    if named.version is not None:
        raise Invalid(f"this is about the whole project: write {named.key.purl()}, without a version")
    return await visit_repository(ports, repository, named.key.ecosystem, actor), named.key


async def _change(
    ports: Ports,
    visit: Visit,
    key: ProjectKey,
    purpose: Purpose,
    fn: Callable[Concatenate[Connection, _Asked, ...], T],
    *args: Any,
) -> T:
    """Authorise an owner, who proves it where the owners demand that, and write."""
    asked = await _ask_as(ports, visit, key, Operation.MEMBERS)
    return await write_proved(ports, visit, key, purpose, fn, asked, *args)


async def _ask_as(ports: Ports, visit: Visit, key: ProjectKey, operation: Operation) -> _Asked:
    now = ports.clock.now()
    authorise_on(visit, operation, await know(ports, visit, key), now)
    return _Asked(visit.repository.id, visit.repository.name, key, visit.actor, now)


def _own(connection: Connection, asked: _Asked) -> Project:
    project = projects.find(connection, asked.repository_id, asked.key)
    if project is None:
        raise NotFound(NO_SUCH_PROJECT)
    if project.origin is not Origin.OWN:
        raise Conflict(f"{asked.key.name} comes from an upstream: only own projects have members and visibility")
    return project


def _show(connection: Connection, asked: _Asked) -> ProjectShown:
    project = _own(connection, asked)
    members = tuple(MemberShown(one.name, one.role) for one in projects.members(connection, project.id))
    noticed = findings.of_project(connection, project.id)
    held = tuple(
        ReleaseShown(
            one.version,
            one.clearance if one.unpublished is None else "unpublished",
            shown_of_release(noticed, one.version),
        )
        for one in releases.of_project(connection, project.id)
    )
    stands = project.status or ProjectStatus()
    disputed = disputes.open_about(connection, asked.repository_id, asked.key)
    return ProjectShown(
        purl=asked.key.purl(),
        repository=asked.repository,
        visibility=project.visibility,
        members=members,
        releases=held,
        status=stands.marker,
        status_reason=stands.reason,
        dispute=None if disputed is None else shown(disputed),
    )


def _set_visibility(connection: Connection, asked: _Asked, visibility: Visibility) -> ProjectShown:
    projects.set_visibility(connection, _own(connection, asked).id, visibility.value)
    _note(connection, asked, "visibility_set", {"visibility": visibility.value})
    return _show(connection, asked)


def _set_member(connection: Connection, asked: _Asked, user: str, role: Role | None) -> ProjectShown:
    project = _own(connection, asked)
    members = projects.members(connection, project.id)
    if role is None and user not in {one.name for one in members}:  # the same of an account that is not there
        raise NotFound(f'"{user[:80]}" is no member of {project.display}')
    account = account_named(connection, user)
    owners = [one.account_id for one in members if one.role == Role.OWNER]
    if owners == [account.id] and role is not Role.OWNER:
        raise Conflict(f"{user} is the only owner of {project.display}: make somebody else an owner first")
    projects.set_role(connection, project.id, account.id, None if role is None else role.value)
    _note(connection, asked, "member_set", {"user": user, "role": None if role is None else role.value})
    return _show(connection, asked)


def _set_members(connection: Connection, asked: _Asked, users: Sequence[str], role: Role | None) -> None:
    for user in users:
        _set_member(connection, asked, user, role)


def _note(connection: Connection, asked: _Asked, kind: str, body: dict[str, str | None]) -> None:
    note_change(
        connection,
        kind,
        asked.key.purl(),
        body,
        actor=asked.actor,
        now=asked.now,
        repository_id=asked.repository_id,
        key=asked.key,
    )
