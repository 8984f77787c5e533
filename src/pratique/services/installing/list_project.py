"""Install, first half: what a client may choose from. The steps are ARCHITECTURE.md, "Install"."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.errors import Unavailable
from pratique.core.names import ProjectKey
from pratique.rules.policy import policy_class, view_key
from pratique.services.installing.render import Wanted, render
from pratique.services.installing.render_task import RenderDone, RenderTask
from pratique.services.installing.stored_views import Belongs
from pratique.services.installing.views import View
from pratique.services.judging.find_project import LocatedProject, is_current, locate_project, source_of
from pratique.services.judging.judge import being_scanned
from pratique.services.judging.sources import Source
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.sign_files import signed_view
from pratique.store.repositories import Upstream

_TRIES = 8
"""A view that is outdated while it is rendered is rendered again."""


class Listed(msgspec.Struct, frozen=True):
    """A listing, and how long the same question has the same answer.

    Attributes:
        address: under which the view is kept.
        key: the project.
        own: who asks decides whether they may see it; anybody who may read here sees an upstream's.
        revision: the global counter as it was known before anything was read.
        until: when an upstream's document is to be looked at again; None: only when something changes here.
    """

    view: View
    address: str
    key: ProjectKey
    own: bool
    revision: int
    until: Instant | None


async def list_project(ports: Ports, visit: Visit, name: str, form: str, encoding: str) -> Listed:
    """The project's index document for this actor.

    Args:
        form: one of the ecosystem's listing forms.
        encoding: `gzip` or `identity`.

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden, Refused, BadUpstream.
        Unavailable: it changes all the time, by what is done or by the clock.
    """
    wanted = Wanted(form, encoding, ports.base_urls(visit.repository.name, visit.ecosystem.id))
    for _ in range(_TRIES):
        revision = await ports.revisions.current()
        located = await locate_project(ports, visit, visit.key(name))  # 1, 2, 4
        _refuse_all_withheld(located)
        belongs = _belongs(visit, located, wanted)
        view = await _kept(ports, located, belongs)  # 3
        if view is None:
            view = await _made_once(ports, visit, located, belongs, wanted)
        # A waiver may have ended, or a hold, while it was rendered; more so for whoever joined late.
        if view is not None and await is_current(ports, located.known) and view.is_in_time(ports.clock.now()):
            ports.views.put(belongs.address, view)  # 7
            own = located.known.origin is Origin.OWN
            return Listed(view, belongs.address, located.known.key, own, revision, located.place.until)
    raise Unavailable(f"{name} is changing at this moment; try again", retry_after=1)


def _refuse_all_withheld(located: LocatedProject) -> None:
    """Where there is nothing else yet, an empty listing would say that there is nothing. Raises Unavailable."""
    known = located.known
    if known.withheld and known.withheld >= set(known.files):
        raise being_scanned(known.key.purl())


def _belongs(visit: Visit, located: LocatedProject, wanted: Wanted) -> Belongs:
    """The key under which this actor's view of the project is kept."""
    known = located.known
    actor_class = policy_class(known.policy, visit.actor, known.key, known.entries)
    return Belongs(
        repository_id=known.repository_id,
        key=known.key,
        policy_class=actor_class,
        address=view_key(visit.repository.name, known.key, wanted.form, wanted.encoding, visit.public_url, actor_class),
        addresses=wanted.addresses,
        weight=located.place.size,
    )


async def _kept(ports: Ports, located: LocatedProject, belongs: Belongs) -> View | None:
    """The view rendered earlier, here or by another process, if it still says the truth."""
    revision, document, now = located.known.revision, located.place.document, located.inquiry.now
    view = ports.views.get(belongs.address)
    if view is not None and view.holds(revision, document, now):
        return view
    return await ports.stored_views.find(belongs, revision, document, now)


async def _made_once(
    ports: Ports, visit: Visit, located: LocatedProject, belongs: Belongs, wanted: Wanted
) -> View | None:
    """A view rendered now, once for all who ask for it meanwhile; None if the project changed before it was read."""
    if located.place.upstream is None:  # an own one is quickly made; and whoever asks for nothing is counted
        return await _made(ports, visit, located, belongs, wanted)
    which = (belongs.address, located.known.revision, located.place.document)
    return await ports.renderings.run(which, lambda: _made(ports, visit, located, belongs, wanted))


async def _made(ports: Ports, visit: Visit, located: LocatedProject, belongs: Belongs, wanted: Wanted) -> View | None:
    """A view rendered now; what it refuses is stored, so that it can be explained."""
    known, now, is_whole = located.known, located.inquiry.now, True
    if known.origin is Origin.OWN:
        signed = await signed_view(ports, visit, known)
        done, is_whole = await _rendered(visit, located, Source(signed.view), wanted), not signed.lacks_signatures
    elif located.place.upstream is not None and ports.render_process.takes(located.place.size):
        done = await ports.render_process.render(await _task(visit, located, located.place.upstream, wanted))
    else:
        done = await _rendered(visit, located, await source_of(ports, visit, located), wanted)
    if done.view is None:
        return None
    await ports.decisions.remember(known.repository_id, known.key, done.decisions, now, done.allowed)
    if is_whole and await is_current(ports, known):
        ports.stored_views.keep(belongs, done.view, now)  # 7
    return done.view


async def _rendered(visit: Visit, located: LocatedProject, source: Source, wanted: Wanted) -> RenderDone:
    view, listing = await asyncio.to_thread(render, visit, located.inquiry, source, wanted)  # 5, 6
    return RenderDone(view, tuple(listing.decisions.values()), listing.allowed)


async def _task(visit: Visit, located: LocatedProject, upstream: Upstream, wanted: Wanted) -> RenderTask:
    known, asked = located.known, located.inquiry
    rank = asked.popularity(known.key)
    return RenderTask(
        repository=visit.repository,
        ecosystem=visit.ecosystem.id,
        name=known.key.name,
        actor=visit.actor,
        public_url=visit.public_url,
        wanted=wanted,
        now=located.inquiry.now,
        revision=known.revision,
        upstream_id=upstream.id,
        document=located.place.document,
        popularity=rank,
        likeness=None if rank is not None else await asyncio.to_thread(asked.likeness, known.key),
    )
