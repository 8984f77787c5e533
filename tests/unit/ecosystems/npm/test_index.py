"""Reading an upstream's packument: believe what can be true, leave out what cannot, never fall over."""

from __future__ import annotations

import contextlib
import hashlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.clock import from_iso
from pratique.core.errors import BadUpstream
from pratique.ecosystems.npm import NPM
from tests.unit.ecosystems.npm.packuments import SHA512, UPSTREAM, document, entry, listed, read


def test_a_version_becomes_a_file_with_digests_time_and_address():
    packument = document("left", "1.0.0", tags={"latest": "1.0.0"})
    packument["versions"]["1.0.0"]["dist"]["shasum"] = "A" * 40
    (file,) = read(packument).files
    assert file.filename == "left-1.0.0.tgz"
    assert file.url == f"{UPSTREAM}/left/-/left-1.0.0.tgz"
    assert file.digests.sha512 == hashlib.sha512(b"").hexdigest()
    assert file.digests.sha1 == "a" * 40
    assert file.published == from_iso("2024-01-01T00:00:00Z")
    assert not file.attested
    assert file.execution_points == ()


def test_only_the_documents_own_field_hides_and_no_package_json():
    packument = document("left", "1.0.0", "1.0.1")
    packument["versions"]["1.0.0"]["_hidden"] = True
    packument["_hidden"] = {"versions": {"1.0.1": packument["versions"].pop("1.0.1")}}
    offered, hidden = read(packument).files
    assert (offered.version, offered.yanked, "_hidden" in offered.raw) == ("1.0.0", None, False)
    assert (hidden.version, hidden.yanked) == ("1.0.1", "hidden by the policy of the upstream")


def test_scoped_projects_are_asked_for_with_an_escaped_slash_and_listed_without_their_scope_in_file_names():
    assert NPM.upstream_listing("@acme/lib").path == "@acme%2flib"
    (file,) = read(document("@acme/lib", "1.0.0"), "@acme/lib").files
    assert file.filename == "lib-1.0.0.tgz"


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"scripts": {"postinstall": "x", "preinstall": "y", "test": "z"}}, ("postinstall", "preinstall")),
        ({"scripts": {"postinstall": ""}}, ()),
        ({"hasInstallScript": True}, ("install",)),
        ({"gypfile": True}, ("install",)),
        ({"gypfile": True, "scripts": {"preinstall": "x"}}, ("preinstall",)),
        ({"gypfile": True, "scripts": {"postinstall": "x"}}, ("install", "postinstall")),
        ({"scripts": ["postinstall"]}, ()),
    ],
)
def test_install_scripts_are_noticed_however_the_index_names_them(fields, points):
    packument = document("left", versions={"1.0.0": entry("left", "1.0.0", **fields)})
    assert read(packument).files[0].execution_points == points


def test_provenance_is_noticed():
    packument = document("left", "1.0.0")
    packument["versions"]["1.0.0"]["dist"]["attestations"] = {"url": "x", "provenance": {}}
    assert read(packument).files[0].attested


def test_a_tarball_has_its_conventional_name_here_whatever_the_upstream_calls_it():
    packument = document("left", "1.0.0")
    packument["versions"]["1.0.0"]["dist"]["tarball"] = f"{UPSTREAM}/left/download/left_1%2B0.tar.gz?x=y#frag"
    (file,) = read(packument).files
    assert file.filename == "left-1.0.0.tgz"
    assert file.url == f"{UPSTREAM}/left/download/left_1%2B0.tar.gz?x=y"


def test_a_relative_address_is_resolved_against_the_document():
    packument = document("left", "1.0.0")
    packument["versions"]["1.0.0"]["dist"]["tarball"] = "/files/left-1.0.0.tgz"
    assert read(packument).files[0].url == f"{UPSTREAM}/files/left-1.0.0.tgz"


def test_two_versions_with_one_tarball_name_get_their_own_names_back():
    packument = document("left", "1.0.0", "2.0.0", "3.0.0")
    for version in ("1.0.0", "3.0.0"):
        packument["versions"][version]["dist"]["tarball"] = f"{UPSTREAM}/left/-/left-2.0.0.tgz"
    assert [file.filename for file in read(packument).files] == ["left-1.0.0.tgz", "left-2.0.0.tgz", "left-3.0.0.tgz"]


