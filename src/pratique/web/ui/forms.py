"""Read forms, and protect those that are shown before anyone is signed in."""

from __future__ import annotations

from urllib.parse import parse_qsl

from aiohttp import web

from pratique.core.errors import Forbidden, Invalid
from pratique.trust.sessions import form_cookie, form_cookie_name, new_secret, same
from pratique.web.asking import Asking, check_origin
from pratique.web.bodies import read_small_body
from pratique.web.ui.pages import set_cookie

MAX_FIELD = 4_096
MAX_FIELDS = 200


class Form:
    """The fields of a form that a browser sent."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self._pairs = pairs

    def text(self, name: str, otherwise: str = "") -> str:
        """A field that stands in the form once."""
        return next((value for key, value in self._pairs if key == name), otherwise)

    def choices(self, name: str) -> frozenset[str]:
        """All values of a field that may be ticked several times."""
        return frozenset(value for key, value in self._pairs if key == name)


async def read_form(request: web.Request) -> Form:
    """The form in a request's body.

    Raises:
        Invalid: not a form, or a field is too long.
        TooLarge, TooSlow: as `bodies.read_small_body`.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise Invalid("send the form of the page")
    body = await read_small_body(request)
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MAX_FIELDS, errors="strict")
    except ValueError:
        raise Invalid("this is not the form of the page") from None
    if any(len(value) > MAX_FIELD for _, value in pairs):
        raise Invalid(f"a field holds more than {MAX_FIELD} characters")
    return Form(pairs)


def guest_form_secret(request: web.Request, asking: Asking) -> str:
    """The secret that a guest's form repeats: the browser's own from before, or a new one."""
    return request.cookies.get(form_cookie_name(secure=asking.secure)) or new_secret()


def give_guest_secret(response: web.Response, asking: Asking, secret: str) -> web.Response:
    """Put the form's secret into the browser."""
    set_cookie(response, form_cookie(secret, secure=asking.secure))
    return response


def check_guest_form(request: web.Request, asking: Asking, form: Form) -> None:
    """Refuse a guest's form that another site made the browser send. Raises Forbidden.

    The cookie is SameSite=Strict and repeated in a hidden field; another site can neither read nor send it.
    """
    check_origin(request)
    kept = request.cookies.get(form_cookie_name(secure=asking.secure))
    if not kept or not same(kept, form.text("csrf")):
        raise Forbidden("the form is out of date: load the page again (it needs cookies)")
