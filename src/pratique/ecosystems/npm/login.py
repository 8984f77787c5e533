"""npm's ways to sign in: through a page that the user opens, and with name and password.

Source: npm-profile, lib/index.js (`loginWeb`, `loginCouch`), as npm 11 carries it. Of a failed web login npm prints
nothing but goes on to ask for name and password, so that a refusal is told in `npm-notice` as well.
"""

from __future__ import annotations

from pratique.core.account_verbs import LoginOffer, PasswordLogin
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid
from pratique.core.sentences import clean
from pratique.ecosystems.npm.bodies import answer, read_object, text_of

_LONGEST = 1_024
DONE = "/-/v1/done/"


def done_path(secret: str) -> str:
    """Where npm polls."""
    return f"{DONE}{secret}"


def write_login_offer(offer: LoginOffer, note: str) -> Rendered:
    """What npm takes to its user; the note is printed above the address."""
    return answer({"loginUrl": offer.page_url, "doneUrl": offer.done_url}, headers={"npm-notice": clean(note)[:400]})


def write_waiting(seconds: int) -> Rendered:
    """Npm waits as long as `Retry-After` says, and without it not at all."""
    return answer({}, 202, {"Retry-After": str(seconds)})


def write_collected(secret: str) -> Rendered:
    """The token, or the one-time code: npm calls both so."""
    return answer({"token": secret})


def read_password_login(name: str, body: bytes) -> PasswordLogin:
    """The document of a CouchDB user, as `npm login --auth-type=legacy` and `yarn npm login` send it.

    `npm adduser` sends the same with an e-mail address; to it an account that exists is signed in.

    Raises:
        Invalid: no such document, or one of another name than the address.
    """
    content = read_object(body)
    if text_of(content, "name", _LONGEST) != name:
        raise Invalid("the address and the body name two users")
    password = text_of(content, "password", _LONGEST)
    if not name or not password:
        raise Invalid("send name and password")
    return PasswordLogin(name, password)


def write_logged_in(name: str, token: str) -> Rendered:
    """The token in CouchDB's frame."""
    return answer({"ok": True, "id": f"org.couchdb.user:{name}", "token": token}, 201)
