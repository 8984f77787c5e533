"""Reading PEP 691 documents: sound, odd and hostile."""

from __future__ import annotations

import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Digests
from pratique.core.clock import from_iso
from pratique.core.errors import BadUpstream
from tests.unit.ecosystems.pypi.documents import JSON_TYPE, SHA, decided, document, entry, read, written


def test_a_file_is_read_with_everything_policy_looks_at():
    content = document(
        entry(
            requires_python=">=3.8",
            provenance="https://index.example.test/integrity/x",
            core_metadata={"sha256": "b" * 64},
            yanked="broken",
        ),
        entry("demo-1.0.tar.gz"),
    )

    wheel, sdist = read(content).files

    assert (wheel.filename, wheel.version, wheel.size) == ("demo-1.0-py3-none-any.whl", "1.0", 10)
    assert wheel.url == "https://files.example.test/demo-1.0-py3-none-any.whl"
    assert wheel.digests == Digests(sha256=SHA)
    assert wheel.published == from_iso("2024-01-02T03:04:05.678901Z")
    assert (wheel.yanked, wheel.attested) == ("broken", True)
    assert wheel.metadata == Digests(sha256="b" * 64)
    assert (wheel.execution_points, sdist.execution_points) == ((), ("setup.py",))
    assert (sdist.yanked, sdist.attested, sdist.metadata) == (None, False, None)


@pytest.mark.parametrize(
    ("url", "absolute"),
    [
        ("../../files/demo-1.0.zip", "https://index.example.test/files/demo-1.0.zip"),
        ("//cdn.example.test/demo-1.0.zip", "https://cdn.example.test/demo-1.0.zip"),
        ("https://f.example.test/demo-1.0.zip#sha256=x", "https://f.example.test/demo-1.0.zip"),
    ],
)
def test_a_relative_url_starts_at_the_document(url, absolute):
    assert read(document(entry("demo-1.0.zip", url=url))).files[0].url == absolute


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(entry("demo-1.0-py2.7.egg"), id="egg"),
        pytest.param(entry("other-1.0.tar.gz"), id="other project"),
        pytest.param(entry(url="file:///etc/passwd"), id="file url"),
        pytest.param(entry(url="javascript:alert(1)"), id="script url"),
        pytest.param(entry(url="https:///x"), id="no host"),
        pytest.param(entry(url="https://[x/"), id="broken url"),
        pytest.param(entry(url="https://x.example.test/a b"), id="url with a blank"),
        pytest.param(entry(url=5), id="url is a number"),
        pytest.param(entry(filename=None), id="no filename"),
        pytest.param(entry(hashes={"sha256": "xyz"}), id="hash is none"),
        pytest.param(entry(hashes={"sha256": 5}), id="hash is a number"),
        pytest.param(entry(hashes=[]), id="hashes is a list"),
        pytest.param(entry(size=-1), id="negative size"),
        pytest.param(entry(size="10"), id="size is text"),
        pytest.param(entry(size=True), id="size is true"),
        pytest.param("demo-1.0.tar.gz", id="text"),
        pytest.param(None, id="null"),
    ],
)
def test_an_entry_that_is_not_understood_is_not_offered_and_harms_no_other(broken):
    assert [file.filename for file in read(document(broken, entry("demo-2.0.tar.gz"))).files] == ["demo-2.0.tar.gz"]


def test_a_file_listed_twice_counts_as_first_stated():
    files = read(document(entry(hashes={"sha256": SHA}), entry(hashes={"sha256": "b" * 64}))).files

    assert [file.digests.sha256 for file in files] == [SHA]


@pytest.mark.parametrize(
    ("stated", "meant"), [(True, ""), ("why", "why"), (False, None), (None, None), ("", None), (1, "")]
)
def test_yanked_is_whatever_is_true(stated, meant):
    assert read(document(entry(yanked=stated))).files[0].yanked == meant


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        ({"dist_info_metadata": {"sha256": "c" * 64}}, Digests(sha256="c" * 64)),
        ({"core_metadata": False, "dist_info_metadata": {"sha256": "c" * 64}}, None),
        ({"core_metadata": {"sha256": "c" * 64}, "dist_info_metadata": True}, Digests(sha256="c" * 64)),
        ({"core_metadata": {"sha256": "nonsense"}}, None),
        ({}, None),
    ],
)
def test_the_metadata_key_of_pep_714_wins_over_the_older_one(fields, meant):
    assert read(document(entry(**fields))).files[0].metadata == meant


@pytest.mark.parametrize("unpinned", [True, {}, {"md5": "c" * 32}, {"sha1": "c" * 40}])
def test_metadata_that_no_strong_digest_pins_is_no_metadata(unpinned):
    (file,) = read(document(entry(core_metadata=unpinned))).files

    assert (file.metadata, file.metadata_url) == (None, "")


