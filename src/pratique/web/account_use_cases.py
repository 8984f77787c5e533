"""One handler for each thing that clients ask about accounts and signatures, of guests and of those with a token.

As in `web.publisher_use_cases`, an ecosystem that routes to one of them speaks the protocol for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from aiohttp import web

from pratique.core.account_verbs import HasProfiles, HasTokens, LogsInByPage, LogsInByPassword, Signs
from pratique.core.ecosystem import Ecosystem
from pratique.services.accounts.challenges import ask_login
from pratique.services.accounts.challenges import collect as collect_confirmed
from pratique.services.accounts.client_tokens import create_own_token, end_own_token, list_own_tokens
from pratique.services.accounts.logins import log_in
from pratique.services.accounts.profile import change_password
from pratique.services.accounts.profile import show_profile as read_profile
from pratique.services.ports import Caller, Visit
from pratique.services.publishing.signing_keys import list_keys
from pratique.web.bodies import read_short_body
from pratique.web.documents import PRIVATE, respond
from pratique.web.keys import PASSWORD_GATE, PORTS
from pratique.web.places import Match

_NO_STORE = {"Cache-Control": "no-store"}

_ASK_AGAIN = 2
"""Seconds between two looks at whether the person has confirmed."""


@dataclass(frozen=True)
class Guest:
    """A request that is answered whoever asks: about getting a token, and about no repository."""

    ecosystem: Ecosystem
    public_url: str
    base_url: str
    caller: Caller


async def start_login(request: web.Request, guest: Guest, _match: Match) -> web.StreamResponse:
    """Where the person confirms, and where the client then asks for its token."""
    speech = cast("LogsInByPage", guest.ecosystem)
    await read_short_body(request)
    done_url = guest.base_url + speech.done_path("")
    offer = await ask_login(request.app[PORTS], guest.ecosystem.id, done_url, guest.public_url, guest.caller)
    note = f"the page shows {offer.compare}: confirm only there, and never for a link that somebody sent you"
    return respond(speech.write_login_offer(offer, note), _NO_STORE)


async def collect(request: web.Request, guest: Guest, match: Match) -> web.StreamResponse:
    """What was confirmed, once; 202 until then."""
    speech = cast("LogsInByPage", guest.ecosystem)
    secret = await collect_confirmed(request.app[PORTS], match.groups["token"])
    said = speech.write_waiting(_ASK_AGAIN) if secret is None else speech.write_collected(secret)
    return respond(said, _NO_STORE)


async def password_login(request: web.Request, guest: Guest, match: Match) -> web.StreamResponse:
    """A token for name and password."""
    speech = cast("LogsInByPassword", guest.ecosystem)
    given = speech.read_password_login(match.groups["user"], await read_short_body(request))
    app = request.app
    token = await log_in(app[PORTS], app[PASSWORD_GATE], guest.ecosystem.id, given.name, given.password, guest.caller)
    return respond(speech.write_logged_in(given.name, token), _NO_STORE)


async def show_profile(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """The account behind the credential."""
    profile = await read_profile(request.app[PORTS], visit.actor)
    return respond(cast("HasProfiles", visit.ecosystem).write_profile(profile), _NO_STORE)


async def change_profile(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Another password."""
    speech, app = cast("HasProfiles", visit.ecosystem), request.app
    await read_profile(app[PORTS], visit.actor)
    change = speech.read_profile_change(await read_short_body(request))
    profile = await change_password(app[PORTS], app[PASSWORD_GATE], visit, change)
    return respond(speech.write_profile(profile), _NO_STORE)


async def list_tokens(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """The account's own tokens, without their secrets."""
    found = await list_own_tokens(request.app[PORTS], visit.actor)
    return respond(cast("HasTokens", visit.ecosystem).write_tokens(found), _NO_STORE)


async def create_token(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """A new token, its secret this once."""
    speech, app = cast("HasTokens", visit.ecosystem), request.app
    await read_profile(app[PORTS], visit.actor)
    wish = speech.read_token_wish(await read_short_body(request))
    secret, token = await create_own_token(app[PORTS], app[PASSWORD_GATE], visit, wish)
    return respond(speech.write_token_made(secret, token), _NO_STORE)


async def revoke_token(request: web.Request, visit: Visit, match: Match) -> web.StreamResponse:
    """End a token, by what names it in the list or by its secret."""
    speech, named = cast("HasTokens", visit.ecosystem), match.groups["token"]
    await end_own_token(request.app[PORTS], visit.actor, speech.read_token_key(named), named)
    return respond(speech.write_token_ended(), _NO_STORE)


async def signing_keys(request: web.Request, visit: Visit, _match: Match) -> web.StreamResponse:
    """Public keys: this server's and its upstreams'."""
    keys = await list_keys(request.app[PORTS], visit)
    return respond(cast("Signs", visit.ecosystem).write_keys(keys), PRIVATE)
