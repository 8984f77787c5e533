"""The paths npm's clients ask for, below `/{repository}/npm`.

A scope's slash comes plain, as `%2f` (npm, yarn) or as `%2F` (pnpm); the file name of a scoped tarball
carries the scope a second time when the publishing client wrote the URL so.
"""

from __future__ import annotations

import re

from pratique.core.ecosystem import Route, UseCase

_SLASH = r"(?:/|%2[fF])"
_AT = r"(?:@|%40)"
_SCOPED = rf"{_AT}([^/%]+){_SLASH}(?:(?!%2[fF])[^/])+"
_PLAIN = rf"(?!-(?:/|$))(?!{_AT})(?:(?!%2[fF])[^/])+"
_PROJECT = rf"(?P<project>{_SCOPED}|{_PLAIN})"
_SCOPE_AGAIN = rf"(?:{_AT}\2{_SLASH})?"

_PACKUMENT = re.compile(rf"\A/{_PROJECT}\Z")
_RELEASE = re.compile(rf"\A/{_PROJECT}/(?P<version>(?!-)[^/]+)\Z")
_TARBALL = re.compile(rf"\A/{_PROJECT}/-/{_SCOPE_AGAIN}(?P<file>(?:(?!%2[fF])[^/])+)\Z")

ROUTES = (
    Route("GET", re.compile(r"\A/-/ping\Z"), UseCase.PING),
    Route("GET", re.compile(r"\A/-/whoami\Z"), UseCase.WHOAMI),
    Route("DELETE", re.compile(r"\A/-/user/token/(?P<token>[^/]+)\Z"), UseCase.LOGOUT),
    Route("POST", re.compile(r"\A/-/npm/v1/security/advisories/bulk\Z"), UseCase.AUDIT),
    Route("GET", _TARBALL, UseCase.GET_FILE),
    Route("GET", _PACKUMENT, UseCase.LIST_PROJECT),
    Route("PUT", _PACKUMENT, UseCase.PUBLISH),
    Route("GET", _RELEASE, UseCase.SHOW_RELEASE),
)
