"""Install, second half, again: bytes that were given before, on one look at the project's revision."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.artifacts import FileView
from pratique.core.ports import Blobs
from pratique.services.installing.file_answers import Cleared, Stored
from pratique.services.ports import Ports
from pratique.store import revisions


async def get_cleared(ports: Ports, cleared: Cleared, actor: Actor) -> Stored | None:
    """Bytes that were given before to somebody with the same rights; None if all is to be decided again.

    The project's revision is read from the database each time: what was revoked a moment ago is not handed out.

    Raises:
        Unavailable: the download could not be recorded, or the database cannot be read.
    """
    await ports.downloads.room()
    now = ports.clock.now()
    if not cleared.made <= now or (cleared.until is not None and now >= cleared.until):
        return None
    stored = await ports.db.read(_open_if_current, ports.blobs, cleared)
    if stored is not None:
        file = FileView(cleared.filename, cleared.version)
        ports.downloads.note(cleared.repository_id, cleared.key, file, actor, now, cleared.sha256)
    return stored


def _open_if_current(connection: Connection, blobs: Blobs, cleared: Cleared) -> Stored | None:
    """Both in one hop to a thread."""
    if revisions.project_revision(connection, cleared.repository_id, cleared.key) != cleared.revision:
        return None
    blob = blobs.open_at_hand(cleared.sha256)  # a connection to the database must not wait for another machine
    if blob is None:
        return None
    if blob.size != cleared.size:
        blob.close()
        return None
    return Stored(blob, cleared.sha256)
