"""The file that a request names, if policy lets it be named: shared by artefact and metadata."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import SECOND, Instant
from pratique.core.decisions import Decision
from pratique.core.errors import BadUpstream, NotFound, UpstreamRefused
from pratique.core.facts import Facts
from pratique.core.names import ProjectKey
from pratique.services.judging.find_project import FoundProject, find_project, refuse_unlisted
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import allowed_versions, being_scanned, decide_offer, decide_one, refuse
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.store.repositories import Upstream

_ASK_AGAIN_AFTER = 15 * SECOND
"""A document younger than this is believed when it lacks a file, so that guessing asks no upstream."""


class FoundFile(msgspec.Struct, frozen=True):
    """A file that nothing refuses so far.

    Attributes:
        facts: of the listing stage, and of the file stage where an earlier visit stored them.
        decision: of the listing stage; at most hide.
        upstream: None for own files.
        until: when the upstream's document is to be looked at again; None: only when something changes here.
    """

    known: Knowledge
    inquiry: Inquiry
    view: ProjectView
    file: FileView
    facts: Facts
    decision: Decision
    upstream: Upstream | None
    until: Instant | None


async def find_file(ports: Ports, visit: Visit, name: str, filename: str) -> FoundFile:
    """Look the file up in its project's document, never in the path alone, and decide on its listing facts.

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden: as for the listing.
        Refused: hold or deny. Nothing was fetched.
        UpstreamRefused: an upstream that decides as we do refuses it.
        BadUpstream: the document is missing here and could not be had.
    """
    found, file = await _look_up(ports, visit, visit.key(name), filename)
    inquiry, source = found.inquiry, found.source
    facts, decision = await asyncio.to_thread(decide_one, inquiry, source.view, file)
    if decision.action.refuses_download:
        await refuse_file(ports, visit, inquiry, source.view, decision)
    return FoundFile(found.known, inquiry, source.view, file, facts, decision, source.upstream, source.until)


async def _look_up(ports: Ports, visit: Visit, key: ProjectKey, filename: str) -> tuple[FoundProject, FileView]:
    """The file in the project's document, or in a newer one: it may be younger than what is held here."""
    found = await find_project(ports, visit, key)
    file = found.source.view.file(filename)
    if file is None and found.source.upstream is not None:
        found = await find_project(ports, visit, key, max_age=_ASK_AGAIN_AFTER)
        file = found.source.view.file(filename)
    pass_on_refusal(visit, found.source.view, filename)
    if file is not None:
        return found, file
    refuse_withheld(found.known, filename)
    await refuse_unlisted(ports, visit, found)
    if found.source.stale:
        raise BadUpstream(f"{filename[:200]} is not known here, and the upstream cannot be asked now; try again later")
    raise NotFound(f"{key.name} has no file {filename[:200]}")


def refuse_withheld(known: Knowledge, filename: str) -> None:
    """What waits for its scan is worth asking for again. Raises Unavailable."""
    if filename in known.withheld:
        raise being_scanned(known.key.purl(known.files[filename].version))


def pass_on_refusal(visit: Visit, view: ProjectView, filename: str) -> None:
    """Along a chain of servers the strictest counts, also for bytes that are stored here. Raises UpstreamRefused."""
    said = visit.ecosystem.kept_back(view, filename)
    if said is not None:
        raise UpstreamRefused(said, {"retry": False})


async def refuse_file(ports: Ports, visit: Visit, inquiry: Inquiry, view: ProjectView, decision: Decision) -> None:
    """Refuse with the versions that are allowed instead. Raises Refused, always."""
    decisions = await asyncio.to_thread(decide_offer, inquiry, view)
    await refuse(ports, visit, inquiry, decision, allowed_versions(view, decisions, visit.ecosystem))
