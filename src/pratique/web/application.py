"""The web application: pages and management API by their routes, everything else to `dispatch`."""

from __future__ import annotations

from aiohttp import web

from pratique.services.accounts.sign_in import SignIn
from pratique.services.accounts.step_up import PasswordGate
from pratique.services.ports import Ports
from pratique.web import api, osv, ui
from pratique.web.answers import Answers
from pratique.web.at_once import AT_ONCE, AtOnce
from pratique.web.bodies import note_expectation
from pratique.web.crowd import CROWD, Crowd
from pratique.web.dispatch import dispatch
from pratique.web.forwarded import ask_for_tls, refuse_clear_text
from pratique.web.health import ReadinessProbe, healthz
from pratique.web.hosts import Hosts
from pratique.web.keys import ANSWERS, HOSTS, LIMITS, PASSWORD_GATE, PORTS, REPOSITORIES, SIGN_IN
from pratique.web.limits import WebLimits
from pratique.web.places import RepositoryNames
from pratique.web.rates import RATES, Rates
from pratique.web.seats import SEATS, Seats, leave_seat

_USUAL = WebLimits()


def make_application(ports: Ports, limits: WebLimits = _USUAL) -> web.Application:
    """Wire the application; the caller runs it."""
    application = web.Application(client_max_size=limits.max_body, middlewares=[refuse_clear_text])
    application.on_response_prepare.append(ask_for_tls)
    application.on_response_prepare.append(leave_seat)
    application[LIMITS] = limits
    application[RATES] = Rates(limits.rates)
    application[CROWD] = Crowd(limits)
    application[SEATS] = Seats(limits.seats)
    application[PORTS] = ports
    application[SIGN_IN] = SignIn(ports.db, ports.clock, ports.revisions)
    application[PASSWORD_GATE] = PasswordGate()
    application[HOSTS] = Hosts(ports.public_urls)
    application[ANSWERS] = Answers()
    application[AT_ONCE] = AtOnce(
        ports, application[SIGN_IN], application[HOSTS], application[ANSWERS], limits, application[RATES]
    )
    application[REPOSITORIES] = RepositoryNames(ports.db, ports.revisions)
    application.router.add_get("/healthz", healthz)
    application.router.add_get("/readyz", ReadinessProbe().readyz)
    application.add_routes(api.routes())
    application.add_routes(ui.routes())
    application.add_routes(osv.routes())
    application.router.add_route("*", "/{rest:.*}", dispatch, expect_handler=note_expectation)
    application.on_startup.append(_start)
    application.on_cleanup.append(_stop)
    return application


async def _start(application: web.Application) -> None:
    application[PORTS].downloads.start()


async def _stop(application: web.Application) -> None:
    await application[PORTS].downloads.stop()
