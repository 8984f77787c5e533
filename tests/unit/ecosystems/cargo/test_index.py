"""Reading an upstream's index file: believe what can be true, leave out what cannot, never fall over."""

from __future__ import annotations

import contextlib
import hashlib
import json

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.clock import from_iso
from pratique.core.decisions import Action
from pratique.core.errors import BadUpstream
from pratique.ecosystems.cargo import CARGO
from tests.harness.crates import index_line
from tests.unit.ecosystems.cargo.reading import lines, listed


def line(version: str = "1.0.0", name: str = "left", **fields) -> str:
    return index_line(name, version, b"crate", **fields)


def read(*content: str | bytes, name: str = "left"):
    joined = b"\n".join(one if isinstance(one, bytes) else one.encode() for one in content)
    return CARGO.read_listing(name, joined, "text/plain", "https://upstream.example.test/le/ft/left")


def versions(view) -> list[str]:
    return [file.version for file in view.files]


def test_an_index_file_is_asked_for_where_every_index_has_it():
    asked = CARGO.upstream_listing("serde_json")
    assert asked.path == "se/rd/serde_json"
    assert asked.headers == {"Accept": "text/plain"}


def test_a_line_becomes_a_file_with_digest_and_time():
    (file,) = read(line(pubtime="2024-01-02T03:04:05Z", links="z")).files
    assert (file.filename, file.version) == ("left-1.0.0.crate", "1.0.0")
    assert file.digests.sha256 == hashlib.sha256(b"crate").hexdigest()
    assert file.published == from_iso("2024-01-02T03:04:05Z")
    assert file.yanked is None
    assert file.execution_points == ("build.rs",)
    assert (file.url, file.size, file.attested, file.gone) == ("", None, False, False)


@pytest.mark.parametrize("field", ["_refused", "_hidden"])
def test_what_an_upstream_of_our_kind_keeps_back_is_yanked_with_its_sentence(field):
    refused, silent, odd = read(
        line("1.0.0", yanked=False, **{field: "Blocked by\n policy"}),
        line("1.0.1", yanked=False, **{field: " "}),
        line("1.0.2", yanked=True, **{field: 7}),
    ).files
    assert (refused.yanked, silent.yanked, odd.yanked) == ("Blocked by policy", None, "")


def test_the_file_is_called_as_its_line_spells_the_crate():
    (file,) = read(line(name="Left")).files
    assert file.filename == "Left-1.0.0.crate"


def test_lines_stand_in_their_order_and_of_two_about_one_release_the_last_counts():
    view = read(line("1.0.0"), line("2.0.0"), "", line("1.0.0", yanked=True), "  ")
    assert versions(view) == ["1.0.0", "2.0.0"]
    assert view.files[0].yanked == ""


def test_builds_of_one_version_are_releases_of_their_own():
    assert versions(read(line("1.0.0+a"), line("1.0.0+b"))) == ["1.0.0+a", "1.0.0+b"]


def test_an_empty_file_is_a_crate_without_releases():
    assert read(b"").files == ()
    assert read(b"\n \n").files == ()


def test_unknown_fields_are_kept():
    (file,) = read(line(new_field={"a": [1]})).files
    assert file.raw["new_field"] == {"a": [1]}


UNREADABLE = [
    b"\xff",
    b"{",
    b"7",
    b"[]",
    b"null",
    b"{}",
    b'{"name": "left", "vers": NaN}',
    b'{"name": "left", "vers": "1.0.1", "x": 1e999}',
    b'{"name": "left", "vers": "1.0.1", "x": ' + b"[" * 300 + b"]" * 300 + b"}",
    b'{"name": "left", "vers": "1.0.1", "x": ' + b'{"a":' * 300 + b"1" + b"}" * 301,
    b'{"name": "left", "vers": "1.0.1", "x": ' + b"[" * 100_000,
    line("1.0.1", name="right").encode(),
    line("1.0.1", name="../left").encode(),
    line("1.0.1", name="left ").encode(),
    line("1.0").encode(),
    line("../1.0.1").encode(),
    line("1.0.1\r\n").encode(),
    line(f"{2**64}.0.0").encode(),
    json.dumps({"name": "left", "vers": 1}).encode(),
    json.dumps({"name": ["left"], "vers": "1.0.1"}).encode(),
    line("1.0.1", deps={"a": 1}).encode().replace(b'"deps": ["a"]', b'"deps": {"a": 1}'),
    json.dumps({"name": "left", "vers": "1.0.1", "deps": {"a": {}}}).encode(),
    json.dumps({"name": "left", "vers": "1.0.1", "deps": "a"}).encode(),
    *(
        json.dumps({"name": "left", "vers": "1.0.1", "deps": [{"name": "a", "registry": odd}]}).encode()
        for odd in ("file:///etc/passwd", "javascript:alert(1)", "sparse+file:///x", "ssh://git@x/i", "", "https://", 7)
    ),
    json.dumps({"name": "left", "vers": "1.0.1", "deps": [1]}).encode(),
    line("1.0.1", features=[]).encode(),
    line("1.0.1", features="x").encode(),
    line("1.0.1", yanked="no").encode(),
    line("1.0.1", yanked=1).encode(),
]


