"""Where handlers find the wired parts."""

from aiohttp import web

from pratique.services.ports import Ports

PORTS: web.AppKey[Ports] = web.AppKey("ports", Ports)
