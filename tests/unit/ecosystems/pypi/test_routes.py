"""Routes on the raw path."""

from __future__ import annotations

import pytest

from pratique.core.ecosystem import UseCase
from pratique.ecosystems.pypi.routes import ROUTES


def find(method: str, path: str):
    for route in ROUTES:
        match = route.pattern.match(path)
        if route.method == method and match:
            return route.use_case, match.groupdict()
    return None


@pytest.mark.parametrize(
    ("method", "path", "expected"),
    [
        ("GET", "/simple/Flask/", (UseCase.LIST_PROJECT, {"project": "Flask"})),
        ("GET", "/simple/flask", (UseCase.LIST_PROJECT, {"project": "flask"})),
        ("GET", "/simple/a%2fb/", (UseCase.LIST_PROJECT, {"project": "a%2fb"})),
        ("GET", "/files/flask/f-1.whl", (UseCase.GET_FILE, {"project": "flask", "file": "f-1.whl"})),
        ("GET", "/files/flask/f-1.whl.metadata", (UseCase.GET_METADATA, {"project": "flask", "file": "f-1.whl"})),
        ("POST", "/legacy/", (UseCase.PUBLISH, {})),
        ("POST", "/legacy", (UseCase.PUBLISH, {})),
        ("GET", "/", (UseCase.PING, {})),
        ("GET", "/simple/", (UseCase.LIST_PROJECTS, {})),
        ("GET", "/simple", (UseCase.LIST_PROJECTS, {})),
        ("GET", "/simple/a/b/", None),
        ("GET", "/files/flask/../x", None),
        ("GET", "/files/flask/", None),
        ("GET", "/simple/a/\n", None),
        ("POST", "/simple/a/", None),
        ("GET", "/%2Bsimple/a/", None),
    ],
)
def test_a_path_leads_to_its_use_case(method, path, expected):
    assert find(method, path) == expected
