"""What the files here take, by the records."""

from __future__ import annotations

import msgspec

from pratique.core.actors import Actor, Operation
from pratique.services.changes import permit, permit_everywhere
from pratique.services.ports import Ports
from pratique.store import blob_use


class ShowStorage(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask what files take."""


class Storage(msgspec.Struct, frozen=True):
    """Bytes; the disk may hold copies and what nothing names beside them.

    Attributes:
        own: of own releases' files.
        cached: of upstreams' files that are stored here.
        limit: of upstreams' files by `cache_max_bytes`, 0: none.
    """

    own: int
    cached: int
    limit: int


async def show_storage(ports: Ports, request: ShowStorage, actor: Actor) -> Storage:
    """Add it up.

    Raises:
        Forbidden: only administrators may, with a token that reaches everything.
    """
    del request
    now = ports.clock.now()
    permit(actor, Operation.EXPOSURE, now)
    permit_everywhere(actor, Operation.EXPOSURE, now)
    found = await ports.db.read(blob_use.sizes)
    return Storage(found.own, found.cached, ports.cache_max_bytes)
