"""Search what is here: own projects that the asker may know of, and public ones that were served before.

Nothing is asked upstream: what people search for inside is nobody's business outside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import Origin, ProjectView
from pratique.core.ecosystem_verbs import Found, FoundProject, SearchQuery
from pratique.core.errors import Invalid, PratiqueError
from pratique.core.names import ProjectKey
from pratique.services.advisories.questions import asker_of
from pratique.services.judging.judge import admit_reader, allowed_versions, decide_name, decide_offer, inquire
from pratique.services.judging.knowledge import Knowledge, read_knowledge
from pratique.services.judging.reader import reader_of
from pratique.services.judging.sources import own_outline, stored_view
from pratique.services.ports import Ports, Visit
from pratique.store import files, projects
from pratique.store.projects import Project
from pratique.trust.permissions import Role

_LONGEST = 200
"""Characters of a search."""

_LOOKED_AT = 200
"""Projects with a fitting name that are looked at, as policy may refuse them; more of the name finds the others."""

PORTION = 10
"""Projects that are looked at in one transaction: then it is the turn of others who wait for a reader."""


async def search(ports: Ports, visit: Visit, query: SearchQuery) -> Found:
    """Projects whose name contains every word of the text and of which the actor may take at least one release.

    The total counts all that the actor may know of: whether policy refuses one is seen where it is shown. No more
    are looked at than the page needs, a portion at a time.

    Raises:
        Invalid: the text is too long, or holds what stands in no name.
        TooManyAtOnce: the asker, or everybody, searches too much at once.
        Unauthorised, Forbidden: the actor may not read in the repository at all.
    """
    if len(query.text) > _LONGEST:
        raise Invalid(f"the search has {len(query.text)} characters, at most {_LONGEST} are looked for")
    if not all(map(str.isprintable, query.text.split())):
        raise Invalid("the search holds a control character, which stands in no name; search for a part of a name")
    async with ports.questions.search_slot(asker_of(visit.actor, visit.caller.address)):
        named, total = await ports.db.read(_named, ports, visit, query.text.strip().lower())
        shown: list[FoundProject] = []
        end = query.offset + query.limit
        for start in range(0, len(named), PORTION):
            if len(shown) >= end:
                break
            shown += await ports.db.read(_allowed, ports, visit, named[start : start + PORTION])
    return Found(tuple(shown[query.offset : end]), total)


def _named(connection: Connection, ports: Ports, visit: Visit, text: str) -> tuple[tuple[Project, ...], int]:
    reader = reader_of(visit, ports.clock.now())
    return projects.named_like(connection, visit.repository.id, visit.ecosystem.id, text, reader, _LOOKED_AT)


def _allowed(connection: Connection, ports: Ports, visit: Visit, some: Sequence[Project]) -> list[FoundProject]:
    looked = (_look(connection, ports, visit, one.key) for one in some)
    return [one for one in looked if one is not None]


def _look(connection: Connection, ports: Ports, visit: Visit, key: ProjectKey) -> FoundProject | None:
    """The project as a result, None if the actor may not know of it or may take nothing of it."""
    known = read_knowledge(connection, visit.repository.id, key, visit.ecosystem.twin_key, visit.actor.account)
    try:
        admit_reader(visit, known, ports.clock.now())
    except PratiqueError:
        return None
    inquiry = inquire(ports, visit, known)
    if known.project is None or decide_name(inquiry).action.refuses_download:
        return None
    view = own_outline(connection, visit, known) if known.origin is Origin.OWN else _served(connection, known)
    allowed = allowed_versions(view, decide_offer(inquiry, view), visit.ecosystem)
    if not allowed:
        return None
    newest = next(file for file in view.files if file.version == allowed[0])
    said = _manifest(connection, known, newest.filename)
    described = said.get("description")
    return FoundProject(
        known.project.display,
        allowed[0],
        described if isinstance(described, str) else "",
        newest.published,
        _owners(connection, known.project),
        said,
    )


def _served(connection: Connection, known: Knowledge) -> ProjectView:
    """An upstream's project as far as its files are here; whether it still lists them is not asked."""
    view = stored_view(connection, known)
    return msgspec.structs.replace(view, files=tuple(msgspec.structs.replace(one, gone=False) for one in view.files))


def _manifest(connection: Connection, known: Knowledge, filename: str) -> dict[str, Any]:
    """What the publisher says of it in the release; of an upstream's nothing is kept."""
    if known.origin is not Origin.OWN:
        return {}
    manifest = files.manifest_of(connection, known.files[filename].id)
    return {} if manifest is None else manifest.fields


def _owners(connection: Connection, project: Project) -> tuple[str, ...]:
    if project.origin is not Origin.OWN:
        return ()
    return tuple(one.name for one in projects.members(connection, project.id) if one.role == Role.OWNER)
