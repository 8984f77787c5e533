"""Requests about advisories: import them, and see how old they are."""

from __future__ import annotations

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, in_words, to_iso
from pratique.core.errors import Forbidden
from pratique.services import import_advisories as importing
from pratique.services.changes import permit
from pratique.services.import_advisories import Imported
from pratique.services.ports import Ports
from pratique.services.verbs.verb import Tell
from pratique.store import advisories
from pratique.store.advisories import AdvisoryImport


class ImportAdvisories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take in an OSV export.

    Attributes:
        source: `starter`, an https URL of an `all.zip`, or on the data folder a path.
    """

    source: str


class ShowAdvisories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which advisories are here and how old they are."""


class SourceShown(msgspec.Struct, frozen=True):
    """One source as last imported.

    Attributes:
        imported: when, RFC 3339.
        newest: the latest change among its records, RFC 3339.
        age: how long ago that was, in words.
    """

    source: str
    imported: str
    newest: str
    age: str
    records: int
    rejected: int


class AdvisoryStatus(msgspec.Struct, frozen=True):
    """All sources."""

    sources: tuple[SourceShown, ...]


async def import_advisories(ports: Ports, request: ImportAdvisories, actor: Actor, tell: Tell) -> Imported:
    """See `services.import_advisories`.

    Raises:
        Forbidden: a path on the server's disk, asked for from afar.
    """
    if actor.kind is not ActorKind.OPERATOR and request.source != importing.STARTER and "://" not in request.source:
        raise Forbidden("a path is read only by the command on the data folder; from afar give an https URL")
    return await importing.import_advisories(
        ports, request.source, actor, lambda count: tell(f"{count:,} records read")
    )


async def show_advisories(ports: Ports, request: ShowAdvisories, actor: Actor) -> AdvisoryStatus:
    """Which advisories are here. Raises Unauthorised to nobody in particular."""
    del request
    now = ports.clock.now()
    permit(actor, Operation.EXPLAIN, now)
    found = await ports.db.read(advisories.imports)
    return AdvisoryStatus(tuple(_shown(one, now) for one in found))


def _shown(one: AdvisoryImport, now: Instant) -> SourceShown:
    age = in_words(max(0, now - one.newest))
    return SourceShown(one.source, to_iso(one.at), to_iso(one.newest), age, one.records, one.rejected)
