"""Read forms, and protect those that are shown before anyone is signed in."""

from __future__ import annotations

from aiohttp import web

from pratique.core.errors import Forbidden, Invalid
from pratique.trust.sessions import form_cookie, form_cookie_name, new_secret, same
from pratique.web.asking import Asking, check_origin
from pratique.web.ui.pages import set_cookie

MAX_FIELD = 4_096


async def read_form(request: web.Request) -> dict[str, str]:
    """A form's text fields; of a field sent twice the last counts, as in `read_choices` it does not.

    Raises:
        Invalid: not a form, or a field is too long.
    """
    if request.content_type != "application/x-www-form-urlencoded":
        raise Invalid("send the form of the page")
    form = await request.post()
    fields = {name: value for name, value in form.items() if isinstance(value, str)}
    if any(len(value) > MAX_FIELD for value in fields.values()):
        raise Invalid(f"a field holds more than {MAX_FIELD} characters")
    return fields


async def read_choices(request: web.Request, name: str) -> frozenset[str]:
    """Every value of a field that may be ticked several times."""
    form = await request.post()
    return frozenset(value for value in form.getall(name, []) if isinstance(value, str))


def guest_form_secret(request: web.Request, asking: Asking) -> str:
    """The secret that a guest's form repeats: the browser's own from before, or a new one."""
    return request.cookies.get(form_cookie_name(secure=asking.secure)) or new_secret()


def give_guest_secret(response: web.Response, asking: Asking, secret: str) -> web.Response:
    """Put the form's secret into the browser."""
    set_cookie(response, form_cookie(secret, secure=asking.secure))
    return response


def check_guest_form(request: web.Request, asking: Asking, fields: dict[str, str]) -> None:
    """Refuse a guest's form that another site made the browser send. Raises Forbidden.

    The cookie is SameSite=Strict and repeated in a hidden field; another site can neither read nor send it.
    """
    check_origin(request)
    kept = request.cookies.get(form_cookie_name(secure=asking.secure))
    if not kept or not same(kept, fields.get("csrf", "")):
        raise Forbidden("the form is out of date: load the page again (it needs cookies)")
