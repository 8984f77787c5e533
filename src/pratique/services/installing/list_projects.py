"""The names of all own projects that the actor may know of.

An upstream's names are its own to list: there may be a million of them, no client needs them to install, and those that
somebody fetched here would tell everybody what others use.
"""

from __future__ import annotations

from pratique.services.judging.reader import reader_of
from pratique.services.ports import Ports, Visit
from pratique.store import projects


async def list_projects(ports: Ports, visit: Visit) -> tuple[str, ...]:
    """Names as their owners write them, in the order of their canonical form.

    Raises:
        Unauthorised, Forbidden: the actor may not read in the repository at all.
    """
    asking = reader_of(visit, ports.clock.now())
    return await ports.db.read(projects.own_names, visit.repository.id, visit.ecosystem.id, asking)
