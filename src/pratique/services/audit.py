"""Which of the releases that a client has installed advisories are about."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

from pratique.core.advisories import ProjectAdvisory
from pratique.core.clock import Instant
from pratique.core.errors import InvalidName
from pratique.services.ports import Ports, Visit
from pratique.services.public_records import public_records
from pratique.services.tell_advisories import Hit, find_hits, tell


async def audit(
    ports: Ports, visit: Visit, asked: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[ProjectAdvisory, ...]]:
    """Advisories by name, as far as there are any about the versions asked.

    What is asked stays here: no upstream hears of it, and nothing of it is written down.

    Args:
        asked: versions by name as the client spells it; what can be no project's name has no advisories.

    Raises:
        Unauthorised, Forbidden: the actor may not read here, or its token does not reach one of the names.
    """
    return await ports.db.read(_answer, visit, asked, ports.clock.now())


def _answer(
    connection: Connection, visit: Visit, asked: Mapping[str, tuple[str, ...]], now: Instant
) -> dict[str, tuple[ProjectAdvisory, ...]]:
    canonical = {name: key for name in asked if (key := _canonical(visit, name)) is not None}
    records = public_records(connection, visit, tuple(dict.fromkeys(canonical.values())), now)
    hits: dict[str, tuple[Hit, ...]] = {
        name: find_hits(visit.ecosystem, records[key], asked[name]) for name, key in canonical.items() if key in records
    }
    told = iter(tell(connection, visit.ecosystem, [hit for found in hits.values() for hit in found]))
    return {name: tuple(next(told) for _ in found) for name, found in hits.items() if found}


def _canonical(visit: Visit, name: str) -> str | None:
    try:
        return visit.ecosystem.canonical(name)
    except InvalidName:
        return None
