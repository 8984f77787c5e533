"""One handler for each thing that publishers and seekers ask of an index besides installing and publishing.

An ecosystem that routes to one of them speaks the protocol for it; `core.ecosystem_verbs.REQUIRED` says which, and
a test of the house holds every route table to that.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import cast

from aiohttp import web

from pratique.core.ecosystem_verbs import Describes, HasOwners, ListsProjects, Searches, Yanks
from pratique.services.installing.list_projects import list_projects as read_projects
from pratique.services.installing.search import search as search_service
from pratique.services.installing.views import encode
from pratique.services.ports import Caller, Visit
from pratique.services.publishing.membership import list_owners as read_owners
from pratique.services.publishing.membership import set_owners
from pratique.services.publishing.yank import set_yanked
from pratique.trust.permissions import Role
from pratique.web.addresses import moved
from pratique.web.bodies import read_short_body
from pratique.web.client_address import client_address
from pratique.web.documents import PRIVATE, answer_document, respond, respond_if_changed
from pratique.web.keys import PORTS
from pratique.web.places import Match
from pratique.web.use_cases import wanted_form

_NO_STORE = {"Cache-Control": "no-store"}


async def describe(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Where the index's files and its web API are."""
    said = cast("Describes", visit.ecosystem).write_description(
        visit.base_url,
        needs_credential=not visit.repository.anonymous_read,
        members_only=match.route.members_only,
    )
    return respond_if_changed(request, said, PRIVATE)


async def search(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Projects by a part of their name."""
    speech = cast("Searches", visit.ecosystem)
    asking = replace(visit, caller=Caller(address=client_address(request)))
    found = await search_service(request.app[PORTS], asking, speech.read_search(request.query))
    return respond(speech.write_search(found), PRIVATE)


async def list_projects(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """The names of all own projects that the actor may know of."""
    speech = cast("ListsProjects", visit.ecosystem)
    elsewhere = moved(request, visit, speech.projects_path)
    if elsewhere is not None:
        return elsewhere
    form, encoding = wanted_form(request, visit)
    names = await read_projects(request.app[PORTS], visit)
    rendered = speech.write_projects(names, visit.base_url, form)
    return answer_document(request, await asyncio.to_thread(encode, rendered, encoding))


async def yank(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Take a release out of what resolvers choose."""
    return await _set_yanked(request, visit, match, "")


async def unyank(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Put it back."""
    return await _set_yanked(request, visit, match, None)


async def _set_yanked(request: web.Request, visit: Visit, match: Match, reason: str | None) -> web.StreamResponse:
    groups = match.groups
    done = await set_yanked(request.app[PORTS], visit, groups["project"], groups["version"], reason)
    note = f"{done.purl} is {'yanked' if done.yanked else 'offered again'}"
    return respond(cast("Yanks", visit.ecosystem).write_yanked(note), _NO_STORE)


async def list_owners(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """The accounts that own a project."""
    names = await read_owners(request.app[PORTS], visit, match.groups["project"])
    return respond(cast("HasOwners", visit.ecosystem).write_owners(names), PRIVATE)


async def add_owners(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Make accounts owners."""
    return await _change_owners(request, visit, match, Role.OWNER)


async def remove_owners(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Take their role from accounts."""
    return await _change_owners(request, visit, match, None)


async def _change_owners(request: web.Request, visit: Visit, match: Match, role: Role | None) -> web.StreamResponse:
    speech, project = cast("HasOwners", visit.ecosystem), match.groups["project"]
    users = speech.read_owners(await read_short_body(request))
    await set_owners(request.app[PORTS], visit, project, users, role)
    note = f"{', '.join(users)} {'owns' if len(users) == 1 else 'own'} {project} now"
    if role is None:
        note = f"{', '.join(users)} {'has' if len(users) == 1 else 'have'} no role in {project} any more"
    return respond(speech.write_owners_changed(note), _NO_STORE)
