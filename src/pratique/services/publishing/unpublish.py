"""Take own releases away for good. Rows and bytes stay: nobody else gets the version, and exposure can be asked.

The rules are docs/adr/0011.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.clock import in_words
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Conflict, Forbidden, NotFound
from pratique.core.names import ProjectKey
from pratique.core.project_verbs import HasTags
from pratique.services.accounts.project_proof import write_proved
from pratique.services.judging.edition import check_edition
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.own_project import Asked, asked_by, find_own, find_release, note
from pratique.services.purls import read_purl
from pratique.services.visits import visit_repository
from pratique.store import files, releases
from pratique.store.projects import Project
from pratique.store.releases import Release


class Unpublish(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take an own release away for good, or every release of a project."""

    purl: str
    repository: str = "main"


class Unpublished(msgspec.Struct, frozen=True):
    """The versions that were taken away."""

    purl: str
    versions: tuple[str, ...]


class Terms(msgspec.Struct, frozen=True):
    """Under what terms releases are taken away.

    Attributes:
        window: milliseconds after publishing in which owners may.
        edition: the one that the actor has seen; None: whatever there is.
    """

    ecosystem: Ecosystem
    window: int
    edition: str | None = None


def terms(ports: Ports, visit: Visit, edition: str | None = None) -> Terms:
    """The terms of this server and ecosystem."""
    return Terms(visit.ecosystem, ports.publish_limits.unpublish_window, edition)


async def unpublish(ports: Ports, request: Unpublish, actor: Actor) -> Unpublished:
    """The verb. Raises as `unpublish_as`."""
    named = read_purl(request.purl, ports.ecosystems)
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    return await unpublish_as(ports, visit, named.key, named.version, None)


async def unpublish_as(
    ports: Ports, visit: Visit, key: ProjectKey, version: str | None, edition: str | None
) -> Unpublished:
    """Take one release away, or all of them if the version is None.

    Raises:
        NotFound: there is no such own project or release, or nothing is left of it.
        Unauthorised, Forbidden, StepUpNeeded: the actor is no owner, must give the password again, or is late.
        CodeNeeded: the owners demand a one-time code, and no good one came along.
        Conflict: the project is an upstream's, has changed since the edition, or the release is not yet live.
    """
    now = ports.clock.now()
    authorise_on(visit, Operation.UNPUBLISH, await know(ports, visit, key), now)
    asked = asked_by(visit, key, now)
    taking = (_unpublish, asked, version, terms(ports, visit, edition))
    gone = await write_proved(ports, visit, key, Purpose.UNPUBLISH, *taking)
    return Unpublished(key.purl(version), gone)


async def check_unpublished_file(ports: Ports, visit: Visit, name: str, filename: str, edition: str) -> str:
    """Make sure that a file is gone already with its release; its version.

    Clients that know a file as a thing of its own remove it after its release, and get told that it is done.

    Raises:
        Conflict: the release is still here, or the project has changed since the edition.
        NotFound, Unauthorised, Forbidden, StepUpNeeded: as `unpublish_as`.
    """
    key, now = visit.key(name), ports.clock.now()
    authorise_on(visit, Operation.UNPUBLISH, await know(ports, visit, key), now)
    return await ports.db.read(_gone_with_its_release, asked_by(visit, key, now), filename, edition)


def _gone_with_its_release(connection: Connection, asked: Asked, filename: str, edition: str) -> str:
    project = find_own(connection, asked)
    file = files.find(connection, project.id, filename)
    release = releases.find(connection, project.id, file.version) if file else None
    if release is None:
        raise NotFound(f"{project.display} has no file {filename[:200]}")
    check_edition(connection, project, edition)
    if release.unpublished is None:
        raise Conflict(
            f"{filename[:200]} belongs to {project.display}@{release.version}, which is still here; a file goes with "
            "its release: unpublish that"
        )
    return release.version


def _unpublish(connection: Connection, asked: Asked, version: str | None, under: Terms) -> tuple[str, ...]:
    project = find_own(connection, asked)
    if under.edition is not None:
        check_edition(connection, project, under.edition)
    if version is not None:
        record_unpublished(connection, asked, project, find_release(connection, project, version), under)
        return (version,)
    held = [one for one in releases.of_project(connection, project.id) if one.unpublished is None]
    if not held:
        raise NotFound(f"nothing is left of {project.display} that could be unpublished")
    for one in held:
        record_unpublished(connection, asked, project, find_release(connection, project, one.version), under)
    return tuple(one.version for one in held)


def record_unpublished(connection: Connection, asked: Asked, project: Project, release: Release, under: Terms) -> None:
    """One release becomes a tombstone, and its tags lead elsewhere. Raises Forbidden if the actor is late."""
    _check_in_time(asked, project, release, under.window)
    releases.set_unpublished(connection, release.id, asked.now)
    if isinstance(under.ecosystem, HasTags):
        _move_tags(connection, project, release.version, under.ecosystem)
    note(connection, asked, "unpublished", release.version, {})


def _check_in_time(asked: Asked, project: Project, release: Release, window: int) -> None:
    if asked.actor.admin or asked.now - release.created <= window:
        return
    raise Forbidden(
        f"{project.display}@{release.version} was published more than {in_words(window)} ago, and after that only an "
        "administrator unpublishes (setting publish.unpublish_window): ask one, or deprecate it"
    )


def _move_tags(connection: Connection, project: Project, gone: str, speech: HasTags) -> None:
    held = [one.version for one in releases.of_project(connection, project.id) if one.unpublished is None]
    before = releases.tags(connection, project.id)
    after = speech.tags_without(before, gone, held)
    for tag in before.keys() - after.keys():
        releases.remove_tag(connection, project.id, tag)
    for tag, version in after.items():
        if before.get(tag) != version:
            releases.set_tag(connection, project.id, tag, version)
