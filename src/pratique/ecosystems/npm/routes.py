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
_TARBALL = re.compile(rf"\A/{_PROJECT}/-/{_SCOPE_AGAIN}(?P<file>(?:(?!%2[fF])[^/])+)\Z")

_USER = re.compile(r"\A/-/user/org\.couchdb\.user(?::|%3[aA])(?P<user>[^/]+)\Z")

_ACCOUNT = (
    Route("POST", re.compile(r"\A/-/v1/login\Z"), UseCase.START_LOGIN, for_guests=True),
    Route("GET", re.compile(r"\A/-/v1/done/(?P<token>[^/]+)\Z"), UseCase.COLLECT, for_guests=True),
    Route("PUT", _USER, UseCase.PASSWORD_LOGIN, for_guests=True),
    Route("GET", re.compile(r"\A/-/npm/v1/user\Z"), UseCase.SHOW_PROFILE),
    Route("POST", re.compile(r"\A/-/npm/v1/user\Z"), UseCase.CHANGE_PROFILE),
    Route("GET", re.compile(r"\A/-/npm/v1/tokens\Z"), UseCase.LIST_TOKENS),
    Route("POST", re.compile(r"\A/-/npm/v1/tokens\Z"), UseCase.CREATE_TOKEN),
    Route("DELETE", re.compile(r"\A/-/npm/v1/tokens/token/(?P<token>[^/]+)\Z"), UseCase.REVOKE_TOKEN),
    Route("GET", re.compile(r"\A/-/npm/v1/keys\Z"), UseCase.SIGNING_KEYS),
)

ROUTES = (
    *_ACCOUNT,
    Route("GET", re.compile(r"\A/-/ping\Z"), UseCase.PING),
    Route("GET", re.compile(r"\A/-/whoami\Z"), UseCase.WHOAMI),
    Route("DELETE", re.compile(r"\A/-/user/token/(?P<token>[^/]+)\Z"), UseCase.LOGOUT),
    Route("GET", _TARBALL, UseCase.GET_FILE),
    Route("GET", _PACKUMENT, UseCase.LIST_PROJECT),
    Route("PUT", _PACKUMENT, UseCase.PUBLISH),
)
