"""Install, first half: what a client may choose from. The steps are ARCHITECTURE.md, "Install"."""

from __future__ import annotations

import asyncio
import hashlib

from isal import igzip

from pratique.core.clock import Instant
from pratique.core.decisions import Decision
from pratique.core.ecosystem import Listing, Rendered
from pratique.rules.policy import policy_class, view_key
from pratique.services.gather import Inquiry
from pratique.services.judge import (
    admit_reader,
    allowed_versions,
    decide_listing,
    inquire,
    know,
    refreshed,
    refuse_name,
    soonest,
)
from pratique.services.ports import Ports, Visit
from pratique.services.sources import Source, find_source
from pratique.services.views import View
from pratique.store import revisions

_COMPRESSION = 1
"""isal's fast level: a large document costs milliseconds."""


async def list_project(ports: Ports, visit: Visit, name: str, form: str, encoding: str) -> View:
    """The project's index document for this actor.

    Args:
        form: one of the ecosystem's listing forms.
        encoding: `gzip` or `identity`.

    Raises:
        InvalidName, NotFound, Unauthorised, Forbidden, Refused, BadUpstream.
    """
    key = visit.key(name)
    known = await know(ports, visit, key)
    admit_reader(visit, known, ports.clock.now())  # 1
    await refuse_name(ports, visit, inquire(ports, visit, known))  # 2
    source = await find_source(ports, visit, known)  # 4, before 3: the document is part of the question
    known = await refreshed(ports, visit, known)
    inquiry = inquire(ports, visit, known)
    address = view_address(visit, inquiry, form, encoding)
    view = ports.views.get(address)
    if view is not None and view.holds(known.revision, source.document, inquiry.now):  # 3
        return view
    rendered, decisions = await asyncio.to_thread(_render, visit, inquiry, source, form, encoding)  # 5, 6
    await ports.decisions.remember(known.repository_id, key, decisions.values(), inquiry.now)
    if await ports.db.read(revisions.project_revision, known.repository_id, key) == known.revision:
        ports.views.put(address, rendered)  # 7
    return rendered


def view_address(visit: Visit, inquiry: Inquiry, form: str, encoding: str) -> str:
    """The key under which this actor's view of the project is kept."""
    known = inquiry.knowledge
    actor_class = policy_class(known.policy, visit.actor, known.key, known.entries)
    return view_key(visit.repository.name, known.key, form, encoding, visit.public_url, actor_class)


def _render(
    visit: Visit, inquiry: Inquiry, source: Source, form: str, encoding: str
) -> tuple[View, dict[str, Decision]]:
    decisions = decide_listing(inquiry, source.view)
    allowed = allowed_versions(source.view, decisions, visit.ecosystem)
    listing = Listing(source.view, decisions, visit.base_url, visit.explain_url, allowed)
    rendered = visit.ecosystem.write_listing(listing, form)
    until = soonest(decisions.values())
    return make_view(rendered, encoding, inquiry.knowledge.revision, source.document, until), decisions


def make_view(rendered: Rendered, encoding: str, revision: int, document: str, valid_until: Instant | None) -> View:
    """Compress once, and name the bytes by their content."""
    etag = hashlib.sha256(rendered.body).hexdigest()[:32]
    body, headers = rendered.body, dict(rendered.headers)
    if encoding == "gzip":
        body = igzip.compress(body, _COMPRESSION)
        headers["Content-Encoding"] = "gzip"
    sent = Rendered(body, rendered.content_type, rendered.status, rendered.reason, headers)
    return View(sent, revision, document, valid_until, f'"{etag}-{encoding[0]}"')
