"""A project or one of its releases described: its files, what it says of itself, and advisories about it."""

from __future__ import annotations

import asyncio
from collections.abc import Hashable, Mapping
from typing import Any, cast

from pratique.core.advisories import ProjectAdvisory
from pratique.core.artifacts import FileView, Origin
from pratique.core.ecosystem import Listing, Rendered
from pratique.core.ecosystem_verbs import DescribesProjects, ProjectDescription
from pratique.core.errors import NotFound, PratiqueError, Unavailable, UpstreamRefused
from pratique.core.ranges import same_version
from pratique.services.advisories.questions import asker_of
from pratique.services.advisories.tell_advisories import find_hits, tell
from pratique.services.blob_threads import in_blob_thread
from pratique.services.installing.get_metadata import get_metadata
from pratique.services.judging.find_project import FoundProject, find_project, is_current, refuse_unlisted
from pratique.services.judging.judge import allowed_versions, decide_listing, newest_first, refuse
from pratique.services.judging.sources import own_view
from pratique.services.ports import Ports, Visit
from pratique.store import advisory_records

_TRIES = 4
"""What is outdated while it is put together is put together again."""


async def describe_project(ports: Ports, visit: Visit, name: str, version: str | None) -> Rendered:
    """Describe the release, or the project by the newest one that a resolver would choose.

    Args:
        version: in any spelling.

    Raises:
        InvalidName, Unauthorised, Forbidden, BadUpstream: as for the listing.
        NotFound: no such project, or no such release of it.
        TooManyAtOnce: too many ask for descriptions at once.
        Refused: policy keeps every file of it back.
    """
    for _ in range(_TRIES):
        found = await find_project(ports, visit, visit.key(name))
        description = await _describe(ports, visit, found, version)
        if await is_current(ports, found.known):
            async with ports.self_descriptions.slot(_asker(visit)):
                return await ports.self_descriptions.run(_speech(visit).write_project, description)
    raise Unavailable(f"{name} is changing at this moment; try again", retry_after=1)


def _speech(visit: Visit) -> DescribesProjects:
    return cast("DescribesProjects", visit.ecosystem)


def _asker(visit: Visit) -> Hashable:
    return asker_of(visit.actor, visit.caller.address)


async def _describe(ports: Ports, visit: Visit, found: FoundProject, version: str | None) -> ProjectDescription:
    listing = await _listing(ports, visit, found)
    chosen = _chosen(visit, listing, version)
    if chosen is None:
        await refuse_unlisted(ports, visit, found)
        raise NotFound(f"{listing.view.key.name} has no release {(version or '')[:80]}".rstrip())
    files = tuple(one for one in listing.view.files if one.version == chosen)
    standing = tuple(one for one in files if _can_be_had(visit, listing, one))
    if not standing:
        await _refuse(ports, visit, found, listing, files)
    shown = [listing.decisions[one.filename] for one in standing]
    known = found.known
    await ports.decisions.remember(known.repository_id, known.key, shown, found.inquiry.now, listing.allowed)
    return ProjectDescription(
        listing=listing,
        offered=tuple(one for one in listing.view.files if _is_offered(visit, listing, one)),
        version=chosen,
        files=standing,
        said=await _said(ports, visit, found, standing),
        advisories=await _advisories(ports, visit, found, chosen),
        whole=version is None,
    )


async def _listing(ports: Ports, visit: Visit, found: FoundProject) -> Listing:
    view = found.source.view
    if found.known.origin is Origin.OWN:
        view = await ports.db.read(own_view, visit, found.known)
    async with ports.self_descriptions.slot(_asker(visit)):
        decisions = await ports.self_descriptions.run(decide_listing, found.inquiry, view)
    allowed = allowed_versions(view, decisions, visit.ecosystem)
    return Listing(view, decisions, visit.base_url, visit.explain_url, allowed)


def _chosen(visit: Visit, listing: Listing, version: str | None) -> str | None:
    """The release meant, as the listing spells it; of a project the newest allowed, else the newest of all.

    None if nothing of it is listed.
    """
    versions = tuple(dict.fromkeys(file.version for file in listing.view.files))
    if version is None:
        fitting = (*listing.allowed, *newest_first(versions, visit.ecosystem), *versions)
    else:
        fitting = tuple(one for one in versions if same_version(version, one, visit.ecosystem.version_key))
    return fitting[0] if fitting else None


def _can_be_had(visit: Visit, listing: Listing, file: FileView) -> bool:
    """Whether the bytes are served, be it only to a pin."""
    refused = listing.decisions[file.filename].action.refuses_download
    return not refused and visit.ecosystem.kept_back(listing.view, file.filename) is None


def _is_offered(visit: Visit, listing: Listing, file: FileView) -> bool:
    leaves = listing.decisions[file.filename].action.leaves_listing
    return not leaves and visit.ecosystem.kept_back(listing.view, file.filename) is None


async def _refuse(
    ports: Ports, visit: Visit, found: FoundProject, listing: Listing, files: tuple[FileView, ...]
) -> None:
    """Raise the strictest refusal; where only an upstream refuses, its own sentence."""
    strictest = max((listing.decisions[one.filename] for one in files), key=lambda one: one.action)
    if strictest.action.refuses_download:
        await refuse(ports, visit, found.inquiry, strictest, listing.allowed)
    said = next(said for one in files if (said := visit.ecosystem.kept_back(listing.view, one.filename)))
    raise UpstreamRefused(said, {})


async def _said(ports: Ports, visit: Visit, found: FoundProject, files: tuple[FileView, ...]) -> Mapping[str, Any]:
    """What one of the files says of the release; nothing where none does, or where that cannot be had now."""
    stated = next((one for one in files if one.metadata is not None), None)
    try:
        if stated is None:
            return await _inner_said(ports, visit, found, files[0].filename)
        content = (await get_metadata(ports, visit, found.known.key.name, stated.filename)).body
    except (PratiqueError, FileNotFoundError):
        return {}
    async with ports.self_descriptions.slot(_asker(visit)):
        return await ports.self_descriptions.said(_speech(visit), content)


async def _inner_said(ports: Ports, visit: Visit, found: FoundProject, filename: str) -> Mapping[str, Any]:
    """What an own file says of itself; for an upstream's nothing is fetched or unpacked."""
    row = found.known.files.get(filename)
    if found.known.origin is not Origin.OWN or row is None or row.sha256 is None:
        return {}
    speech, limits, descriptions = _speech(visit), ports.publish_limits.archive, ports.self_descriptions
    blob = await in_blob_thread(ports.blobs.open, row.sha256)
    try:
        async with descriptions.slot(_asker(visit)):
            content = await descriptions.run(speech.inner_metadata, filename, blob, limits)
            return await descriptions.said(speech, content)
    finally:
        await asyncio.to_thread(blob.close)


async def _advisories(ports: Ports, visit: Visit, found: FoundProject, version: str) -> tuple[ProjectAdvisory, ...]:
    """None about an own project: records speak of public registries (ADR 7)."""
    records = [one for one in found.known.advisories if not one.withdrawn]
    if found.known.origin is Origin.OWN or not records:
        return ()
    async with ports.questions.slot(_asker(visit)):
        hits = await ports.questions.run(find_hits, visit.ecosystem, records, [version])
        originals = await ports.db.read(advisory_records.contents, [one.record.id for one in hits])
        return await ports.questions.run(tell, visit.ecosystem, hits, originals)
