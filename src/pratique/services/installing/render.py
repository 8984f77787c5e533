"""Decide on a project's files, write its listing, compress it: the same in a web process and in the render process."""

from __future__ import annotations

import msgspec

from pratique.core.ecosystem import Listing
from pratique.services.installing.views import View, encode
from pratique.services.judging.gather import Inquiry
from pratique.services.judging.judge import allowed_versions, decide_offer, soonest
from pratique.services.judging.sources import Source
from pratique.services.ports import Visit


class Wanted(msgspec.Struct, frozen=True):
    """How a listing is asked for.

    Attributes:
        form: one of the ecosystem's listing forms.
        encoding: `gzip` or `identity`.
        addresses: every URL of the repository; links in a listing are told from others by them.
    """

    form: str
    encoding: str
    addresses: tuple[str, ...]


def render(visit: Visit, inquiry: Inquiry, source: Source, wanted: Wanted) -> tuple[View, Listing]:
    """The view, and what it was written from."""
    decisions = decide_offer(inquiry, source.view)
    allowed = allowed_versions(source.view, decisions, visit.ecosystem)
    listing = Listing(source.view, decisions, visit.base_url, visit.explain_url, allowed, wanted.addresses)
    rendered = visit.ecosystem.write_listing(listing, wanted.form)
    revision, until = inquiry.knowledge.revision, soonest(decisions.values())
    return View(encode(rendered, wanted.encoding), revision, source.document, inquiry.now, until), listing
