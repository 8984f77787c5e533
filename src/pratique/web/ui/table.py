"""The pages' routes."""

from __future__ import annotations

from aiohttp import web

from pratique.web.ui import account, claim, confirm, explanation, login, review, start
from pratique.web.ui.pages import showing, stylesheet


def routes() -> list[web.RouteDef]:
    """All routes of the pages."""
    return [
        web.get("/", showing(start.show)),
        web.get("/static/style.css", stylesheet),
        web.get("/login", showing(login.show)),
        web.post("/login", showing(login.sign_in)),
        web.post("/logout", showing(login.sign_out)),
        web.get("/admin/claim/{secret}", showing(claim.show)),
        web.post("/admin/claim/{secret}", showing(claim.claim)),
        web.get("/login/client/{secret}", showing(confirm.show)),
        web.post("/login/client/{secret}", showing(confirm.answer)),
        web.get("/account", showing(account.show)),
        web.post("/account/codes", showing(account.create_code)),
        web.post("/account/tokens", showing(account.create_token)),
        web.post("/account/tokens/{id:[0-9]{1,15}}/revoke", showing(account.revoke_token)),
        web.post("/account/password", showing(account.set_password)),
        web.get("/review", showing(review.show)),
        web.post("/review", showing(review.decide)),
        web.get("/review/release", showing(review.show_release)),
        web.get("/r/{id}", showing(explanation.show)),
    ]
