"""One handler for each thing that publishers change about a project after publishing, or ask before they do.

An ecosystem that routes to one of them speaks the protocol for it (`core.project_verbs`).
"""

from __future__ import annotations

from typing import cast

from aiohttp import web

from pratique.core.errors import NotFound, NotOffered
from pratique.core.project_verbs import EditsDocuments, HasTags, SharesProjects
from pratique.services.ports import Visit
from pratique.services.publishing import edit_project as editing
from pratique.services.publishing import membership, memberships, tags, unpublish
from pratique.services.publishing.publish_proof import set_publish_proof_by_client
from pratique.trust.permissions import Visibility
from pratique.web.bodies import read_short_body, read_small_body
from pratique.web.documents import PRIVATE, respond
from pratique.web.keys import PORTS
from pratique.web.places import Match

_NO_STORE = {"Cache-Control": "no-store"}

_MAX_DOCUMENT = 10 << 20
"""Bytes of a project's document that is sent back; as it is read for that, it holds a few hundred for a release."""


async def list_tags(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Where a project's tags lead."""
    found = await tags.list_tags(request.app[PORTS], visit, match.groups["project"])
    return respond(cast("HasTags", visit.ecosystem).write_tags(found), PRIVATE)


async def set_tag(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Point a tag to a release."""
    speech, project, tag = cast("HasTags", visit.ecosystem), match.groups["project"], match.groups["tag"]
    version = speech.read_tagged(await read_short_body(request))
    await tags.set_tag(request.app[PORTS], visit, project, tag, version)
    return respond(speech.write_tag_changed(f"{tag} of {project} is {version}"), _NO_STORE)


async def remove_tag(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Forget a tag."""
    project, tag = match.groups["project"], match.groups["tag"]
    await tags.remove_tag(request.app[PORTS], visit, project, tag)
    speech = cast("HasTags", visit.ecosystem)
    return respond(speech.write_tag_changed(f"{project} has no tag {tag} any more"), _NO_STORE)


async def edit_project(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Take the document back that was read to be changed."""
    ports, speech = request.app[PORTS], cast("EditsDocuments", visit.ecosystem)
    project, edition = match.groups["project"], match.groups["edition"]
    note = await editing.edit_as_sent(ports, visit, project, edition, lambda: read_small_body(request, _MAX_DOCUMENT))
    return respond(speech.write_edited(note), _NO_STORE)


async def unpublish_project(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Take every release of a project away."""
    project, edition = match.groups["project"], match.groups["edition"]
    done = await unpublish.unpublish_as(request.app[PORTS], visit, visit.key(project), None, edition)
    note = f"{project} is unpublished ({', '.join(done.versions)}); these versions are never used again"
    return respond(cast("EditsDocuments", visit.ecosystem).write_edited(note), _NO_STORE)


async def unpublish_file(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """A file whose release was taken away is gone with it."""
    project, file, edition = match.groups["project"], match.groups["file"], match.groups["edition"]
    version = await unpublish.check_unpublished_file(request.app[PORTS], visit, project, file, edition)
    note = f"{file} went with {project}@{version}"
    return respond(cast("EditsDocuments", visit.ecosystem).write_edited(note), _NO_STORE)


async def list_members(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Who has which role in a project."""
    shown = await membership.show_as(request.app[PORTS], visit, match.groups["project"])
    roles = {one.user: one.role for one in shown.members}
    return respond(cast("SharesProjects", visit.ecosystem).write_members(roles), PRIVATE)


async def show_visibility(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Whether everybody who reads here may know of a project."""
    shown = await membership.show_as(request.app[PORTS], visit, match.groups["project"])
    public = shown.visibility == Visibility.PUBLIC
    return respond(cast("SharesProjects", visit.ecosystem).write_visibility(public=public), PRIVATE)


async def set_access(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Show a project to everybody who reads here, or to its members only; demand codes of its publishers."""
    ports, speech, project = request.app[PORTS], cast("SharesProjects", visit.ecosystem), match.groups["project"]
    wanted = speech.read_access_change(await read_short_body(request))
    if wanted.proof is not None:
        await set_publish_proof_by_client(ports, visit, project, wanted.proof)
    if wanted.visibility is not None:
        await membership.set_visibility_as(ports, visit, project, Visibility(wanted.visibility))
    shown = await membership.show_as(ports, visit, project)
    return respond(speech.write_visibility(public=shown.visibility == Visibility.PUBLIC), _NO_STORE)


async def show_account(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """Whether there is an account of this name, for whoever wants to give it a role."""
    name = await memberships.find_account(request.app[PORTS], visit, match.groups["user"])
    return respond(cast("SharesProjects", visit.ecosystem).write_account(name), PRIVATE)


async def list_memberships(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """The projects that an account has a role in, as far as the asker may know of them."""
    roles = await memberships.list_memberships(request.app[PORTS], visit, match.groups["user"])
    return respond(cast("SharesProjects", visit.ecosystem).write_memberships(roles), PRIVATE)


async def decline(_request: web.Request, _visit: Visit, match: Match) -> web.StreamResponse:
    """Say what this server does not do, and what to do instead."""
    raise NotFound(match.route.declined) if match.route.missing else NotOffered(match.route.declined)
