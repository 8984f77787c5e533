"""Package clients' requests: from the raw path to one use case, and back in the ecosystem's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from pratique.core.actors import ActorKind
from pratique.core.ecosystem import UseCase
from pratique.core.errors import Invalid, NotFound, PratiqueError
from pratique.core.refused import Refused
from pratique.services.ports import Visit
from pratique.trust.tokens import holds_token
from pratique.web import advisory_use_cases, project_use_cases, publisher_use_cases, use_cases
from pratique.web.access_log import loggable_path
from pratique.web.entrance import enter, needs_token
from pratique.web.keys import DECISION, PORTS
from pratique.web.places import Match, Place, find_place, match_route
from pratique.web.refusals import answer_error

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request, Visit, Match], Awaitable[web.StreamResponse]]

HANDLERS: dict[UseCase, Handler] = {
    UseCase.LIST_PROJECT: use_cases.list_project,
    UseCase.GET_FILE: use_cases.get_file,
    UseCase.GET_METADATA: use_cases.get_metadata,
    UseCase.PUBLISH: use_cases.publish,
    UseCase.WHOAMI: use_cases.whoami,
    UseCase.PING: use_cases.ping,
    UseCase.LOGOUT: use_cases.log_out,
    UseCase.DESCRIBE: publisher_use_cases.describe,
    UseCase.SEARCH: publisher_use_cases.search,
    UseCase.YANK: publisher_use_cases.yank,
    UseCase.UNYANK: publisher_use_cases.unyank,
    UseCase.LIST_OWNERS: publisher_use_cases.list_owners,
    UseCase.ADD_OWNERS: publisher_use_cases.add_owners,
    UseCase.REMOVE_OWNERS: publisher_use_cases.remove_owners,
    UseCase.SHOW_RELEASE: use_cases.show_release,
    UseCase.AUDIT: advisory_use_cases.audit,
    UseCase.LIST_TAGS: project_use_cases.list_tags,
    UseCase.SET_TAG: project_use_cases.set_tag,
    UseCase.REMOVE_TAG: project_use_cases.remove_tag,
    UseCase.EDIT_PROJECT: project_use_cases.edit_project,
    UseCase.UNPUBLISH_PROJECT: project_use_cases.unpublish_project,
    UseCase.UNPUBLISH_FILE: project_use_cases.unpublish_file,
    UseCase.LIST_MEMBERS: project_use_cases.list_members,
    UseCase.SHOW_VISIBILITY: project_use_cases.show_visibility,
    UseCase.SET_VISIBILITY: project_use_cases.set_visibility,
    UseCase.SHOW_ACCOUNT: project_use_cases.show_account,
    UseCase.LIST_MEMBERSHIPS: project_use_cases.list_memberships,
    UseCase.DECLINE: project_use_cases.decline,
    UseCase.DESCRIBE_PROJECT: advisory_use_cases.describe_project,
}


async def dispatch(request: web.Request) -> web.StreamResponse:
    """Answer any request that is not of the management API or the pages."""
    raw_path = request.raw_path.partition("?")[0]
    place = find_place(raw_path, request.app[PORTS].ecosystems)
    ecosystem = place.ecosystem if place else None
    try:
        if place is None:
            raise NotFound("there is nothing at this address; package clients use /{repository}/{ecosystem}/")
        return await _serve(request, place)
    except PratiqueError as error:
        if isinstance(error, Refused):
            request[DECISION] = error.decision.id
        return answer_error(error, ecosystem, f"{request.app[PORTS].public_url}/account")
    except web.HTTPException:
        raise
    except Exception:
        log.exception("request failed", path=loggable_path(raw_path), method=request.method)
        return answer_error(PratiqueError("the server failed; its log tells more"), ecosystem)


async def _serve(request: web.Request, place: Place) -> web.StreamResponse:
    entered = await enter(request, place.repository, place.ecosystem.id)
    match = match_route(place, request.method)
    _check_no_token(match)
    if match.route.members_only and entered.actor.kind is ActorKind.NOBODY:
        raise needs_token(place.ecosystem.id)
    visit = Visit(entered.actor, entered.repository, place.ecosystem, entered.public_url)
    return await HANDLERS[match.route.use_case](request, visit, match)


def _check_no_token(match: Match) -> None:
    """A token that was pasted in the place of a name would be kept as a name, and asked of an upstream."""
    if match.route.use_case is not UseCase.LOGOUT and any(map(holds_token, match.groups.values())):
        raise Invalid(
            "a token stands in this address, where others may have seen it: end it with `pratique token revoke`, "
            "and send tokens in the Authorization header"
        )
