"""Own projects whose releases hold a name and nothing else, for whoever decides what becomes of the names."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.naming.placeholder import PLACEHOLDER
from pratique.services.changes import permit_everywhere
from pratique.services.durations import read_duration
from pratique.services.ports import Ports
from pratique.services.visits import find_repository
from pratique.store import findings, projects, releases
from pratique.store.projects import Project

_MOST = 10_000
"""Findings looked at."""


class ListPlaceholders(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which own projects hold nothing but their names.

    Attributes:
        idle: only those without a release for so long, like `90d`.
    """

    idle: str | None = None
    repository: str = "main"


class PlaceholderShown(msgspec.Struct, frozen=True):
    """One project.

    Attributes:
        why: of its newest release.
        released: when that was, RFC 3339.
        owners: by name.
    """

    purl: str
    why: str
    version: str
    released: str
    owners: tuple[str, ...]


class Placeholders(msgspec.Struct, frozen=True):
    """The project without a release for the longest time first."""

    projects: tuple[PlaceholderShown, ...]


async def list_placeholders(ports: Ports, request: ListPlaceholders, actor: Actor) -> Placeholders:
    """Projects whose every release is a placeholder, as their uploads were found to be.

    Raises:
        Unauthorised, Forbidden: the actor is no administrator.
        Invalid: the duration cannot be read.
        NotFound: there is no such repository.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    before = now if request.idle is None else Instant(now - read_duration(request.idle))
    return await ports.db.read(_list, request.repository, before)


def _list(connection: Connection, repository_name: str, before: Instant) -> Placeholders:
    repository = find_repository(connection, repository_name)
    noticed = findings.of_kind(connection, PLACEHOLDER, _MOST)
    why: dict[int, dict[str, str]] = {}
    for project_id, found in noticed:
        why.setdefault(project_id, {})[found.version or ""] = found.finding.sentence
    shown = [
        one
        for project_id, sentences in why.items()
        if (project := projects.by_id(connection, project_id)).repository_id == repository.id
        and (one := _shown(connection, project, sentences, before)) is not None
    ]
    return Placeholders(tuple(sorted(shown, key=lambda one: one.released)))


def _shown(
    connection: Connection, project: Project, sentences: dict[str, str], before: Instant
) -> PlaceholderShown | None:
    held = [one for one in releases.of_project(connection, project.id) if one.unpublished is None]
    if not held or any(one.version not in sentences for one in held):
        return None
    newest = max(held, key=lambda one: one.created)
    if newest.created > before:
        return None
    owners = tuple(one.name for one in projects.members(connection, project.id) if one.role == "owner")
    return PlaceholderShown(
        project.key.purl(), sentences[newest.version], newest.version, to_iso(newest.created), owners
    )
