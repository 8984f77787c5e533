"""What `pratique up` prints once the server works: where it is, the way in, and what to paste for each client."""

from __future__ import annotations

from collections.abc import Iterable

from pratique.app import ECOSYSTEMS
from pratique.core.clock import in_words
from pratique.settings import Settings
from pratique.settings.folder import DataFolder
from pratique.trust.sessions import LINK_LIFE


def greeting(
    folder: DataFolder, settings: Settings, admin_link: str | None, certificate: Iterable[str] = ()
) -> Iterable[str]:
    """The lines; among them those about the certificate."""
    origin = settings.origins[0]
    yield ""
    yield f"Pratique listens on {origin}   (data: {folder.root})"
    yield from certificate
    if admin_link:
        yield ""
        yield f"Nobody administers it yet. Open this within {in_words(LINK_LIFE)}; it works once:"
        yield f"  {admin_link}"
    name = "main" if "main" in settings.repositories else next(iter(settings.repositories))
    for ecosystem in ECOSYSTEMS:
        for client, lines in ecosystem.client_setup(f"{origin}/{name}/{ecosystem.id}"):
            yield ""
            yield f"{client}:"
            yield from (f"  {line}" for line in lines.splitlines())
    yield ""
    if settings.exposed:
        yield "Readers need a token: `pratique token create`."
    yield "Ctrl-C stops it."
