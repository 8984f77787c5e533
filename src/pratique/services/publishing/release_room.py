"""Whether an own release takes one more file: it may be closed, or have one that leaves no place for it.

A release that is in use must not change under those who took it: a wheel that is added months later, by whoever holds
a stolen token, would be preferred to the source archive that everybody has looked at.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import PublishDraft
from pratique.core.clock import Instant, in_words
from pratique.core.ecosystem import Ecosystem
from pratique.core.ecosystem_verbs import OneOfAKind
from pratique.core.errors import Conflict
from pratique.services.judging.knowledge import Knowledge
from pratique.store import files, releases


class ReleaseRoom(msgspec.Struct, frozen=True):
    """What a release takes in.

    Attributes:
        stays_open: milliseconds after its first file; 0: for ever.
        ecosystem: knows which files leave no place for each other.
    """

    stays_open: int
    ecosystem: Ecosystem


def check_release_room(
    connection: Connection, known: Knowledge, draft: PublishDraft, sha256: str | None, room: ReleaseRoom, now: Instant
) -> None:
    """Refuse a file of which the project or its release has no need.

    Raises:
        Conflict: its bytes are here under another name; the release has been open long enough; or it has a
            file that is the same to clients.
    """
    if known.project is None:
        return
    rows = files.of_project(connection, known.project.id).values()
    same = next((row.filename for row in rows if row.sha256 == sha256 and row.release_id is not None), None)
    if same is not None:
        raise Conflict(f"{draft.filename} already exists as {same}, with the same bytes; a file has one name")
    release = releases.find(connection, known.project.id, draft.version)
    if release is None:
        return
    age = now - release.created
    if room.stays_open and age > room.stays_open:
        raise Conflict(
            f"{known.key.name}@{draft.version} was published {in_words(age)} ago and takes no more files after "
            f"{in_words(room.stays_open)} (setting publish.release_open); publish a new version"
        )
    if isinstance(room.ecosystem, OneOfAKind):
        rival = room.ecosystem.rival(draft.filename, [row.filename for row in rows if row.release_id == release.id])
        if rival is not None:
            raise Conflict(f"{draft.filename} already exists as {rival}, which is the same to clients")
