"""What is asked of the render process, and how it does it: it reads the same rows and calls the same functions."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import ProjectView
from pratique.core.clock import Instant
from pratique.core.decisions import Decision
from pratique.core.ecosystem import Ecosystem
from pratique.core.likeness import Likeness
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.governing.remember_decisions import is_kept
from pratique.services.installing.render import Wanted, render
from pratique.services.installing.views import View
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.knowledge import Knowledge, read_knowledge
from pratique.services.judging.sources import Source, with_kept_files
from pratique.services.ports import Visit
from pratique.store import documents
from pratique.store.database import Database
from pratique.store.repositories import Repository


class RenderTask(msgspec.Struct, frozen=True):
    """One listing of an upstream's project.

    Attributes:
        now: the instant of asking; what is decided is decided as of then.
        revision: of the project, as whoever asks knows it.
        document: sha256 of the upstream's document, likewise.
        popularity: of the name; the ranking is loaded where it is needed more often.
        likeness: what the name could be taken for, for the same reason.
    """

    repository: Repository
    ecosystem: str
    name: str
    actor: Actor
    public_url: str
    wanted: Wanted
    now: Instant
    revision: int
    upstream_id: int
    document: str
    popularity: int | None = None
    likeness: Likeness | None = None


class RenderDone(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        view: None if revision or document are not what they were when it was asked for.
        decisions: those that can be looked up later.
        allowed: versions that are allowed, newest first.
    """

    view: View | None
    decisions: tuple[Decision, ...] = ()
    allowed: tuple[str, ...] = ()


class RenderWork:
    """Does one task after the other, and keeps the last document it has read: forms and classes share it."""

    def __init__(self, db: Database, ecosystem: Callable[[str], Ecosystem]) -> None:
        self._db, self._ecosystem = db, ecosystem
        self._read: tuple[str, ProjectView] | None = None

    def __call__(self, task: RenderTask) -> RenderDone:
        """Do it.

        Raises:
            PratiqueError: the database cannot be read, or the document is damaged or cannot be written.
        """
        found = self._db.read_now(self._find, task)
        if found is None:
            return RenderDone(None)
        known, view = found
        ecosystem = self._ecosystem(task.ecosystem)
        visit = Visit(task.actor, task.repository, ecosystem, task.public_url)
        inquiry = Inquiry(
            known,
            task.actor,
            task.now,
            ecosystem.version_key,
            ecosystem.release_key,
            lambda _key: task.popularity,
            lambda _key: task.likeness,
        )
        rendered, listing = render(visit, inquiry, Source(view, task.document), task.wanted)
        kept = tuple(one for one in listing.decisions.values() if is_kept(one))
        return RenderDone(rendered, kept, listing.allowed)

    def _find(self, connection: Connection, task: RenderTask) -> tuple[Knowledge, ProjectView] | None:
        """Knowledge and files, of one snapshot."""
        ecosystem = self._ecosystem(task.ecosystem)
        key = ProjectKey(EcosystemId(task.ecosystem), task.name)
        known = read_knowledge(connection, task.repository.id, key, ecosystem.twin_key)
        head = documents.head(connection, task.upstream_id, task.name)
        if known.revision != task.revision or head is None or head.sha256 != task.document:
            return None
        identity = f"{task.ecosystem} {task.name} {head.sha256} {head.url} {head.content_type}"
        if self._read is None or self._read[0] != identity:
            self._read = None  # not two at a time: each may take hundreds of megabytes
            stored = documents.find(connection, task.upstream_id, task.name)
            if stored is None:
                return None
            view = ecosystem.read_listing(task.name, stored.uncompressed(), stored.content_type, stored.url)
            self._read = (identity, view)
        return known, with_kept_files(connection, self._read[1], known)
