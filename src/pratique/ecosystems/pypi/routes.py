"""The paths pip, uv, poetry and twine ask for, below `/{repository}/pypi`.

Source: PEP 503, PEP 658, the legacy upload API.
"""

from __future__ import annotations

import re

from pratique.core.ecosystem import Route, UseCase
from pratique.ecosystems.pypi.names import canonical


def _route(method: str, pattern: str, use_case: UseCase) -> Route:
    return Route(method, re.compile(pattern + r"\Z"), use_case)


ROUTES = (
    _route("GET", r"/simple/?", UseCase.LIST_PROJECTS),
    _route("GET", r"/simple/(?P<project>[^/]+)/?", UseCase.LIST_PROJECT),
    _route("GET", r"/files/(?P<project>[^/]+)/(?P<file>[^/]+)\.metadata", UseCase.GET_METADATA),
    _route("GET", r"/files/(?P<project>[^/]+)/(?P<file>[^/]+)", UseCase.GET_FILE),
    _route("POST", r"/legacy/?", UseCase.PUBLISH),
    _route("GET", r"(?:/pypi)?/(?P<project>[^/]+)/json/?", UseCase.DESCRIBE_PROJECT),
    _route("GET", r"(?:/pypi)?/(?P<project>[^/]+)/(?P<version>[^/]+)/json/?", UseCase.DESCRIBE_PROJECT),
    _route("GET", r"/?", UseCase.PING),
)
"""First match wins."""

PROJECTS_PATH = "/simple/"


def listing_path(name: str) -> str:
    """The one address of a project's page: other spellings lead to it. Raises InvalidName."""
    return f"{PROJECTS_PATH}{canonical(name)}/"
