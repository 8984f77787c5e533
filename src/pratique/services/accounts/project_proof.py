"""What takes a one-time code where a project's owners demand one of its publishers.

Publishing does; so does what could get around the demand, or changes what others get: `write_proved`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, Concatenate, TypeVar

from sqlalchemy import Connection

from pratique.core.account_verbs import PublishProof, Purpose
from pratique.core.actors import ActorKind
from pratique.core.artifacts import Origin
from pratique.core.names import ProjectKey
from pratique.services.accounts.one_time_codes import check_code, write_with_code
from pratique.services.ports import Ports, Visit
from pratique.store import projects
from pratique.store.projects import Project

T = TypeVar("T")


def demands_code(connection: Connection, visit: Visit, key: ProjectKey) -> bool:
    """Whether the owners of a project demand a code of this actor, as the transaction sees it.

    What is done to a name reaches its twins, too, so that their owners' demand counts as well.
    """
    twin = visit.ecosystem.twin_key(key.name)
    reached = projects.of_twin(connection, visit.repository.id, key.ecosystem, twin)
    return any(_demands(one, visit.actor.kind) for one in reached)


def _demands(project: Project, kind: ActorKind) -> bool:
    if project.origin is not Origin.OWN or project.publish_proof is PublishProof.NOBODY:
        return False
    return project.publish_proof is PublishProof.EVERYBODY or kind is not ActorKind.CI


async def check_proof(ports: Ports, visit: Visit, key: ProjectKey, purpose: Purpose) -> None:
    """Return if nothing is demanded of this actor, or a good code came along, which stays as it is.

    Raises:
        CodeNeeded, Forbidden: as `one_time_codes.write_with_code`.
    """
    await check_code(ports, visit, purpose, key.purl(), partial(demands_code, visit=visit, key=key))


async def write_proved(
    ports: Ports,
    visit: Visit,
    key: ProjectKey,
    purpose: Purpose,
    fn: Callable[Concatenate[Connection, ...], T],
    *args: Any,
) -> T:
    """Change a project, in one transaction with using up the code that its owners demand.

    What could get around the demand takes a code as publishing does: whoever became an owner by a stolen token would
    confirm with codes of their own. So does what changes which release others get: tags, messages, status,
    visibility, yanking, unpublishing, and all that takes these back. Only revoking takes none: harm goes at once.

    Raises:
        CodeNeeded, Forbidden, and what `fn` raises: as `one_time_codes.write_with_code`.
    """
    needed = partial(demands_code, visit=visit, key=key)
    return await write_with_code(ports, visit, purpose, key.purl(), needed, fn, *args)
