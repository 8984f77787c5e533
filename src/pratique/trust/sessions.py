"""Browser sessions: a random secret in a cookie, its hash in the store, and tokens against forged forms."""

from __future__ import annotations

import hashlib
import secrets
from urllib.parse import urlsplit

import msgspec

from pratique.core.clock import HOUR, MINUTE, Instant

SESSION_LIFE = 12 * HOUR
STEP_UP_LIFE = 5 * MINUTE
LINK_LIFE = 15 * MINUTE


class Cookie(msgspec.Struct, frozen=True):
    """One cookie to set, with the attributes that keep scripts, other sites and plain connections away.

    Attributes:
        max_age: seconds; 0 deletes it.
    """

    name: str
    value: str
    max_age: int
    secure: bool
    samesite: str = "Strict"
    httponly: bool = True
    path: str = "/"


def new_secret() -> str:
    """256 random bits for a cookie, a link or a form."""
    return secrets.token_urlsafe(32)


def secret_digest(secret: str) -> str:
    """What the store keeps of a secret."""
    # What a cookie held may be no text at all; it still has a digest, which no session has.
    return hashlib.sha256(secret.encode(errors="surrogateescape")).hexdigest()


def same(one: str, other: str) -> bool:
    """Compare two secrets in constant time."""
    return secrets.compare_digest(one.encode(errors="surrogateescape"), other.encode(errors="surrogateescape"))


def session_cookie_name(*, secure: bool) -> str:
    """`__Host-` binds the cookie to this host where the connection is https.

    Source: RFC 6265bis, section 4.1.3.2.
    """
    return "__Host-pratique" if secure else "pratique"


def form_cookie_name(*, secure: bool) -> str:
    """The cookie that a form without a session repeats in a hidden field."""
    return "__Host-pratique-form" if secure else "pratique-form"


def session_cookie(secret: str, *, secure: bool) -> Cookie:
    """The cookie of a new session. Lax, so that a link from a refusal's page still finds its reader signed in."""
    return Cookie(session_cookie_name(secure=secure), secret, SESSION_LIFE // 1_000, secure, samesite="Lax")


def ended_session_cookie(*, secure: bool) -> Cookie:
    """Deletes the session's cookie."""
    return Cookie(session_cookie_name(secure=secure), "", 0, secure, samesite="Lax")


def form_cookie(secret: str, *, secure: bool) -> Cookie:
    """The cookie for a form that is shown before anyone is signed in."""
    return Cookie(form_cookie_name(secure=secure), secret, 3_600, secure)


def stepped_up(stepped_up_at: Instant | None, now: Instant) -> bool:
    """Whether the password was given within the last five minutes."""
    return stepped_up_at is not None and 0 <= now - stepped_up_at <= STEP_UP_LIFE


def from_this_site(origin: str | None, fetch_site: str | None, host: str) -> bool:
    """Whether a form was sent by a page of this server, as far as the browser tells.

    Args:
        origin: the Origin header.
        fetch_site: the Sec-Fetch-Site header.
        host: the Host header.

    A client that sends neither header is not a browser of this decade; the form's token decides then.
    """
    if fetch_site is not None and fetch_site not in ("same-origin", "none"):
        return False
    return origin is None or (origin != "null" and urlsplit(origin).netloc.lower() == host.lower())
