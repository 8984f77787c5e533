"""Who fetched what, written in batches: at most one second of it is lost when the process is killed."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

import structlog
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import FileView
from pratique.core.clock import Instant
from pratique.core.errors import PratiqueError, Unavailable
from pratique.core.names import ProjectKey
from pratique.services.installing.blob_uses import BlobUses
from pratique.store import blob_use, downloads
from pratique.store.database import Database
from pratique.store.downloads import Download

_EVERY = 0.5
"""Seconds between two writes."""

AT_RISK = 1.0
"""Seconds of downloads that wait to be written at most; SECURITY promises that no more are lost."""

_PATIENCE = 5.0
"""Seconds that a download waits for the record. A busy database is worth waiting for; pip waits for 15."""

_RETRY_AFTER = 5

log = structlog.get_logger(__name__)


def _record(connection: Connection, batch: Sequence[Download], used: Mapping[str, Instant]) -> None:
    downloads.record_many(connection, batch)
    blob_use.note(connection, used)


class DownloadLog:
    """Takes downloads at once, writes them a moment later.

    Whoever kills the process loses what waits. So once the first that waits has waited for a second, others have
    to wait for the write before they are taken: as long as a busy database takes, and for nothing if it failed.
    """

    def __init__(self, db: Database, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Prepare; nothing is written before `start`.

        Args:
            db: where to write.
            monotonic: seconds, from any beginning.
        """
        self._db, self._monotonic = db, monotonic
        self._waiting: deque[tuple[float, Download]] = deque()
        self._task: asyncio.Task[None] | None = None
        self._writing = asyncio.Lock()
        self._tried = asyncio.Condition()
        self._failure = ""
        self._uses = BlobUses()

    def start(self) -> None:
        """Begin writing; call once inside the event loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Write what is left and end. What cannot be written is lost, and the log says how much it was."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        try:
            await self.flush()
        except PratiqueError as error:
            log.error("downloads are lost", why=str(error), count=len(self._waiting))

    @property
    def trouble(self) -> str:
        """Why downloads cannot be promised to be recorded, as a sentence; empty if they can."""
        if self._task is None or self._task.done():
            return "nobody writes them; see the server's log"
        if self._failure:
            return self._failure
        return "the database does not take them" if self._is_late() else ""

    async def room(self) -> None:
        """Wait until one download more can be promised to be recorded; call `note` without waiting in between.

        Raises:
            Unavailable: it cannot; the sentence says why.
        """
        if not self._is_late():
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE), self._tried:
                await self._tried.wait_for(lambda: self._failure or not self._is_late())
        if self._is_late():
            why = self._failure or "the database does not take them"
            raise Unavailable(
                f"downloads cannot be recorded, so nothing is handed out until they can: {why}", _RETRY_AFTER
            )

    def note(
        self, repository_id: int, key: ProjectKey, file: FileView, actor: Actor, now: Instant, sha256: str | None = None
    ) -> None:
        """Remember one download that begins now.

        Args:
            repository_id: where.
            key: of the project.
            file: what was asked for.
            actor: who asked.
            now: when.
            sha256: of the stored blob that is handed out, None for one that is on its way.
        """
        if sha256 is not None:
            self._uses.note(sha256, now)
        row = Download(
            repository_id=repository_id,
            key=key,
            version=file.version,
            filename=file.filename,
            actor_kind=actor.kind,
            actor=actor.name,
            token_id=actor.token,
            at=now,
        )
        self._waiting.append((self._monotonic(), row))

    async def flush(self) -> None:
        """Write everything waiting; what cannot be written stays for the next time.

        Whoever gives up waiting does not stop a write that is under way: it would be forgotten that its rows
        are written, and the next one would write them again.

        Raises:
            Unavailable: the database is busy, full or cannot be written.
        """
        await asyncio.shield(self._write())

    def _is_late(self) -> bool:
        return bool(self._waiting) and self._monotonic() - self._waiting[0][0] >= AT_RISK

    async def _write(self) -> None:
        async with self._writing:  # whoever asks for exposure writes too; each row only once
            batch = [row for _noted, row in self._waiting]
            if not batch:
                return
            try:
                await self._db.write(_record, batch, self._uses.taken(), durable=False)
            except PratiqueError as error:
                self._note_failure(str(error))
                raise
            except Exception:
                self._note_failure("writing them failed; see the server's log")
                raise
            else:
                for _ in batch:
                    self._waiting.popleft()
                self._note_success()
            finally:
                async with self._tried:
                    self._tried.notify_all()

    def _note_failure(self, why: str) -> None:
        if why != self._failure:  # said once, not twice a second for as long as a disk is full
            log.error("downloads cannot be recorded; no more are handed out until they can", why=why)
        self._failure = why

    def _note_success(self) -> None:
        if self._failure:
            log.warning("downloads are recorded again")
        self._failure = ""

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_EVERY)
            try:
                await self.flush()
            except PratiqueError:
                continue  # noted already
            except Exception:
                log.exception("downloads not written yet", waiting=len(self._waiting))
