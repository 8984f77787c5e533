"""Search what is here: own projects that the asker may know of, and public ones that were served before.

Nothing is asked upstream: what people search for inside is nobody's business outside.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import Origin, ProjectView
from pratique.core.ecosystem_verbs import Found, FoundProject, SearchQuery
from pratique.core.errors import PratiqueError
from pratique.core.names import ProjectKey
from pratique.services.judge import admit_reader, allowed_versions, decide_listing, decide_name, inquire
from pratique.services.knowledge import Knowledge, read_knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.sources import own_outline, stored_view
from pratique.store import files, projects

_LOOKED_AT = 200
"""Projects with a fitting name that are looked at; whoever has more writes more of the name."""


async def search(ports: Ports, visit: Visit, query: SearchQuery) -> Found:
    """Projects whose name contains the text and of which the actor may take at least one release."""
    found = await ports.db.read(_found, ports, visit, query.text.strip().lower())
    return Found(tuple(found[query.offset : query.offset + query.limit]), len(found))


def _found(connection: Connection, ports: Ports, visit: Visit, text: str) -> list[FoundProject]:
    """Own projects first, then by the length of the name: the shortest is the nearest to what was typed."""
    named = projects.named_like(connection, visit.repository.id, visit.ecosystem.id, text, _LOOKED_AT)
    named = tuple(one for one in named if one.origin is Origin.OWN or one.served is not None)
    order = sorted(named, key=lambda one: (one.origin is not Origin.OWN, len(one.key.name), one.key.name))
    looked = (_look(connection, ports, visit, one.key) for one in order)
    return [one for one in looked if one is not None]


def _look(connection: Connection, ports: Ports, visit: Visit, key: ProjectKey) -> FoundProject | None:
    """The project as a result, None if the actor may not know of it or may take nothing of it."""
    known = read_knowledge(connection, visit.repository.id, key, visit.actor.account, visit.ecosystem.twin_key)
    try:
        admit_reader(visit, known, ports.clock.now())
    except PratiqueError:
        return None
    inquiry = inquire(ports, visit, known)
    if known.project is None or decide_name(inquiry).action.refuses_download:
        return None
    view = own_outline(connection, visit, known) if known.origin is Origin.OWN else _served(connection, known)
    allowed = allowed_versions(view, decide_listing(inquiry, view), visit.ecosystem)
    if not allowed:
        return None
    return FoundProject(known.project.display, allowed[0], _description(connection, known, view, allowed[0]))


def _served(connection: Connection, known: Knowledge) -> ProjectView:
    """An upstream's project as far as its files are here; whether it still lists them is not asked."""
    view = stored_view(connection, known)
    return msgspec.structs.replace(view, files=tuple(msgspec.structs.replace(one, gone=False) for one in view.files))


def _description(connection: Connection, known: Knowledge, view: ProjectView, version: str) -> str:
    """What the publisher says of it in the release; of an upstream's nothing is kept."""
    filename = next(file.filename for file in view.files if file.version == version)
    manifest = files.manifest_of(connection, known.files[filename].id)
    said = manifest.fields.get("description") if manifest is not None else None
    return said if isinstance(said, str) else ""
