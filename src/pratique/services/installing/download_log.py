"""Who fetched what, written in batches: at most one second of it is lost when the process is killed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque

import structlog

from pratique.core.actors import Actor
from pratique.core.artifacts import FileView
from pratique.core.clock import Instant
from pratique.core.errors import PratiqueError
from pratique.core.names import ProjectKey
from pratique.store import downloads
from pratique.store.database import Database
from pratique.store.downloads import Download

_EVERY = 0.5
"""Seconds between two writes; SECURITY promises at most one second lost."""

_KEPT_AT_MOST = 100_000
"""Rows kept while the database cannot be written; beyond it a download is refused rather than unrecorded."""

log = structlog.get_logger(__name__)


class DownloadLog:
    """Takes downloads at once, writes them a moment later."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._waiting: deque[Download] = deque()
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()

    def start(self) -> None:
        """Begin writing; call once inside the event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left and end."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    @property
    def is_full(self) -> bool:
        """Whether no more can be promised to be recorded."""
        return len(self._waiting) >= _KEPT_AT_MOST

    @property
    def is_working(self) -> bool:
        """Whether downloads can be promised to be recorded: somebody writes them, and there is room for more."""
        return self._task is not None and not self._task.done() and not self.is_full

    def note(self, repository_id: int, key: ProjectKey, file: FileView, actor: Actor, now: Instant) -> None:
        """Remember one download that begins now."""
        self._waiting.append(
            Download(
                repository_id=repository_id,
                key=key,
                version=file.version,
                filename=file.filename,
                actor_kind=actor.kind,
                actor=actor.name,
                token_id=actor.token,
                at=now,
            )
        )

    async def flush(self) -> None:
        """Write everything waiting; what cannot be written stays for the next time.

        Whoever gives up waiting does not stop a write that is under way: it would be forgotten that its rows
        are written, and the next one would write them again.
        """
        await asyncio.shield(self._write())

    async def _write(self) -> None:
        async with self._writing:  # whoever asks for exposure writes too; each row only once
            batch = list(self._waiting)
            if not batch:
                return
            await self._db.write(downloads.record_many, batch, durable=False)
            for _ in batch:
                self._waiting.popleft()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.flush()
            except PratiqueError as error:
                log.warning("downloads not written yet", why=str(error), waiting=len(self._waiting))
            except Exception:
                log.exception("downloads not written yet", waiting=len(self._waiting))
