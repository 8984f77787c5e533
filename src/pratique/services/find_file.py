"""The file that a request names, if policy lets it be named: shared by artefact and metadata."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import SECOND
from pratique.core.decisions import Decision
from pratique.core.errors import BadUpstream, NotFound
from pratique.core.facts import Facts
from pratique.services.gather import Inquiry
from pratique.services.judge import (
    admit_reader,
    allowed_versions,
    decide_listing,
    decide_one,
    inquire,
    know,
    refreshed,
    refuse,
    refuse_name,
)
from pratique.services.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.sources import Source, find_source
from pratique.store.repositories import Upstream

_ASK_AGAIN_AFTER = 15 * SECOND
"""A document younger than this is believed when it lacks a file, so that guessing asks no upstream."""


class FoundFile(msgspec.Struct, frozen=True):
    """A file that nothing refuses so far.

    Attributes:
        facts: of the listing stage, and of the file stage where an earlier visit stored them.
        decision: of the listing stage; at most hide.
        upstream: None for own files.
    """

    known: Knowledge
    inquiry: Inquiry
    view: ProjectView
    file: FileView
    facts: Facts
    decision: Decision
    upstream: Upstream | None


async def find_file(ports: Ports, visit: Visit, name: str, filename: str) -> FoundFile:
    """Look the file up in its project's document, never in the path alone, and decide on its listing facts.

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden: as for the listing.
        Refused: hold or deny. Nothing was fetched.
        BadUpstream: the document is missing here and could not be had.
    """
    key = visit.key(name)
    known = await know(ports, visit, key)
    admit_reader(visit, known, ports.clock.now())
    await refuse_name(ports, visit, inquire(ports, visit, known))
    source, file = await _look_up(ports, visit, known, filename)
    known = await refreshed(ports, visit, known)
    inquiry = inquire(ports, visit, known)
    facts, decision = await asyncio.to_thread(decide_one, inquiry, source.view, file)
    if decision.action.refuses_download:
        await refuse_file(ports, visit, inquiry, source, decision)
    return FoundFile(known, inquiry, source.view, file, facts, decision, source.upstream)


async def _look_up(ports: Ports, visit: Visit, known: Knowledge, filename: str) -> tuple[Source, FileView]:
    """The file in the project's document, or in a newer one: it may be younger than what is held here."""
    source = await find_source(ports, visit, known)
    file = source.view.file(filename)
    if file is None and source.upstream is not None:
        source = await find_source(ports, visit, known, max_age=_ASK_AGAIN_AFTER)
        file = source.view.file(filename)
    if file is not None:
        return source, file
    if source.stale:
        raise BadUpstream(f"{filename[:200]} is not known here, and the upstream cannot be asked now; try again later")
    raise NotFound(f"{known.key.name} has no file {filename[:200]}")


async def refuse_file(ports: Ports, visit: Visit, inquiry: Inquiry, source: Source, decision: Decision) -> None:
    """Refuse with the versions that are allowed instead. Raises Refused, always."""
    decisions = await asyncio.to_thread(decide_listing, inquiry, source.view)
    allowed = allowed_versions(source.view, decisions, visit.ecosystem)
    await refuse(ports, visit, inquiry, decision, allowed)
