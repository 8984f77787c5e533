"""The paths cargo asks for, below `/{repository}/cargo`.

Each stands there twice. Cargo sends its token to an index only where `config.json` demands one, so that in a
repository which anybody may read it would never see private crates: `/members/` is the same index for who signs in.
"""

from __future__ import annotations

import re

from pratique.core.ecosystem import Route, UseCase

_NAME = r"(?P<project>[^/]+)"
_CRATE = rf"/api/v1/crates/{_NAME}"
_RELEASE = rf"{_CRATE}/(?P<version>[^/]+)"

_INDEX_FILES = (
    r"/index/1/(?P<project>[a-z])",
    r"/index/2/(?P<project>[a-z][a-z0-9_-])",
    r"/index/3/([a-z])/(?P<project>\1[a-z0-9_-]{2})",
    r"/index/([a-z][a-z0-9_-])/([a-z0-9_-]{2})/(?P<project>\1\2[a-z0-9_-]*)",
)
"""The folders repeat the beginning of the name, in small letters; any other path leads nowhere."""

_LINES: tuple[tuple[str, str, UseCase], ...] = (
    ("GET", r"/index/config\.json", UseCase.DESCRIBE),
    *(("GET", path, UseCase.LIST_PROJECT) for path in _INDEX_FILES),
    ("GET", rf"/files/{_NAME}/(?P<file>[^/]+)", UseCase.GET_FILE),
    ("PUT", r"/api/v1/crates/new", UseCase.PUBLISH),
    ("GET", r"/api/v1/crates", UseCase.SEARCH),
    ("DELETE", rf"{_RELEASE}/yank", UseCase.YANK),
    ("PUT", rf"{_RELEASE}/unyank", UseCase.UNYANK),
    ("GET", rf"{_CRATE}/owners", UseCase.LIST_OWNERS),
    ("PUT", rf"{_CRATE}/owners", UseCase.ADD_OWNERS),
    ("DELETE", rf"{_CRATE}/owners", UseCase.REMOVE_OWNERS),
)

ROUTES = (
    *(Route(method, re.compile(rf"\A{path}\Z"), use_case) for method, path, use_case in _LINES),
    *(
        Route(method, re.compile(rf"\A/members{path}\Z"), use_case, members_only=True)
        for method, path, use_case in _LINES
    ),
)
