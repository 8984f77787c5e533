"""Say something to whoever installs an own release, or take it back; resolvers prefer what nothing is said of."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.errors import Invalid
from pratique.core.project_verbs import Deprecates
from pratique.services.accounts.project_proof import write_proved
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports
from pratique.services.publishing.own_project import Asked, asked_by, find_own, find_release, note
from pratique.services.purls import read_purl
from pratique.services.visits import visit_repository
from pratique.store import releases
from pratique.store.projects import Project


class Deprecate(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say something to whoever installs a release, or any release of a project; an empty message takes it back."""

    purl: str
    message: str
    repository: str = "main"


class Deprecated(msgspec.Struct, frozen=True):
    """What is said now, and of which versions it was something else before."""

    purl: str
    message: str
    changed: tuple[str, ...]


async def deprecate(ports: Ports, request: Deprecate, actor: Actor) -> Deprecated:
    """The verb.

    Raises:
        Invalid: no purl or no message can be so, or the ecosystem's clients show none.
        NotFound: there is no such own project or release.
        Conflict: the project is an upstream's, or the release is not yet live.
        Unauthorised, Forbidden: the actor may not, or not without a one-time code, which a verb does not carry.
    """
    named = read_purl(request.purl, ports.ecosystems)
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    now = ports.clock.now()
    authorise_on(visit, Operation.DEPRECATE, await know(ports, visit, named.key), now)
    if not isinstance(visit.ecosystem, Deprecates):
        raise Invalid(f"clients of {visit.ecosystem.id} show no such message; `pratique yank` takes a release out")
    message = visit.ecosystem.read_message(request.message)
    asked = asked_by(visit, named.key, now)
    saying = (_deprecate, asked, named.version, message)
    changed = await write_proved(ports, visit, named.key, Purpose.MESSAGES, *saying)
    return Deprecated(named.purl, message, changed)


def _deprecate(connection: Connection, asked: Asked, version: str | None, message: str) -> tuple[str, ...]:
    project = find_own(connection, asked)
    held = (version,) if version is not None else _versions(connection, project, message)
    return record_messages(connection, asked, project, dict.fromkeys(held, message))


def _versions(connection: Connection, project: Project, message: str) -> tuple[str, ...]:
    """Those that can be said something of; nothing is taken back of which nothing was said."""
    held = releases.of_project(connection, project.id)
    return tuple(one.version for one in held if one.unpublished is None and (message or one.deprecated))


def record_messages(
    connection: Connection, asked: Asked, project: Project, messages: Mapping[str, str]
) -> tuple[str, ...]:
    """Set what is said of each version, all or none of them, with an event for each.

    Returns:
        The versions of which something else was said before.

    Raises:
        NotFound, Conflict: as `find_release`.
    """
    changed = []
    for version, message in messages.items():
        release = find_release(connection, project, version)
        if release.deprecated == message:
            continue
        releases.set_deprecated(connection, release.id, message)
        note(connection, asked, "deprecated" if message else "undeprecated", version, {"message": message})
        changed.append(version)
    return tuple(changed)
