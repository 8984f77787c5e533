"""Where a project's files come from: our own releases, or the one upstream that it sticks to."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import FileView, Origin, OwnFile, ProjectStatus, ProjectView
from pratique.core.clock import Instant
from pratique.core.errors import BadUpstream
from pratique.core.names import ProjectKey
from pratique.core.project_verbs import Edition, EditsDocuments
from pratique.services.judging.edition import read_edition
from pratique.services.judging.judge import not_found
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.shares import share_of
from pratique.store import files, missing, releases, repositories, signatures
from pratique.store.repositories import Upstream

_FOUND = 200


class Place(msgspec.Struct, frozen=True):
    """Where a project's files are, before any of them is read.

    Attributes:
        document: sha256 of the upstream's document; empty for own projects.
        size: bytes of that document; 0 where there is none.
        upstream: whose it is; None for own projects, and where no upstream has it.
        stale: the upstream could not be asked just now.
        until: when the upstream's document is to be looked at again; None: only when something changes here.
    """

    document: str = ""
    size: int = 0
    upstream: Upstream | None = None
    stale: bool = False
    until: Instant | None = None


class Source(msgspec.Struct, frozen=True):
    """A project's view and what it was read from.

    Attributes:
        view: all files, also those that are kept here while the upstream lists them no more; of own ones
            what decisions look at (`own_releases` has what an index carries).
        document: sha256 of the upstream's document; empty for own projects.
        upstream: None for own projects.
        stale: the upstream could not be asked just now; what the view lacks may exist by now.
        until: when the upstream's document is to be looked at again; None: only when something changes here.
    """

    view: ProjectView
    document: str = ""
    upstream: Upstream | None = None
    stale: bool = False
    until: Instant | None = None


async def find_place(ports: Ports, visit: Visit, known: Knowledge, *, max_age: int | None = None) -> Place:
    """Where the project's files are; reads no document, and takes it for possible that nobody has it.

    Args:
        max_age: milliseconds; a document confirmed longer ago is confirmed first.

    Raises:
        NotFound: the name is a twin of an own one.
        BadUpstream: an upstream that may have it could not answer; no later one is asked instead.
    """
    if known.origin is Origin.OWN:
        return Place()
    if known.has_own_twin:
        raise not_found(visit, known.key)
    for upstream in await ports.db.read(upstreams_to_ask, known):
        answer = await ports.documents.get(upstream, visit.ecosystem, known.key.name, max_age=max_age)
        if answer.head.status == _FOUND:
            return Place(answer.head.sha256, answer.head.size, upstream, answer.stale, answer.until)
    return Place(until=ports.clock.now())


async def find_source(ports: Ports, visit: Visit, known: Knowledge, *, max_age: int | None = None) -> Source:
    """The project's files, asking the upstream if it is not ours.

    Args:
        max_age: milliseconds; a document confirmed longer ago is confirmed first.

    Raises:
        NotFound: neither we nor any upstream has it; the question is counted.
        BadUpstream: an upstream that may have it could not answer; no later one is asked instead.
    """
    if known.origin is Origin.OWN:
        return Source(await ports.db.read(own_outline, visit, known))
    if known.has_own_twin:
        raise not_found(visit, known.key)  # as good as our own name: no upstream hears of it
    for upstream in await ports.db.read(upstreams_to_ask, known):
        answer = await ports.documents.view(upstream, visit.ecosystem, known.key.name, max_age=max_age)
        if answer is not None:
            view = await ports.db.read(with_kept_files, answer.view, known)
            return Source(view, answer.sha256, upstream, answer.stale, answer.until)
    kept = await ports.db.read(with_kept_files, ProjectView(known.key, ()), known)
    if kept.files:
        return Source(kept, until=ports.clock.now())  # stored files whose project the upstream has no more
    if known.origin is Origin.UNKNOWN:
        await count_missing(ports, visit, known)
    raise not_found(visit, known.key)


async def count_missing(ports: Ports, visit: Visit, known: Knowledge) -> None:
    """Count the question for a name that nobody has, as the asker is told. One beside another is that one misspelt."""
    if known.has_upstream_twin:
        return
    asker = share_of(visit.actor, visit.caller.address)
    question = missing.Question(known.repository_id, known.key, known.twin, visit.actor.kind, asker)
    await ports.db.write(missing.asked, question, ports.clock.now(), durable=False)


class OwnReleases(msgspec.Struct, frozen=True):
    """An own project's files with all that an index carries, and what its publishers laid down beside them.

    Attributes:
        edition: tells this state of the project from another, for clients that send back what they read.
    """

    files: tuple[OwnFile, ...]
    tags: dict[str, str]
    status: ProjectStatus
    edition: Edition | None


def own_releases(connection: Connection, visit: Visit, known: Knowledge) -> OwnReleases:
    """All files of our own releases. Raises NotFound if there is no project."""
    if known.project is None:
        raise not_found(visit, known.key)
    project_id = known.project.id
    signed = signatures.of_project(connection, project_id)
    own = files.own_files(connection, project_id)
    edited = isinstance(visit.ecosystem, EditsDocuments)
    return OwnReleases(
        tuple(msgspec.structs.replace(one, signatures=signed.get(one.filename, ())) for one in own),
        releases.tags(connection, project_id),
        known.project.status or ProjectStatus(),
        read_edition(connection, project_id) if edited else None,
    )


def own_project(visit: Visit, known: Knowledge, own: OwnReleases) -> ProjectView:
    """The view of an own project around its files."""
    listed = tuple(_own_file(visit, one) for one in own.files)
    view = visit.ecosystem.own_project(known.key, listed, own.tags)
    if isinstance(visit.ecosystem, EditsDocuments) and own.edition is not None:
        view = visit.ecosystem.with_edition(view, own.edition)
    return msgspec.structs.replace(view, status=own.status)


def own_view(connection: Connection, visit: Visit, known: Knowledge) -> ProjectView:
    """Both at once. Raises NotFound if there is no project."""
    return own_project(visit, known, own_releases(connection, visit, known))


def own_outline(connection: Connection, visit: Visit, known: Knowledge) -> ProjectView:
    """All files of our own releases, to decide on: it costs the same however much they say of themselves.

    Raises NotFound if there is no project.
    """
    if known.project is None:
        raise not_found(visit, known.key)
    own = files.own_outlines(connection, known.project.id, known.key.name)
    return ProjectView(known.key, tuple(_own_file(visit, one) for one in own))


def _own_file(visit: Visit, own: OwnFile) -> FileView:
    file = visit.ecosystem.own_file(own)
    return file if own.unpublished is None else msgspec.structs.replace(file, unpublished=own.unpublished)


def upstreams_to_ask(connection: Connection, known: Knowledge) -> tuple[Upstream, ...]:
    """All in order, or only the one that the project sticks to."""
    configured = repositories.upstreams(connection, known.repository_id, known.key.ecosystem)
    sticky = known.project.upstream_id if known.project else None
    bound = tuple(one for one in configured if one.id == sticky)
    return bound or configured


def stored_view(connection: Connection, known: Knowledge) -> ProjectView:
    """An upstream's project as far as its files are stored here, without asking anybody."""
    return with_kept_files(connection, ProjectView(known.key, ()), known)