@pytest.mark.parametrize(
    ("url", "beside"),
    [
        ("https://h/f/demo-1.0.tar.gz", "https://h/f/demo-1.0.tar.gz.metadata"),
        ("https://h/f/demo-1.0.tar.gz#sha256=00", "https://h/f/demo-1.0.tar.gz.metadata"),
        ("https://h/f/demo-1.0.tar.gz?sig=a/b.c&x=?", "https://h/f/demo-1.0.tar.gz.metadata?sig=a/b.c&x=?"),
    ],
)
def test_metadata_is_beside_the_file_whatever_the_query_of_its_url(url, beside):
    (file,) = read(document(entry("demo-1.0.tar.gz", url=url, core_metadata={"sha256": "c" * 64}))).files

    assert file.metadata_url == beside


@pytest.mark.parametrize(
    "time", ["yesterday", "", 5, None, "2024-13-01T00:00:00Z", "0001-01-01T00:00:00Z", "1980-01-01T00:00:00Z"]
)
def test_a_time_that_is_none_is_unknown_and_not_repeated(time):
    view = read(document(entry(upload_time=time)))

    assert view.files[0].published is None
    assert "upload-time" not in written(decided(view))["files"][0]


@pytest.mark.parametrize(
    ("content", "content_type", "sentence"),
    [
        (b"<html>login</html>", JSON_TYPE, "a web page"),
        (b"{", JSON_TYPE, "broken JSON"),
        (b"[]", JSON_TYPE, "no project page"),
        (b"{}", JSON_TYPE, "no project page"),
        (document(meta={}), JSON_TYPE, "version"),
        (document(meta={"api-version": "2.0"}), JSON_TYPE, "only 1.x"),
        (document(meta={"api-version": 1}), JSON_TYPE, "only 1.x"),
        (document(files={}), JSON_TYPE, "no project page"),
        (document(name="other"), JSON_TYPE, "another project"),
        (document(name=5), JSON_TYPE, "another project"),
        (document(), "application/octet-stream", "no form of a package index"),
        (document(), "", "no form of a package index"),
        (b"[" * 100_000, JSON_TYPE, "broken JSON"),
    ],
)
def test_what_is_no_index_document_is_the_upstreams_fault_and_says_so(content, content_type, sentence):
    with pytest.raises(BadUpstream, match=sentence):
        read(content, content_type)


def test_project_fields_are_kept_and_deep_unknown_ones_are_not():
    deep: object = 1
    for _ in range(400):
        deep = [deep]

    view = read(document(entry(x_new={"a": [1]}, x_deep=deep), project_status={"status": "archived"}, x_deep=deep))

    assert view.raw["project-status"] == {"status": "archived"}
    assert "x-deep" not in view.raw
    assert view.files[0].raw["x-new"] == {"a": [1]}
    assert "x-deep" not in view.files[0].raw
    assert written(decided(view))["files"][0]["x-new"] == {"a": [1]}


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=10,
)
FIELDS = st.sampled_from(
    [
        "filename",
        "url",
        "hashes",
        "size",
        "upload-time",
        "yanked",
        "core-metadata",
        "provenance",
        "requires-python",
        "new",
    ]
)


@given(
    st.lists(st.dictionaries(FIELDS, JSON_VALUES), max_size=3),
    st.dictionaries(st.sampled_from(["meta", "name", "x"]), JSON_VALUES),
)
@settings(max_examples=60)
def test_any_json_is_read_and_written_again_or_refused(changes, fields):
    entries = [entry() | change for change in changes]
    sound = {"meta": {"api-version": "1.0"}, "name": "demo", "files": entries} | fields
    with contextlib.suppress(BadUpstream):
        view = read(json.dumps(sound).encode())
        assert len(written(decided(view))["files"]) == len(view.files)


@given(st.binary(max_size=300))
def test_any_bytes_are_no_document(content):
    with contextlib.suppress(BadUpstream):
        read(content)


def test_numbers_too_large_for_json_libraries_do_not_break_the_page():
    content = document(entry(x_big=0)).replace(b'"x-big": 0', b'"x-big": ' + b"9" * 40)

    assert written(decided(read(content)))["files"][0]["filename"] == "demo-1.0-py3-none-any.whl"


def test_what_clients_print_of_an_entry_goes_without_control_characters_and_the_rest_is_kept():
    hostile = "bad \x1b]0;pwn\x07\u202e\n \x9b31m"
    view = read(document(entry(yanked=hostile, requires_python=">=3.8\x1b[31m", x_unknown=hostile)))

    (file,) = view.files
    assert (file.yanked, file.raw["requires-python"], file.raw["x-unknown"]) == (
        "bad  ]0;pwn   31m",
        ">=3.8 [31m",
        hostile,
    )
    written_file = written(decided(view))["files"][0]
    assert (written_file["yanked"], written_file["x-unknown"]) == ("bad  ]0;pwn   31m", hostile)


def test_a_reason_of_nothing_but_control_characters_is_a_yank_without_one():
    (file,) = written(decided(read(document(entry(yanked="\x07")))))["files"]

    assert file["yanked"] is True
