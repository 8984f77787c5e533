"""Who fetched it, when, and with which credential: the question after every revocation."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import to_iso
from pratique.core.ranges import same_version
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named, read_purl
from pratique.services.visits import visit_repository
from pratique.store import downloads
from pratique.store.downloads import Download

_SHOWN_AT_MOST = 1_000


class Fetched(msgspec.Struct, frozen=True):
    """One download.

    Attributes:
        at: when, RFC 3339.
        token: id of the credential, None for a session or nobody.
    """

    at: str
    version: str
    filename: str
    actor_kind: str
    actor: str
    token: int | None


class Exposure(msgspec.Struct, frozen=True):
    """All downloads of a project or release that this server knows of, newest first.

    Attributes:
        complete: False if only the newest thousand are shown.
        note: what this cannot know.
    """

    purl: str
    downloads: tuple[Fetched, ...]
    complete: bool
    note: str = "client caches and copies made elsewhere are beyond this server's sight"


async def exposure(ports: Ports, repository: str, purl: str, actor: Actor) -> Exposure:
    """Look it up.

    Raises:
        Invalid, InvalidName: not a purl we know.
        Forbidden: only admins and members of the project may see who fetched it.
    """
    named = read_purl(purl, ports.ecosystems)
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    authorise_on(visit, Operation.EXPOSURE, known, ports.clock.now())
    await ports.downloads.flush()
    rows = await ports.db.read(_downloads, visit, named)
    shown = tuple(
        Fetched(to_iso(row.at), row.version, row.filename, row.actor_kind, row.actor, row.token_id)
        for row in rows[:_SHOWN_AT_MOST]
    )
    return Exposure(named.purl, shown, complete=len(rows) <= _SHOWN_AT_MOST)


def _downloads(connection: Connection, visit: Visit, named: Named) -> tuple[Download, ...]:
    """One more than is shown; those of a release under every version that is one with it."""
    versions = None
    if named.version is not None:
        fetched = downloads.versions(connection, visit.repository.id, named.key)
        key = visit.ecosystem.release_key
        versions = [one for one in fetched if same_version(named.version, one, key)]
    return downloads.exposure(connection, visit.repository.id, named.key, versions, _SHOWN_AT_MOST + 1)