def with_kept_files(connection: Connection, view: ProjectView, known: Knowledge) -> ProjectView:
    """Add stored files that the upstream lists no more, so that what is pinned here stays."""
    listed = {file.filename for file in view.files}
    gone = [row for row in known.files.values() if row.sha256 and row.filename not in listed]
    kept = tuple(file for row in gone if (file := _kept_file(connection, row.id)) is not None)
    return msgspec.structs.replace(view, files=view.files + kept) if kept else view


def _kept_file(connection: Connection, file_id: int) -> FileView | None:
    manifest = files.manifest_of(connection, file_id)
    if manifest is None or KEPT_AS not in manifest.fields:
        return None
    # Its separate metadata stays with the upstream that has it no more: clients read the artefact instead.
    return msgspec.structs.replace(msgspec.convert(manifest.fields[KEPT_AS], FileView), gone=True, metadata=None)


KEPT_AS = "index_entry"
"""Field of a stored upstream file's manifest that holds its FileView as it was when it was stored."""


class TooManyTwins(BadUpstream):
    """A name has more twins than upstreams are asked for."""


async def exists_upstream(ports: Ports, repository_id: int, ecosystem_id: str, key: ProjectKey) -> bool:
    """Whether any upstream has a project of this name or of a twin of it.

    Raises:
        BadUpstream: one could not be asked.
        TooManyTwins: none has the name itself, and nobody asks for every twin.
    """
    ecosystem = ports.ecosystems[ecosystem_id]
    twins = ecosystem.twins(key.name)
    names = (key.name, *(twins or ()))
    for upstream in await ports.db.read(repositories.upstreams, repository_id, key.ecosystem):
        for name in names:
            if await ports.documents.view(upstream, ecosystem, name, max_age=0) is not None:
                return True
    if twins is None:
        raise TooManyTwins("it can be written in more ways than are asked for")
    return False
