"""Names that lead clients to versions of a project: list, set, remove."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import cast

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Operation
from pratique.core.artifacts import Origin
from pratique.core.ecosystem import Listing
from pratique.core.errors import NotFound, PratiqueError
from pratique.core.project_verbs import HasTags
from pratique.services.accounts.project_proof import write_proved
from pratique.services.judging.find_project import FoundProject, find_project
from pratique.services.judging.judge import allowed_versions, authorise_on, decide_listing, inquire, know, refuse
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.sources import own_outline
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.own_project import Asked, asked_by, find_own, find_release, note
from pratique.store import releases


async def list_tags(ports: Ports, visit: Visit, name: str) -> Mapping[str, str]:
    """Where the tags of a project lead: as policy has it, or as they were set for whoever may set them.

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden, Refused, BadUpstream: as for the listing.
    """
    found = await find_project(ports, visit, visit.key(name))
    if found.known.project is None or found.known.origin is not Origin.OWN:
        return await asyncio.to_thread(_offered, visit, found)
    stored = await ports.db.read(releases.tags, found.known.project.id)
    try:
        authorise_on(visit, Operation.TAG, found.known, ports.clock.now())
    except PratiqueError:
        view = msgspec.structs.replace(found.source.view, tags=stored)
        source = msgspec.structs.replace(found.source, view=view)
        return await asyncio.to_thread(_offered, visit, msgspec.structs.replace(found, source=source))
    return stored


def _offered(visit: Visit, found: FoundProject) -> Mapping[str, str]:
    view = found.source.view
    decisions = decide_listing(found.inquiry, view)
    allowed = allowed_versions(view, decisions, visit.ecosystem)
    listing = Listing(view, decisions, visit.base_url, visit.explain_url, allowed)
    return cast("HasTags", visit.ecosystem).offered_tags(listing)


async def set_tag(ports: Ports, visit: Visit, name: str, tag: str, version: str) -> None:
    """Point a tag to a release that clients may have.

    Raises:
        Invalid, InvalidName: no such name, tag or version can be.
        NotFound: there is no such own project or release.
        Conflict: the project is an upstream's, or the release is not yet live.
        Unauthorised, Forbidden, CodeNeeded: the actor may not, or not without a one-time code.
        Refused: policy refuses the release to whoever follows the tag.
    """
    key, now = visit.key(name), ports.clock.now()
    known = await know(ports, visit, key)
    authorise_on(visit, Operation.TAG, known, now)
    cast("HasTags", visit.ecosystem).check_tag(tag)
    asked, version = asked_by(visit, key, now), visit.ecosystem.canonical_version(version)
    await ports.db.read(_find, asked, version)
    await _refuse_refused(ports, visit, known, version)
    await write_proved(ports, visit, key, Purpose.TAGS, _set, asked, tag, version)


async def remove_tag(ports: Ports, visit: Visit, name: str, tag: str) -> None:
    """Forget a tag.

    Raises:
        Invalid: every project needs this one.
        NotFound: there is no such own project or tag.
        Conflict: the project is an upstream's.
        Unauthorised, Forbidden, CodeNeeded: the actor may not, or not without a one-time code.
    """
    key, now = visit.key(name), ports.clock.now()
    authorise_on(visit, Operation.TAG, await know(ports, visit, key), now)
    cast("HasTags", visit.ecosystem).check_removable(tag)
    await write_proved(ports, visit, key, Purpose.TAGS, _remove, asked_by(visit, key, now), tag)


async def _refuse_refused(ports: Ports, visit: Visit, known: Knowledge, version: str) -> None:
    """A tag leads people somewhere: not where they are sent away. Raises Refused."""
    inquiry = inquire(ports, visit, known)
    view = await ports.db.read(own_outline, visit, known)
    decisions = await asyncio.to_thread(decide_listing, inquiry, view)
    mine = [decisions[file.filename] for file in view.files if file.version == version]
    worst = max(mine, key=lambda one: one.action, default=None)
    if worst is not None and worst.action.refuses_download:
        await refuse(ports, visit, inquiry, worst, allowed_versions(view, decisions, visit.ecosystem))


def _find(connection: Connection, asked: Asked, version: str) -> None:
    find_release(connection, find_own(connection, asked), version)


def _set(connection: Connection, asked: Asked, tag: str, version: str) -> None:
    project = find_own(connection, asked)
    find_release(connection, project, version)
    before = releases.tags(connection, project.id).get(tag)
    if before != version:
        releases.set_tag(connection, project.id, tag, version)
        note(connection, asked, "tag_set", None, {"tag": tag, "version": version, "before": before})


def _remove(connection: Connection, asked: Asked, tag: str) -> None:
    project = find_own(connection, asked)
    before = releases.tags(connection, project.id).get(tag)
    if before is None:
        raise NotFound(f"{project.display} has no tag {tag[:80]!a}")
    releases.remove_tag(connection, project.id, tag)
    note(connection, asked, "tag_removed", None, {"tag": tag, "before": before})
