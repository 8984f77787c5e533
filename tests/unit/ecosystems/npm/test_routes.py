"""Every way in which npm's clients write a path leads to the same project and file."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import UseCase
from pratique.core.errors import InvalidName
from pratique.core.sentences import MAX_LINE
from pratique.ecosystems.npm import NPM


def route(method: str, path: str):
    for each in NPM.routes:
        match = each.pattern.match(path) if each.method == method else None
        if match:
            return each.use_case, {key: unquote(value) for key, value in match.groupdict().items()}
    return None


@pytest.mark.parametrize("path", ["/@acme%2flib", "/@acme%2Flib", "/@acme/lib", "/%40acme%2flib", "/%40acme/lib"])
def test_a_scoped_project_is_found_however_its_slash_is_written(path):
    assert route("GET", path) == (UseCase.LIST_PROJECT, {"project": "@acme/lib"})
    assert route("PUT", path) == (UseCase.PUBLISH, {"project": "@acme/lib"})


@pytest.mark.parametrize(
    "path",
    [
        "/@acme/lib/-/lib-1.0.0.tgz",
        "/@acme%2flib/-/lib-1.0.0.tgz",
        "/@acme%2Flib/-/lib-1.0.0.tgz",
        "/@acme/lib/-/@acme/lib-1.0.0.tgz",
        "/@acme/lib/-/@acme%2flib-1.0.0.tgz",
        "/@acme%2flib/-/@acme%2Flib-1.0.0.tgz",
        "/%40acme%2flib/-/%40acme%2flib-1.0.0.tgz",
    ],
)
def test_a_scoped_tarball_is_found_in_every_form(path):
    assert route("GET", path) == (UseCase.GET_FILE, {"project": "@acme/lib", "file": "lib-1.0.0.tgz"})


def test_plain_names_and_their_tarballs():
    assert route("GET", "/left-pad") == (UseCase.LIST_PROJECT, {"project": "left-pad"})
    assert route("GET", "/left-pad/-/left-pad-1.0.0.tgz") == (
        UseCase.GET_FILE,
        {"project": "left-pad", "file": "left-pad-1.0.0.tgz"},
    )


@pytest.mark.parametrize("path", ["/@acme%2flib/1.0.0", "/@acme%2Flib/1.0.0", "/@acme/lib/1.0.0"])
def test_one_release_is_asked_for_by_its_version(path):
    assert route("GET", path) == (UseCase.SHOW_RELEASE, {"project": "@acme/lib", "version": "1.0.0"})
    assert route("GET", "/x/latest") == (UseCase.SHOW_RELEASE, {"project": "x", "version": "latest"})


def test_the_account_side_is_no_packages():
    assert route("POST", "/-/v1/login") == (UseCase.START_LOGIN, {})
    assert route("GET", "/-/v1/done/s-e_c") == (UseCase.COLLECT, {"token": "s-e_c"})
    for user in ("/-/user/org.couchdb.user:ann", "/-/user/org.couchdb.user%3Aann"):
        assert route("PUT", user) == (UseCase.PASSWORD_LOGIN, {"user": "ann"})
    assert route("DELETE", "/-/npm/v1/tokens/token/00000001") == (UseCase.REVOKE_TOKEN, {"token": "00000001"})
    assert route("GET", "/-/npm/v1/user") == (UseCase.SHOW_PROFILE, {})
    assert route("GET", "/-/npm/v1/keys") == (UseCase.SIGNING_KEYS, {})


def test_ping_and_whoami_are_no_packages():
    assert route("GET", "/-/ping") == (UseCase.PING, {})
    assert route("GET", "/-/whoami") == (UseCase.WHOAMI, {})


@pytest.mark.parametrize(
    ("method", "path", "use_case", "found"),
    [
        ("GET", "/-/package/x/dist-tags", UseCase.LIST_TAGS, {"project": "x"}),
        ("GET", "/-/package/@a%2fx/dist-tags", UseCase.LIST_TAGS, {"project": "@a/x"}),
        ("PUT", "/-/package/@a/x/dist-tags/next", UseCase.SET_TAG, {"project": "@a/x", "tag": "next"}),
        ("DELETE", "/-/package/x/dist-tags/a%20b", UseCase.REMOVE_TAG, {"project": "x", "tag": "a b"}),
        ("GET", "/-/user/org.couchdb.user:bob", UseCase.SHOW_ACCOUNT, {"user": "bob"}),
        ("GET", "/-/user/org.couchdb.user%3Abob", UseCase.SHOW_ACCOUNT, {"user": "bob"}),
        ("GET", "/-/user/bob/package", UseCase.LIST_MEMBERSHIPS, {"user": "bob"}),
        ("GET", "/-/org/acme/package", UseCase.DECLINE, {}),
        ("PUT", "/x/-rev/1-a", UseCase.EDIT_PROJECT, {"project": "x", "edition": "1-a"}),
        ("DELETE", "/@a%2fx/-rev/1-a", UseCase.UNPUBLISH_PROJECT, {"project": "@a/x", "edition": "1-a"}),
        (
            "DELETE",
            "/@a/x/-/@a/x-1.0.0.tgz/-rev/1-a",
            UseCase.UNPUBLISH_FILE,
            {"project": "@a/x", "file": "x-1.0.0.tgz", "edition": "1-a"},
        ),
        ("POST", "/-/package/@a%2fx/trust", UseCase.DECLINE, {}),
        ("GET", "/-/stage", UseCase.DECLINE, {}),
    ],
)
def test_publishers_verbs_are_told_apart(method, path, use_case, found):
    assert route(method, path) == (use_case, found)


def test_what_is_declined_says_what_to_do_instead_in_one_line_that_nobody_cuts():
    declined = {each.declined for each in NPM.routes if each.use_case is UseCase.DECLINE}

    assert all("`" in sentence and len(sentence) <= MAX_LINE for sentence in declined)


@pytest.mark.parametrize(
    "path",
    ["", "/", "/-", "/-/", "/-/all", "/-/npm/v1/keys/x", "/-/v1/login", "/-/package/x", "/-/package/x/dist-tags/",
     "/-/user/ann", "/x/", "/x/-rev/1-a",
     "/x/-/", "/x/-/a/b", "/x/-/a.tgz/-rev/1", "/@acme", "/@acme/", "/@acme/lib/", "/@acme/lib/-/@other/lib-1.0.0.tgz",
     "/x/-/..%2fy.tgz", "/a%2fb", "/@acme%252flib"],
)  # fmt: skip
def test_other_paths_lead_nowhere(path):
    assert route("GET", path) is None


def test_encoded_traversal_reaches_a_name_check_not_a_file():
    use_case, found = route("GET", "/%2e%2e")
    assert use_case is UseCase.LIST_PROJECT
    with pytest.raises(InvalidName):
        NPM.canonical(found["project"])


@given(st.text(alphabet="/-@%2fF.a\n\x00x", max_size=60))
def test_any_path_matches_quickly_or_not_and_never_gives_two_segments_of_a_file(path):
    found = route("GET", path)
    if found and "file" in found[1]:
        assert "/" not in found[1]["file"]