@pytest.mark.parametrize("broken", UNREADABLE, ids=lambda content: content[:40].decode("latin-1"))
def test_a_line_that_cannot_be_read_is_left_out_and_alone_it_is_no_index_file(broken):
    assert versions(read(line("1.0.0"), broken, line("2.0.0"))) == ["1.0.0", "2.0.0"]
    with pytest.raises(BadUpstream, match="no index file of that crate"):
        read(broken)


def test_a_letter_that_only_becomes_the_name_in_small_is_another_name():
    assert versions(read(line("1.0.0", name="kiwi"), line("2.0.0", name="\u212aiwi"), name="kiwi")) == ["1.0.0"]


def test_the_name_is_displayed_as_the_last_line_that_can_be_read_writes_it():
    assert read(line("1.0.0", name="Left"), line("2.0.0", name="LEFT"), b"{}").display == "LEFT"
    assert read(b"").display == ""


def test_lines_that_differ_in_nothing_but_build_or_case_of_the_name_are_files_of_their_own():
    view = read(line("1.0.0"), line("1.0.0+a"), line("1.0.0+b"), line("1.0.0", name="Left"))
    assert len({file.filename for file in view.files}) == 4
    assert {CARGO.release_key(file.version) for file in view.files} == {CARGO.release_key("1.0.0")}


def test_a_web_page_is_no_index_file():
    with pytest.raises(BadUpstream, match="no index file"):
        read(b"<!doctype html>\n<title>Sign in</title>")


@pytest.mark.parametrize("cksum", [None, 7, "", "abc", "g" * 64, "a" * 63, "a" * 64 + "\n", ["a" * 64]])
def test_what_is_no_sha256_is_no_digest(cksum):
    assert read(line(cksum=cksum)).files[0].digests.sha256 is None


def test_digests_may_be_written_in_capitals():
    assert read(line(cksum="AB" * 32)).files[0].digests.sha256 == "ab" * 32


@pytest.mark.parametrize(
    "pubtime",
    [None, 7, "", "yesterday", "2024-13-01T00:00:00Z", "1970-01-01T00:00:00Z", "1999-12-31T23:59:59Z",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", ["2024-01-01T00:00:00Z"],
     "9" * 5_000],
)  # fmt: skip
def test_what_is_no_time_of_a_crate_is_none_and_stands_in_no_listing(pubtime):
    view = read(line(pubtime=pubtime))
    assert view.files[0].published is None
    assert "pubtime" not in lines(listed(view, {}))["1.0.0"]


@pytest.mark.parametrize("pubtime", ["2000-01-01T00:00:00Z", "2024-01-01T00:00:00.5+02:00", "2999-12-31T23:59:59.999Z"])
def test_a_time_that_is_read_can_be_written(pubtime):
    view = read(line(pubtime=pubtime))
    assert view.files[0].published is not None
    assert len(lines(listed(view, {}))["1.0.0"]["pubtime"]) == len("2024-01-01T00:00:00Z")


junk = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["left", "1.0.0", "2024-01-01T00:00:00Z", "a" * 64]) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["name", "registry", "req"]), inner),
    max_leaves=8,
)  # fmt: skip
FIELDS = ["name", "vers", "deps", "cksum", "features", "yanked", "links", "v", "pubtime", "_refused", "_hidden", "x"]


@given(st.lists(st.dictionaries(st.sampled_from(FIELDS), junk), max_size=3), st.sampled_from(list(Action)))
def test_whatever_is_read_can_be_listed_and_read_again(entries, action):
    content = [orjson.dumps({"name": "left", "vers": f"{index}.0.0"} | one) for index, one in enumerate(entries)]
    try:
        view = read(*content)
    except BadUpstream:
        return
    for file in view.files:
        CARGO.kept_back(view, file.filename)
    rendered = listed(view, {file.version: action for file in view.files})
    if rendered.status == 200:
        assert versions(read(rendered.body)) == versions(view)


@given(st.binary(max_size=80))
def test_any_bytes_are_an_index_file_or_an_error_of_the_upstream(content):
    with contextlib.suppress(BadUpstream):
        assert read(content).files == ()
