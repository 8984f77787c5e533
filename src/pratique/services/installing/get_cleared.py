"""Install, second half, again: bytes that were given before, on one look at the project's revision."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import FileView
from pratique.core.ports import Blobs
from pratique.services.installing.file_answers import Cleared, FileAnswer, Stored
from pratique.services.ports import Ports
from pratique.store import revisions
from pratique.store.database import Database


async def get_cleared(ports: Ports, cleared: Cleared, actor: Actor) -> FileAnswer | None:
    """Bytes that were given before to somebody with the same rights; None if all is to be decided again.

    The project's revision is read from the database each time: what was revoked a moment ago is not handed out.

    Raises:
        Unavailable: the download could not be recorded, or the database cannot be read.
    """
    await ports.downloads.room()
    now = ports.clock.now()
    if not cleared.made <= now or (cleared.until is not None and now >= cleared.until):
        return None
    stored = await ports.clearings.open(cleared)
    if stored is None:
        return None

    async def record() -> None:
        await ports.downloads.room()  # opening may have taken long
        file = FileView(cleared.filename, cleared.version)
        ports.downloads.note(cleared.repository_id, cleared.key, file, actor, now, cleared.sha256)

    return FileAnswer(stored, record=record)


class Clearings:
    """Opens stored bytes, for all who ask while a look into the database is under way by the next one.

    Each look begins after those that it is for have asked, so none of them is told what was true before. One for each
    event loop.
    """

    def __init__(self, db: Database, blobs: Blobs) -> None:
        self._db, self._blobs = db, blobs
        self._waiting: list[tuple[Cleared, asyncio.Future[Stored | None]]] = []
        self._looking: asyncio.Task[None] | None = None

    async def open(self, cleared: Cleared) -> Stored | None:
        """The bytes, if the project has not changed since they were cleared.

        Raises:
            Unavailable: the database cannot be read.
        """
        answer: asyncio.Future[Stored | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((cleared, answer))
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look())
        return await answer

    async def _look(self) -> None:
        while self._waiting:
            asked, self._waiting = self._waiting, []
            try:
                found = await self._db.read(_open_current, self._blobs, [cleared for cleared, _ in asked])
            except Exception as error:  # noqa: BLE001 - each of them is told, as if he had asked alone
                for _, answer in asked:
                    if not answer.done():
                        answer.set_exception(error)
            else:
                for (_, answer), stored in zip(asked, found, strict=True):
                    if not answer.done():
                        answer.set_result(stored)
                    elif stored is not None:
                        stored.let_go()


def _open_current(connection: Connection, blobs: Blobs, wanted: Sequence[Cleared]) -> list[Stored | None]:
    """All in one hop to a thread."""
    places = {(one.repository_id, one.key) for one in wanted}
    known = {place: revisions.project_revision(connection, *place) for place in places}
    found: list[Stored | None] = []
    try:
        for one in wanted:
            is_current = known[one.repository_id, one.key] == one.revision
            found.append(_open(blobs, one) if is_current else None)
    except BaseException:
        for stored in found:
            if stored is not None:
                stored.let_go()
        raise
    return found


def _open(blobs: Blobs, cleared: Cleared) -> Stored | None:
    blob = blobs.open_at_hand(cleared.sha256)  # a connection to the database must not wait for another machine
    if blob is None:
        return None
    if blob.size != cleared.size:
        blob.close()
        return None
    return Stored(blob, cleared.sha256)
