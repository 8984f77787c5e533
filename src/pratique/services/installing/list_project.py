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
from pratique.services.installing.views import View, encode
from pratique.services.judging.find_project import FoundProject, find_project, is_current
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import allowed_versions, decide_listing, soonest
from pratique.services.judging.sources import Source
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.sign_files import signed_view

_TRIES = 4
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
        found = await find_project(ports, visit, visit.key(name))  # 1, 2, 4
        view = _kept(ports, visit, found, form, encoding) or await _made(ports, visit, found, form, encoding)  # 3
        if await is_current(ports, found.known):
            address = view_address(visit, found.inquiry, form, encoding)
            ports.views.put(address, view)  # 7
            own = found.known.origin is Origin.OWN
            return Listed(view, address, found.known.key, own, revision, found.source.until)
    raise Unavailable(f"{name} is changing at this moment; try again", retry_after=1)


def _kept(ports: Ports, visit: Visit, found: FoundProject, form: str, encoding: str) -> View | None:
    """The view rendered earlier, if it still says the truth."""
    view = ports.views.get(view_address(visit, found.inquiry, form, encoding))
    if view is None or not view.holds(found.known.revision, found.source.document, found.inquiry.now):
        return None
    return view


async def _made(ports: Ports, visit: Visit, found: FoundProject, form: str, encoding: str) -> View:
    """A view rendered now; what it refuses is stored, so that it can be explained."""
    known, source = found.known, found.source
    if known.origin is Origin.OWN:
        source = Source(await signed_view(ports, visit, known))
    view, listing = await asyncio.to_thread(_render, ports, visit, found.inquiry, source, form, encoding)  # 5, 6
    decisions = listing.decisions.values()
    await ports.decisions.remember(known.repository_id, known.key, decisions, found.inquiry.now, listing.allowed)
    return view


def view_address(visit: Visit, inquiry: Inquiry, form: str, encoding: str) -> str:
    """The key under which this actor's view of the project is kept."""
    known = inquiry.knowledge
    actor_class = policy_class(known.policy, visit.actor, known.key, known.entries)
    return view_key(visit.repository.name, known.key, form, encoding, visit.public_url, actor_class)


def _render(
    ports: Ports, visit: Visit, inquiry: Inquiry, source: Source, form: str, encoding: str
) -> tuple[View, Listing]:
    decisions = decide_listing(inquiry, source.view)
    allowed = allowed_versions(source.view, decisions, visit.ecosystem)
    addresses = ports.base_urls(visit.repository.name, visit.ecosystem.id)
    listing = Listing(source.view, decisions, visit.base_url, visit.explain_url, allowed, addresses)
    rendered = visit.ecosystem.write_listing(listing, form)
    revision, until = inquiry.knowledge.revision, soonest(decisions.values())
    return View(encode(rendered, encoding), revision, source.document, inquiry.now, until), listing
