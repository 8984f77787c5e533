"""Who asks for a page or a verb: a token, or a browser's session that proves itself by its form token."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec
from aiohttp import web

from pratique.core.actors import NOBODY, Actor
from pratique.core.errors import Forbidden
from pratique.services.accounts.sign_in import SignedIn
from pratique.trust.sessions import from_this_site, same, session_cookie_name
from pratique.web import forwarded
from pratique.web.entrance import identify, let_in
from pratique.web.keys import SIGN_IN

CSRF_HEADER = "X-CSRF-Token"


class Asking(msgspec.Struct, frozen=True):
    """Who asks, and by which of our public URLs.

    Attributes:
        session: the browser's, None for a token and for nobody.
    """

    actor: Actor
    session: SignedIn | None
    public_url: str

    @property
    def secure(self) -> bool:
        """Whether the browser speaks https to this server."""
        return self.public_url.startswith("https://")


async def who_asks(request: web.Request) -> Asking:
    """Resolve the credential: an Authorization header, else a session's cookie, else nobody.

    Raises:
        UnknownHost: the request came by a host name that is not ours.
        Unauthorised: a token is malformed, unknown, expired or revoked.
        TooOften: more than a minute's worth.
    """
    public_url = forwarded.public_url(request)
    sign_in = request.app[SIGN_IN]
    header = request.headers.get("Authorization")
    session = None
    if header is not None:
        actor = await identify(request)
    else:
        secure = public_url.startswith("https://")
        session = await sign_in.session(request.cookies.get(session_cookie_name(secure=secure)))
        actor = NOBODY if session is None else session.actor
        let_in(request, actor)
    return Asking(actor, session, public_url)


def check_form(request: web.Request, asking: Asking, sent: str | None) -> None:
    """Refuse what another site made the browser send. A token needs no such proof: no site can attach it.

    Raises:
        Forbidden: the session's form token is missing or wrong, or the browser names another site.
    """
    if asking.session is None:
        return
    check_origin(request)
    if sent is None or not same(sent, asking.session.csrf):
        raise Forbidden("the form is out of date: load the page again")


def check_origin(request: web.Request) -> None:
    """Refuse a request that the browser says another site sent. Raises Forbidden."""
    headers = request.headers
    host = urlsplit(forwarded.public_url(request)).netloc
    if not from_this_site(headers.get("Origin"), headers.get("Sec-Fetch-Site"), host):
        raise Forbidden("this was sent by a page of another site; open the page of this server and try again there")