@pytest.mark.parametrize(
    "broken",
    [
        None,
        [],
        "1.0.0",
        {},
        {"dist": None},
        {"dist": {}},
        {"dist": {"tarball": 1}},
        {"dist": {"tarball": "file:///etc/passwd"}},
        {"dist": {"tarball": "ftp://upstream.example.test/x.tgz"}},
        {"dist": {"tarball": "https://user:secret@upstream.example.test/x.tgz"}},
        {"dist": {"tarball": "https://[::1/x.tgz"}},
        {"dist": {"tarball": "https://h:99999/x.tgz"}},
        {"dist": {"tarball": "https://h/x y\n.tgz"}},
        {"dist": {"tarball": "https://h/x.tgz", "integrity": "sha512-short"}},
        {"dist": {"tarball": "https://h/x.tgz", "integrity": "rot13-abc"}},
        {"dist": {"tarball": "https://h/x.tgz", "integrity": 7}},
        {"dist": {"tarball": "https://h/x.tgz", "integrity": f"{SHA512} sha512-{'A' * 86}=="}},
        {"dist": {"tarball": "https://h/x.tgz", "shasum": "xyz"}},
        {"version": "9.9.9", "dist": {"tarball": "https://h/x.tgz"}},
        {"name": "right", "dist": {"tarball": "https://h/x.tgz"}},
    ],
)
def test_a_broken_version_is_not_offered_and_the_others_are(broken):
    packument = document("left", "1.0.0", "1.0.1", tags={"latest": "1.0.1"})
    packument["versions"]["1.0.1"] = broken
    view = read(packument)
    assert [file.version for file in view.files] == ["1.0.0"]
    assert listed(view, {})["dist-tags"] == {"latest": "1.0.0"}


def test_what_is_no_version_is_not_offered():
    packument = document("left", "1.0.0")
    packument["versions"]["v2"] = entry("left", "v2")
    packument["dist-tags"] = {"latest": "1.0.0", "x": "v2", "y": 7, "z": None}
    view = read(packument)
    assert [file.version for file in view.files] == ["1.0.0"]
    assert view.tags == {"latest": "1.0.0"}


@pytest.mark.parametrize(
    "time",
    [
        "yesterday",
        5,
        None,
        {},
        "0000-00-00",
        "9999-99-99T00:00:00Z",
        "",
        "0001-01-01T00:00:00Z",
        "1970-01-01T00:00:00Z",
    ],
)
def test_a_time_that_is_none_is_said_to_be_unknown(time):
    packument = document("left", "1.0.0")
    packument["time"]["1.0.0"] = time
    assert read(packument).files[0].published is None


def test_an_old_release_with_only_a_shasum_has_no_strong_digest():
    packument = document("left", "1.0.0")
    packument["versions"]["1.0.0"]["dist"] = {"tarball": "https://h/left-1.0.0.tgz", "shasum": "a" * 40}
    assert not read(packument).files[0].digests.any_strong()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"<!DOCTYPE html><html>Sign in</html>", "web page"),
        (b"  \n<html>", "web page"),
        (b"", "no JSON"),
        (b"{", "no JSON"),
        (b'{"name":"left"', "no JSON"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 5000, "no JSON"),
        (b"[]", "no JSON object"),
        (b"null", "no JSON object"),
        (b'{"error":"not_found"}', "neither"),
        (b'{"name":"right","versions":{}}', "about 'right'"),
        (b'{"name":null,"versions":{}}', "about"),
        (b'{"name":"left","versions":[]}', "not objects"),
        (b'{"name":"left","versions":{},"dist-tags":[]}', "not objects"),
    ],
)
def test_what_is_no_packument_of_this_project_is_the_upstreams_fault(content, why):
    with pytest.raises(BadUpstream, match=why):
        read(content)


def test_a_page_declared_as_html_is_no_packument():
    with pytest.raises(BadUpstream, match="web page"):
        NPM.read_listing("left", b'{"name":"left"}', "text/html; charset=utf-8", UPSTREAM)


def test_an_unpublished_project_is_an_empty_one():
    view = read({"name": "left", "time": {"created": "2024-01-01T00:00:00.000Z", "unpublished": {"versions": []}}})
    assert view.files == ()
    assert listed(view, {})["versions"] == {}


def test_an_abbreviated_document_can_be_read_too():
    view = read(
        {
            "name": "left",
            "modified": "2024-02-01T00:00:00.000Z",
            "dist-tags": {},
            "versions": {"1.0.0": entry("left", "1.0.0")},
        }
    )
    assert [file.version for file in view.files] == ["1.0.0"]
    assert listed(view, {})["time"] == {"modified": "2024-02-01T00:00:00.000Z"}


scalars = st.none() | st.booleans() | st.integers() | st.text(max_size=6)
junk = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["dist", "tarball", "integrity", "shasum", "scripts", "1.0.0", "name", "version"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=10,
)
FIELDS = ["name", "versions", "dist-tags", "time", "_rev", "policyRestrictions", "readme", "modified", "stagedVersions"]


@given(st.dictionaries(st.sampled_from(FIELDS), junk), st.dictionaries(st.just("1.0.0"), junk))
def test_any_json_is_read_and_written_or_refused(fields, versions):
    packument = {"name": "left", "versions": versions or {"1.0.0": entry("left", "1.0.0")}} | fields
    try:
        content = orjson.dumps(packument)
    except orjson.JSONEncodeError:
        return
    try:
        view = read(content)
    except BadUpstream:
        return
    for form in ("full", "abbreviated"):
        assert set(listed(view, {}, form)["versions"]) == {file.version for file in view.files}


@given(st.binary(max_size=60))
def test_any_bytes_are_read_or_refused(content):
    with contextlib.suppress(BadUpstream):
        read(content)
