"""Whether a listing that was given before still is the answer, for whoever reads the question."""

from __future__ import annotations

from pratique.core.clock import Instant
from pratique.services.installing.views import View
from pratique.services.ports import Ports
from pratique.web.answers import StandingListing


def view_of(ports: Ports, standing: StandingListing, now: Instant) -> View | None:
    """The view that still is the answer. Only while `RevisionReader.known` is not None, or after `current`."""
    if not standing.is_in_time(now):
        return None
    if not ports.revisions.stands(standing.revision, standing.repository_id, standing.key):
        return None
    view = ports.views.get(standing.view_address)
    if view is None or view.encoded.etag != standing.etag or not view.is_in_time(now):
        return None
    return view
