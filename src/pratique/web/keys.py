"""Where handlers find the wired parts."""

from aiohttp import web

from pratique.core.actors import Actor
from pratique.services.accounts.sign_in import SignIn
from pratique.services.accounts.step_up import PasswordGate
from pratique.services.ports import Ports
from pratique.web.answers import Answers
from pratique.web.hosts import Hosts
from pratique.web.limits import WebLimits
from pratique.web.places import RepositoryNames

PORTS: web.AppKey[Ports] = web.AppKey("ports", Ports)
SIGN_IN: web.AppKey[SignIn] = web.AppKey("sign_in", SignIn)
HOSTS: web.AppKey[Hosts] = web.AppKey("hosts", Hosts)
REPOSITORIES: web.AppKey[RepositoryNames] = web.AppKey("repositories", RepositoryNames)
PASSWORD_GATE: web.AppKey[PasswordGate] = web.AppKey("password_gate", PasswordGate)
LIMITS: web.AppKey[WebLimits] = web.AppKey("limits", WebLimits)

ANSWERS: web.AppKey[Answers] = web.AppKey("answers", Answers)
WAITS: web.RequestKey[bool] = web.RequestKey("waits", bool)
"""The client sends its body only when it is told that it may."""
ACTOR: web.RequestKey[Actor] = web.RequestKey("actor", Actor)
"""Who asked, for the request log."""
DECISION: web.RequestKey[str] = web.RequestKey("decision", str)
"""Id of the decision that refused, for the request log."""
