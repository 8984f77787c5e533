"""Listings that are being rendered: whoever asks for one meanwhile waits for it, and it is rendered once."""

from __future__ import annotations

from pratique.services.installing.views import View
from pratique.upstream.single_flight import SingleFlight

Renderings = SingleFlight[tuple[str, int, str], View | None]
"""By address of the view, revision of the project and sha256 of the document."""
