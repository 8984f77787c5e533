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
_FILE = rf"/-/{_SCOPE_AGAIN}(?P<file>(?:(?!%2[fF])[^/])+)"
_AT_EDITION = r"/-rev/(?P<edition>[^/]+)"

_PACKUMENT = re.compile(rf"\A/{_PROJECT}\Z")
_RELEASE = re.compile(rf"\A/{_PROJECT}/(?P<version>(?!-)[^/]+)\Z")
_TARBALL = re.compile(rf"\A/{_PROJECT}{_FILE}\Z")
_PACKUMENT_AT_EDITION = re.compile(rf"\A/{_PROJECT}{_AT_EDITION}\Z")
_TARBALL_AT_EDITION = re.compile(rf"\A/{_PROJECT}{_FILE}{_AT_EDITION}\Z")


def _about(rest: str) -> re.Pattern[str]:
    return re.compile(rf"\A/-/package/{_PROJECT}/{rest}\Z")


_TAGS = _about("dist-tags")
_TAG = _about(r"dist-tags/(?P<tag>[^/]+)")

_NO_TRUST = (
    "trusted publishing is not supported by this server yet; publish with a token for few names and a short time: "
    "`pratique token create ci --kind ci --names NAME --expires 90d`"
)
_NO_STAGE = (
    "staged publishing is not supported by this server yet; run `npm publish`: what policy holds waits here for "
    "`pratique approve`"
)
_NO_ORGANISATIONS = (
    "this server has no organisations and teams; give each account a role in the package: `npm owner add`, or "
    "`pratique project member` for readers"
)

_VERBS = (
    Route("GET", re.compile(r"\A/-/v1/search\Z"), UseCase.SEARCH),
    Route("GET", _TAGS, UseCase.LIST_TAGS),
    Route("PUT", _TAG, UseCase.SET_TAG),
    Route("POST", _TAG, UseCase.SET_TAG),
    Route("DELETE", _TAG, UseCase.REMOVE_TAG),
    Route("GET", _about("collaborators"), UseCase.LIST_MEMBERS),
    Route("GET", _about("visibility"), UseCase.SHOW_VISIBILITY),
    Route("GET", _about("access"), UseCase.SHOW_VISIBILITY),
    Route("POST", _about("access"), UseCase.SET_ACCESS),
    Route("GET", re.compile(r"\A/-/user/org\.couchdb\.user(?::|%3[aA])(?P<user>[^/]+)\Z"), UseCase.SHOW_ACCOUNT),
    Route("GET", re.compile(r"\A/-/user/(?P<user>[^/]+)/package\Z"), UseCase.LIST_MEMBERSHIPS),
    Route("PUT", _PACKUMENT_AT_EDITION, UseCase.EDIT_PROJECT),
    Route("DELETE", _PACKUMENT_AT_EDITION, UseCase.UNPUBLISH_PROJECT),
    Route("DELETE", _TARBALL_AT_EDITION, UseCase.UNPUBLISH_FILE),
)

_METHODS = ("GET", "POST", "PUT", "DELETE")
_ORGANISATION_PACKAGES = re.compile(r"\A/-/org/[^/]+/package\Z")
_DECLINED = (
    # npm asks next for the packages of an account of that name.
    Route("GET", _ORGANISATION_PACKAGES, UseCase.DECLINE, declined=_NO_ORGANISATIONS, missing=True),
    *(
        Route(method, pattern, UseCase.DECLINE, declined=sentence)
        for pattern, sentence in (
            (re.compile(rf"\A/-/package/(?:{_SCOPED}|{_PLAIN})/trust(?:/[^/]+)?\Z"), _NO_TRUST),
            (re.compile(r"\A/-/stage(?:/.*)?\Z"), _NO_STAGE),
            (re.compile(r"\A/-/(?:org|team)/.+\Z"), _NO_ORGANISATIONS),
        )
        for method in _METHODS
    ),
)

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
    Route("POST", re.compile(r"\A/-/npm/v1/security/advisories/bulk\Z"), UseCase.AUDIT),
    *_VERBS,
    *_DECLINED,
    Route("GET", _TARBALL, UseCase.GET_FILE),
    Route("GET", _PACKUMENT, UseCase.LIST_PROJECT),
    Route("PUT", _PACKUMENT, UseCase.PUBLISH),
    Route("GET", _RELEASE, UseCase.SHOW_RELEASE),
)
