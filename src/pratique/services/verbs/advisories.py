"""Requests about advisories: import them, and see how old they are."""

from __future__ import annotations

import msgspec

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant, in_words, to_iso
from pratique.core.errors import Forbidden
from pratique.services.advisories import import_advisories as importing
from pratique.services.advisories.import_advisories import Imported, source_name
from pratique.services.advisories.source_health import SourceHealth, source_health
from pratique.services.changes import permit, permit_everywhere
from pratique.services.ports import Ports
from pratique.services.verbs.verb import Tell


class ImportAdvisories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take in an OSV export.

    Attributes:
        source: `starter` or a source of the settings, in full or as `advisories status` calls it; on the data folder
            any https URL of an `all.zip`, or a path.
    """

    source: str


class ShowAdvisories(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which advisories are here and how old they are."""


class SourceShown(msgspec.Struct, frozen=True):
    """One source as last imported.

    Attributes:
        imported: when, RFC 3339; None if that never worked.
        newest: the latest change among its records, RFC 3339.
        age: how long ago that was, in words.
        failed: when it was tried again after that and failed, RFC 3339.
        why: the sentence of that failure.
    """

    source: str
    imported: str | None
    newest: str | None
    age: str
    records: int
    rejected: int
    failed: str | None = None
    why: str = ""


class AdvisoryStatus(msgspec.Struct, frozen=True):
    """All sources."""

    sources: tuple[SourceShown, ...]


async def import_advisories(ports: Ports, request: ImportAdvisories, actor: Actor, tell: Tell) -> Imported:
    """See `services.advisories.import_advisories`.

    Raises:
        Forbidden: from afar, anything that the settings do not name: the server reads no path and asks no address
            that somebody elsewhere has chosen.
        Forbidden, StepUpNeeded: the actor may not change what policy looks at, and learns of no source.
    """
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    named = {source_name(one): one for one in (importing.STARTER, *ports.advisory_sources)}
    source = named.get(request.source, request.source)
    if actor.kind is not ActorKind.OPERATOR and source not in named.values():
        raise Forbidden(
            "other paths and URLs are read only by the command on the data folder; from afar name a source of the "
            f"settings (`advisories.sources`): {', '.join(named)}"
        )
    return await importing.import_advisories(ports, source, actor, lambda count: tell(f"{count:,} records read"))


async def show_advisories(ports: Ports, request: ShowAdvisories, actor: Actor) -> AdvisoryStatus:
    """Which advisories are here. Raises Unauthorised to nobody in particular."""
    del request
    now = ports.clock.now()
    permit(actor, Operation.EXPLAIN, now)
    found = await ports.db.read(source_health, ports.advisory_sources)
    return AdvisoryStatus(tuple(_shown(one, now) for one in found))


def _shown(one: SourceHealth, now: Instant) -> SourceShown:
    failed = (to_iso(one.failure.at), one.failure.why) if one.failure else (None, "")
    if one.last is None:
        return SourceShown(one.source, None, None, "", 0, 0, *failed)
    last = one.last
    age = in_words(max(0, now - last.newest))
    return SourceShown(one.source, to_iso(last.at), to_iso(last.newest), age, last.records, last.rejected, *failed)
