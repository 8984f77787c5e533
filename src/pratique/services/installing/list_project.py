"""Install, first half: what a client may choose from. The steps are ARCHITECTURE.md, "Install"."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.ecosystem import Listing
from pratique.core.errors import Unavailable
from pratique.core.names import ProjectKey
from pratique.rules.policy import policy_class, view_key
from pratique.services.installing.stored_views import Belongs
from pratique.services.installing.views import View, encode
from pratique.services.judging.find_project import LocatedProject, is_current, locate_project, source_of
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import allowed_versions, decide_offer, soonest
from pratique.services.judging.sources import Source
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.sign_files import signed_view

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
    """
    for _ in range(_TRIES):
        revision = await ports.revisions.current()
        located = await locate_project(ports, visit, visit.key(name))  # 1, 2, 4
        belongs = _belongs(ports, visit, located, form, encoding)
        view = await _kept(ports, located, belongs)  # 3
        if view is None:
            view = await _made_once(ports, visit, located, belongs, form, encoding)
        if await is_current(ports, located.known):
            ports.views.put(belongs.address, view)  # 7
            own = located.known.origin is Origin.OWN
            return Listed(view, belongs.address, located.known.key, own, revision, located.place.until)
    raise Unavailable(f"{name} is changing at this moment; try again", retry_after=1)


def _belongs(ports: Ports, visit: Visit, located: LocatedProject, form: str, encoding: str) -> Belongs:
    """The key under which this actor's view of the project is kept."""
    known = located.known
    actor_class = policy_class(known.policy, visit.actor, known.key, known.entries)
    return Belongs(
        repository_id=known.repository_id,
        key=known.key,
        policy_class=actor_class,
        address=view_key(visit.repository.name, known.key, form, encoding, visit.public_url, actor_class),
        addresses=ports.base_urls(visit.repository.name, visit.ecosystem.id),
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
    ports: Ports, visit: Visit, located: LocatedProject, belongs: Belongs, form: str, encoding: str
) -> View:
    """A view rendered now, once for all who ask for it meanwhile."""
    if located.place.upstream is None:  # an own one is quickly made; and whoever asks for nothing is counted
        return await _made(ports, visit, located, belongs, form, encoding)
    which = (belongs.address, located.known.revision, located.place.document)
    return await ports.renderings.run(which, lambda: _made(ports, visit, located, belongs, form, encoding))


async def _made(
    ports: Ports, visit: Visit, located: LocatedProject, belongs: Belongs, form: str, encoding: str
) -> View:
    """A view rendered now; what it refuses is stored, so that it can be explained."""
    known, inquiry = located.known, located.inquiry
    is_whole = True
    if known.origin is Origin.OWN:
        signed = await signed_view(ports, visit, known)
        source, is_whole = Source(signed.view), not signed.lacks_signatures
    else:
        source = await source_of(ports, visit, located)
    view, listing = await asyncio.to_thread(_render, ports, visit, inquiry, source, form, encoding)  # 5, 6
    decisions = listing.decisions.values()
    await ports.decisions.remember(known.repository_id, known.key, decisions, inquiry.now, listing.allowed)
    if is_whole and await is_current(ports, known):
        ports.stored_views.keep(belongs, view, inquiry.now)  # 7
    return view


def _render(
    ports: Ports, visit: Visit, inquiry: Inquiry, source: Source, form: str, encoding: str
) -> tuple[View, Listing]:
    decisions = decide_offer(inquiry, source.view)
    allowed = allowed_versions(source.view, decisions, visit.ecosystem)
    addresses = ports.base_urls(visit.repository.name, visit.ecosystem.id)
    listing = Listing(source.view, decisions, visit.base_url, visit.explain_url, allowed, addresses)
    rendered = visit.ecosystem.write_listing(listing, form)
    revision, until = inquiry.knowledge.revision, soonest(decisions.values())
    return View(encode(rendered, encoding), revision, source.document, inquiry.now, until), listing
