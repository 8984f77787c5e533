"""The paths cargo asks for, each for everybody and for members; index files only where a name's letters say."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import UseCase
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.cargo.names import index_path


def route(method: str, path: str):
    for each in CARGO.routes:
        match = each.pattern.fullmatch(path) if each.method == method else None
        if match:
            groups = {key: unquote(value) for key, value in match.groupdict().items()}
            return each.use_case, groups, each.members_only
    return None


@pytest.mark.parametrize(
    ("method", "path", "use_case", "groups"),
    [
        ("GET", "/index/config.json", UseCase.DESCRIBE, {}),
        ("GET", "/index/1/a", UseCase.LIST_PROJECT, {"project": "a"}),
        ("GET", "/index/2/ab", UseCase.LIST_PROJECT, {"project": "ab"}),
        ("GET", "/index/3/a/abc", UseCase.LIST_PROJECT, {"project": "abc"}),
        ("GET", "/index/le/ft/left", UseCase.LIST_PROJECT, {"project": "left"}),
        ("GET", "/index/a-/_1/a-_1-x", UseCase.LIST_PROJECT, {"project": "a-_1-x"}),
        ("GET", "/files/Left/Left-1.0.0.crate", UseCase.GET_FILE, {"project": "Left", "file": "Left-1.0.0.crate"}),
        ("GET", "/files/left/left-1.0.0+b.crate", UseCase.GET_FILE, {"project": "left", "file": "left-1.0.0+b.crate"}),
        ("PUT", "/api/v1/crates/new", UseCase.PUBLISH, {}),
        ("GET", "/api/v1/crates", UseCase.SEARCH, {}),
        ("DELETE", "/api/v1/crates/left/1.0.0/yank", UseCase.YANK, {"project": "left", "version": "1.0.0"}),
        ("PUT", "/api/v1/crates/left/1.0.0+b/unyank", UseCase.UNYANK, {"project": "left", "version": "1.0.0+b"}),
        ("GET", "/api/v1/crates/left/owners", UseCase.LIST_OWNERS, {"project": "left"}),
        ("PUT", "/api/v1/crates/left/owners", UseCase.ADD_OWNERS, {"project": "left"}),
        ("DELETE", "/api/v1/crates/left/owners", UseCase.REMOVE_OWNERS, {"project": "left"}),
    ],
)
def test_every_request_of_cargo_finds_its_use_case_for_everybody_and_for_members(method, path, use_case, groups):
    assert route(method, path) == (use_case, groups, False)
    assert route(method, f"/members{path}") == (use_case, groups, True)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/index", "/index/", "/index/..", "/index/../..", "/index/../../....", "/index/1/..", "/index/2/..",
     "/index/1/ab", "/index/2/a", "/index/2/abc", "/index/3/b/abc", "/index/3/a/abcd", "/index/3/ab", "/index/3/abc",
     "/index/le/ft/right", "/index/ri/gh/left", "/index/le/ft/lef", "/index/le/left", "/index/left", "/index/le/ft/",
     "/index/LE/FT/LEFT", "/index/Le/ft/Left", "/index/le/ft/LEFT", "/index/1/A", "/index/2/AB", "/index/3/A/ABC",
     "/index/le/ft/left/", "/index/le/ft/left/x", "/index/le/ft/left%2fx", "/index/le/ft/left%00", "/index//le/ft/left",
     "/index/%6ce/ft/left", "/index/a%/62/a%62cd", "/index/1/1", "/index/12/34/1234", "/index/le/ft/left\n",
     "/index/..%2f../x", "/index/config.json/", "/index/Config.json", "/members/members/index/config.json", "/members",
     "/files/left", "/files/left/", "/files/left/a/b", "/files//x", "/api/v1/crates/", "/api/v1/crates/left",
     "/api/v1/crates/left/1.0.0", "/api/v1/crates/left/1.0.0/yank/", "/api/v1/crates/left/1.0.0/download",
     "/api/v1/crates//owners", "/api/v1/crates/a/b/owners", "/api/v2/crates"],
)  # fmt: skip
def test_other_paths_lead_nowhere(path):
    for method in ("GET", "PUT", "DELETE"):
        assert route(method, path) is None
        assert route(method, f"/members{path}") is None


@pytest.mark.parametrize("path", ["/index/le/ft/left", "/index/config.json", "/files/left/left-1.0.0.crate"])
def test_what_is_read_cannot_be_written(path):
    assert route("PUT", path) is None
    assert route("DELETE", path) is None


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,63}", fullmatch=True))
def test_every_name_has_one_index_file_and_is_found_there(name):
    canonical = CARGO.canonical(name)
    assert route("GET", f"/index/{index_path(canonical)}") == (UseCase.LIST_PROJECT, {"project": canonical}, False)


@given(st.text(alphabet="/ab1-%2.A\n\x00é", max_size=60).map("/index/".__add__))
def test_any_path_below_the_index_is_the_one_file_of_a_name_or_nothing(path):
    found = route("GET", path)
    if found:
        assert path == f"/index/{index_path(CARGO.canonical(found[1]['project']))}"


@given(st.text(alphabet="/ab%2fF.-\n", max_size=60))
def test_any_path_matches_quickly_or_not_and_never_gives_two_segments(path):
    for prefix in ("/files", "/api/v1/crates"):
        for each in CARGO.routes:
            found = each.pattern.fullmatch(prefix + path)
            assert found is None or not any("/" in group for group in found.groupdict().values())
