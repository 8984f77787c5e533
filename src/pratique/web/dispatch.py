"""Package clients' requests: from the raw path to one use case, and back in the ecosystem's words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog
from aiohttp import web

from pratique.core.account_verbs import TakesCodes
from pratique.core.actors import ActorKind
from pratique.core.ecosystem import Ecosystem, UseCase
from pratique.core.ecosystem_verbs import NamesCommands
from pratique.core.errors import Invalid, NotFound, PratiqueError
from pratique.core.refused import Refused
from pratique.core.sentences import clean
from pratique.services.ports import Caller, Visit
from pratique.trust.tokens import holds_token
from pratique.web import account_use_cases, advisory_use_cases, project_use_cases, publisher_use_cases, use_cases
from pratique.web.access_log import loggable_path, without_secrets
from pratique.web.account_use_cases import Guest
from pratique.web.client_address import client_address
from pratique.web.entrance import arrive, enter, needs_token
from pratique.web.keys import DECISION, PORTS, REPOSITORIES
from pratique.web.pieces import in_pieces
from pratique.web.places import Match, Place, ecosystem_at_first, find_place, match_guest_route, match_route
from pratique.web.rates import count_cost, note_answer, who_counts
from pratique.web.refusals import answer_error
from pratique.web.seats import seated
from pratique.web.standing import answer_again

log = structlog.get_logger(__name__)

Handler = Callable[[web.Request, Visit, Match], Awaitable[web.StreamResponse]]
GuestHandler = Callable[[web.Request, Guest, Match], Awaitable[web.StreamResponse]]

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
    UseCase.SET_ACCESS: project_use_cases.set_access,
    UseCase.SHOW_ACCOUNT: project_use_cases.show_account,
    UseCase.LIST_MEMBERSHIPS: project_use_cases.list_memberships,
    UseCase.DECLINE: project_use_cases.decline,
    UseCase.DESCRIBE_PROJECT: advisory_use_cases.describe_project,
    UseCase.LIST_PROJECTS: publisher_use_cases.list_projects,
    UseCase.SHOW_PROFILE: account_use_cases.show_profile,
    UseCase.CHANGE_PROFILE: account_use_cases.change_profile,
    UseCase.LIST_TOKENS: account_use_cases.list_tokens,
    UseCase.CREATE_TOKEN: account_use_cases.create_token,
    UseCase.REVOKE_TOKEN: account_use_cases.revoke_token,
    UseCase.SIGNING_KEYS: account_use_cases.signing_keys,
}

GUEST_HANDLERS: dict[UseCase, GuestHandler] = {
    UseCase.START_LOGIN: account_use_cases.start_login,
    UseCase.COLLECT: account_use_cases.collect,
    UseCase.PASSWORD_LOGIN: account_use_cases.password_login,
}
"""Answered whoever asks, and whatever stands in the Authorization header: an old token must not keep anybody out."""


async def dispatch(request: web.Request) -> web.StreamResponse:
    """Answer any request that is not of the management API or the pages."""
    raw_path = request.raw_path.partition("?")[0]
    place = find_place(raw_path, request.app[PORTS].ecosystems)
    ecosystem = place.ecosystem if place else ecosystem_at_first(raw_path, request.app[PORTS].ecosystems)
    try:
        again = await answer_again(request)
        if again is not None:
            return await in_pieces(request, again)
        if place is None:
            raise await _nothing_here(request, ecosystem)
        return await in_pieces(request, await _serve(request, place))
    except PratiqueError as error:
        if isinstance(error, Refused):
            request[DECISION] = error.decision.id
        note_answer(request, error)
        return answer_error(error, ecosystem, f"{request.app[PORTS].public_url}/account", _command(request, ecosystem))
    except web.HTTPException:
        raise
    except Exception:
        log.exception("request failed", path=loggable_path(raw_path), method=request.method)
        return answer_error(PratiqueError("the server failed; its log tells more"), ecosystem)


async def _nothing_here(request: web.Request, ecosystem: Ecosystem | None) -> NotFound:
    if ecosystem is None:
        return NotFound("there is nothing at this address; package clients use /{repository}/{ecosystem}/")
    public_url, repositories = arrive(request), request.app[REPOSITORIES]
    usual = await repositories.usual()
    repository = usual if await repositories.is_open(usual) else "REPOSITORY"  # closed ones do not tell their names
    right = ecosystem.right_address(f"{public_url}/{repository}/{ecosystem.id}", request.method)
    return NotFound(f"this address lacks the repository; {right}")


async def _serve(request: web.Request, place: Place) -> web.StreamResponse:
    as_guest = match_guest_route(place, request.method)
    if as_guest is not None:
        return await _serve_guest(request, place, as_guest)
    entered = await enter(request, place.repository, place.ecosystem.id)
    match = match_route(place, request.method, entered.public_url)
    _check_no_token(match)
    if match.route.members_only and entered.actor.kind is ActorKind.NOBODY:
        raise needs_token(place.ecosystem.id)
    caller = _caller(request, place.ecosystem)
    visit = Visit(entered.actor, entered.repository, place.ecosystem, entered.public_url, caller)
    count_cost(request, entered.actor, match.route.use_case)
    if request.method not in ("GET", "HEAD"):
        return await HANDLERS[match.route.use_case](request, visit, match)
    async with seated(request, who_counts(request, entered.actor)):
        return await HANDLERS[match.route.use_case](request, visit, match)


async def _serve_guest(request: web.Request, place: Place, match: Match) -> web.StreamResponse:
    """No repository is looked up, so that no name can be probed."""
    public_url = arrive(request)
    _check_no_token(match)
    base_url = f"{public_url}/{place.repository}/{place.ecosystem.id}"
    guest = Guest(place.ecosystem, public_url, base_url, _caller(request, place.ecosystem))
    return await GUEST_HANDLERS[match.route.use_case](request, guest, match)


def _caller(request: web.Request, ecosystem: Ecosystem) -> Caller:
    """Who sent it; of reads, which are many, nobody is ever told more than from where."""
    if request.method in ("GET", "HEAD"):
        return Caller(address=client_address(request))
    takes_codes = isinstance(ecosystem, TakesCodes)
    code = request.headers.get(ecosystem.code_header, "") if isinstance(ecosystem, TakesCodes) else ""
    agent = clean(without_secrets(request.headers.get("User-Agent", "")))
    return Caller(agent, client_address(request), code[:200], takes_codes)


def _command(request: web.Request, ecosystem: Ecosystem | None) -> str:
    """What a client that reads calls its command; a refused change is told whatever it is called."""
    if ecosystem is None or request.method not in ("GET", "HEAD"):
        return ""
    return request.headers.get(ecosystem.command_header, "") if isinstance(ecosystem, NamesCommands) else ""


def _check_no_token(match: Match) -> None:
    """A token that was pasted in the place of a name would be kept as a name, and asked of an upstream."""
    others = [text for group, text in match.groups.items() if group != "token"]
    if any(map(holds_token, others)):
        raise Invalid(
            "a token stands in this address, where others may have seen it: end it with `pratique token revoke`, "
            "and send tokens in the Authorization header"
        )
