"""One release by version or tag: what the listing offers of it, or why it offers none."""

from __future__ import annotations

import asyncio
from typing import cast

from pratique.core.artifacts import Origin
from pratique.core.ecosystem import Rendered
from pratique.core.ecosystem_verbs import ShowsReleases
from pratique.core.errors import NotFound
from pratique.services.installing.list_project import list_project
from pratique.services.judging.find_file import find_file
from pratique.services.judging.find_project import find_project
from pratique.services.ports import Ports, Visit
from pratique.store import releases


async def show_release(ports: Ports, visit: Visit, name: str, wanted: str, form: str) -> Rendered:
    """The part of this actor's listing that is about one release.

    Args:
        wanted: a version or a tag.
        form: one of the ecosystem's listing forms.

    Raises:
        InvalidName, Unauthorised, Forbidden, BadUpstream: as for the listing.
        Refused, UpstreamRefused: policy holds or denies that version.
        NotFound: there is no such project, version or tag, or resolvers are not offered it.
    """
    speech = cast("ShowsReleases", visit.ecosystem)
    listing = (await list_project(ports, visit, name, form, "identity")).view.encoded.rendered
    if listing.status != 200:
        return listing
    found = await asyncio.to_thread(speech.write_release, listing.body, wanted)
    if found is not None:
        return found
    filename = speech.release_file(name, await _tagged(ports, visit, name, wanted))
    if filename is None:
        raise NotFound(f"{name} has no release or tag {wanted[:64]!a}")
    await find_file(ports, visit, name, filename)
    raise NotFound(f"{name}@{wanted} is not offered; whoever pinned it gets its file")


async def _tagged(ports: Ports, visit: Visit, name: str, wanted: str) -> str:
    """The version that a tag stands for where nothing moves tags away from what is refused; else what was asked for."""
    found = await find_project(ports, visit, visit.key(name))
    project, tags = found.known.project, found.source.view.tags
    if found.known.origin is Origin.OWN and project is not None:
        tags = await ports.db.read(releases.tags, project.id)
    return tags.get(wanted, wanted)
