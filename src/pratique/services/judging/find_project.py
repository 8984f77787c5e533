"""A project as this actor may see it: what is known of it and its files, both of one revision."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from typing import TypeVar

import msgspec

from pratique.core.actors import Actor, ActorKind
from pratique.core.artifacts import Origin
from pratique.core.errors import NotFound, Unavailable, UpstreamRefused
from pratique.core.names import ProjectKey
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import decide_project, inquire, know, refuse, refuse_name
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.refuse_hidden import admit
from pratique.services.judging.refuse_nowhere import refuse_nowhere
from pratique.services.judging.refused_beyond import pass_on
from pratique.services.judging.sources import Place, Source, find_place, find_source
from pratique.services.ports import Ports, Visit
from pratique.store import revisions

_TRIES = 8
"""A project that changes more often while it is looked at is changing all the time."""

_ALONE_FROM = 2
"""From this try on, nobody else of this process records into the project while it is looked at: many first downloads
at once would outdate each other's look for as long as they go on."""


_AS_HELD = sys.maxsize
"""Milliseconds: however old the document is that was confirmed or let pass just before."""


S = TypeVar("S", Place, Source)


class FoundProject(msgspec.Struct, frozen=True):
    """Knowledge and files that belong together.

    Attributes:
        inquiry: over the knowledge, for whoever asked.
    """

    known: Knowledge
    source: Source
    inquiry: Inquiry


class LocatedProject(msgspec.Struct, frozen=True):
    """Knowledge, and where files are that belong together with it."""

    known: Knowledge
    place: Place
    inquiry: Inquiry


async def find_project(ports: Ports, visit: Visit, key: ProjectKey, *, max_age: int | None = None) -> FoundProject:
    """Look the project up, refusing by its name before any upstream is asked.

    The revision is read before and after: only if it is the same do files and knowledge belong
    together, and a view made of them may be kept under it.

    Args:
        max_age: milliseconds; an upstream's document confirmed longer ago is confirmed first.

    Raises:
        NotFound, Unauthorised, Forbidden: the actor may not see it, or nobody has it.
        NowhereRefused: the same, for actors whom policy keeps from names that nobody has.
        Refused: the name stage holds or denies the whole project, or its upstream does, which decides as we do.
        UpstreamRefused: the latter in the upstream's own words, where it may be told.
        BadUpstream: its upstream could not be asked.
        Unavailable: it changes all the time.
    """

    async def refuse_by_name(known: Knowledge) -> None:
        await refuse_name(ports, visit, inquire(ports, visit, known))

    return await _find(ports, visit, key, refuse_by_name, max_age)


async def locate_project(ports: Ports, visit: Visit, key: ProjectKey) -> LocatedProject:
    """Look the project up as `find_project` does, without reading any document. Raises as that does."""

    async def refuse_by_name(known: Knowledge) -> None:
        await refuse_name(ports, visit, inquire(ports, visit, known))

    async def find(known: Knowledge, max_age: int | None) -> Place:
        return await find_place(ports, visit, known, max_age=max_age)

    known, place = await _look_up(ports, visit, key, refuse_by_name, find, None)
    return LocatedProject(known, place, inquire(ports, visit, known))


async def source_of(ports: Ports, visit: Visit, located: LocatedProject) -> Source:
    """The files of a project that was located just now: no upstream is asked again. Raises as `find_project`."""
    try:
        source = await find_source(ports, visit, located.known, max_age=_AS_HELD)
    except NotFound as unknown:
        await refuse_nowhere(ports, visit, located.known, unknown)
        raise
    except UpstreamRefused as error:
        await pass_on(ports, visit, located.known, error)
    place = located.place
    return msgspec.structs.replace(source, stale=place.stale, until=place.until)


async def find_as(ports: Ports, visit: Visit, key: ProjectKey, kind: ActorKind) -> FoundProject:
    """The project to be judged as if an actor of this kind asked; the asker must be allowed to see it.

    Raises:
        As `find_project`, but refusals by name are left to the caller, who asks about them.
    """

    async def refuse_nothing(_known: Knowledge) -> None:
        """What the name stage says is part of the answer."""

    found = await _find(ports, visit, key, refuse_nothing, None)
    return msgspec.structs.replace(found, inquiry=msgspec.structs.replace(found.inquiry, actor=Actor(kind, name=kind)))


async def _find(
    ports: Ports, visit: Visit, key: ProjectKey, refuse: Callable[[Knowledge], Awaitable[None]], max_age: int | None
) -> FoundProject:
    async def find(known: Knowledge, max_age: int | None) -> Source:
        return await find_source(ports, visit, known, max_age=max_age)

    known, source = await _look_up(ports, visit, key, refuse, find, max_age)
    return FoundProject(known, source, inquire(ports, visit, known))


async def _look_up(
    ports: Ports,
    visit: Visit,
    key: ProjectKey,
    refuse: Callable[[Knowledge], Awaitable[None]],
    find: Callable[[Knowledge, int | None], Awaitable[S]],
    max_age: int | None,
) -> tuple[Knowledge, S]:
    async def look(max_age: int | None) -> tuple[Knowledge, S, bool]:
        known = await know(ports, visit, key)
        await admit(ports, visit, known, max_age=max_age)
        await refuse(known)
        try:
            found = await find(known, max_age)
        except NotFound as unknown:
            await refuse_nowhere(ports, visit, known, unknown)
            raise
        except UpstreamRefused as error:
            await pass_on(ports, visit, known, error)
        return known, found, await is_current(ports, known)

    for number in range(_TRIES):
        known, found, current = await look(max_age)
        if not current and number >= _ALONE_FROM:
            # The upstream was asked just now, before the turn: others wait for us here, and not for it.
            stale = found.stale
            async with ports.uploads.turn(key):
                known, found, current = await look(_AS_HELD)
            found = msgspec.structs.replace(found, stale=stale)
        if current:
            return known, found
    raise Unavailable(f"{key.name} is changing at this moment; try again", retry_after=1)


async def refuse_unlisted(ports: Ports, visit: Visit, found: FoundProject) -> None:
    """Of what an upstream does not list: refuse it where the project is refused as a whole.

    An index lists nothing of a project that it has quarantined; whoever pinned it is told that, and not that there
    never was such a file. Of our own projects everything that there is stays listed.

    Raises:
        Refused: by the project's status.
    """
    if found.known.origin is Origin.OWN:
        return
    decision = await asyncio.to_thread(decide_project, found.inquiry, found.source.view)
    if decision.action.refuses_download:
        await refuse(ports, visit, found.inquiry, decision, ())


async def is_current(ports: Ports, known: Knowledge) -> bool:
    """Whether nothing about the project has changed since it was read."""
    return await ports.db.read(revisions.project_revision, known.repository_id, known.key) == known.revision
