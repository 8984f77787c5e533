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
        source: `starter` or a source of the settings; on the data folder any https URL of an `all.zip`, or a path.
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
        Forbidden: from afar, anything that the settings do not name: the server reads no path and asks no address
            that somebody elsewhere has chosen.
    """
    known = (importing.STARTER, *ports.advisory_sources)
    if actor.kind is not ActorKind.OPERATOR and request.source not in known:
        raise Forbidden(
            "other paths and URLs are read only by the command on the data folder; from afar name a source of the "
            f"settings (`advisories.sources`): {', '.join(known)}"
        )
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
