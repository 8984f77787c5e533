"""`npm publish` read as it streams in: the tarball goes on at once, and nothing doubtful becomes a draft."""

from __future__ import annotations

import base64
import hashlib
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.npm.publish import check_tag
from tests.unit.ecosystems.npm.bodies import body, publish


def test_a_publish_becomes_a_draft_and_the_tarballs_bytes():
    draft, artefact = publish(body("@acme/lib", "1.2.3", b"\x1f\x8b bytes"))
    assert artefact == b"\x1f\x8b bytes"
    assert (draft.name, draft.version, draft.filename) == ("@acme/lib", "1.2.3", "lib-1.2.3.tgz")
    assert draft.digests.sha512 == hashlib.sha512(artefact).hexdigest()
    assert draft.digests.sha1 == hashlib.sha1(artefact).hexdigest()
    assert draft.tags == ("latest",)
    assert not draft.attested
    assert draft.claims["_id"] == "@acme/lib@1.2.3"


@given(st.binary(max_size=300), st.integers(1, 50), st.booleans())
def test_pieces_of_any_length_make_the_same_draft(artefact, piece, attachments_first):
    document = body(artefact=artefact or b"x")
    if attachments_first:
        document = {"_attachments": document.pop("_attachments")} | document
    assert publish(document, piece) == publish(document)
    assert publish(document, piece)[1] == (artefact or b"x")


def test_escapes_in_base64_and_in_keys_are_understood():
    text = json.dumps(body(artefact=b"\xff\xef" * 9)).replace("/", "\\/").replace("+", "\\u002b")
    text = text.replace('"data"', '"d\\u0061ta"').replace('"_attachments"', '"\\u005fattachments"')
    assert publish(text.encode(), 3)[1] == b"\xff\xef" * 9


def test_the_tarball_is_never_held():
    reader = NPM.publish_reader({}, lambda piece: None)
    reader.feed(b'{"_attachments":{"left-1.0.0.tgz":{"data":"')
    piece = base64.b64encode(bytes(48 << 10))
    tracemalloc.start()
    for _ in range(400):
        reader.feed(piece)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 << 20


def test_the_file_name_is_never_the_clients_path():
    document = body()
    document["_attachments"] = {"../../etc/passwd.tgz": next(iter(document["_attachments"].values()))}
    assert publish(document)[0].filename == "left-1.0.0.tgz"


def test_provenance_beside_the_tarball_is_noticed_and_does_not_mix_with_it():
    document = body()
    bundle = {"content_type": "application/vnd.dev.sigstore.bundle+json", "data": '{"a":"{}"}', "length": 10}
    document["_attachments"]["left-1.0.0.sigstore"] = bundle
    draft, artefact = publish(document, 5)
    assert draft.attested
    assert artefact == b"tarball"


@pytest.mark.parametrize("change", [{"_attachments": {}}, {"_attachments": None}])
def test_a_body_without_a_tarball_is_told_what_is_not_supported(change):
    with pytest.raises(Invalid, match="npm deprecate"):
        publish(body(**change))


def attachment(**changes):
    return {"left-1.0.0.tgz": {"data": base64.b64encode(b"tarball").decode(), "length": 7} | changes}


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"versions": {}}, "exactly one version"),
        ({"versions": {"1.0.0": {}, "1.0.1": {}}}, "exactly one version"),
        ({"versions": [1]}, "exactly one version"),
        ({"versions": {"1.0.0": None}}, "as an object"),
        ({"versions": {"1.0": {}}}, "cannot be published"),
        ({"versions": {"v1.0.0": {}}}, "write 1.0.0"),
        ({"versions": {"1.0.0+b": {}}}, "write 1.0.0"),
        ({"versions": {"../1": {}}}, "cannot be published"),
        ({"versions": {"1.0.0": {"version": "1.0.1"}}}, "differ"),
        ({"versions": {"1.0.0": {"name": "right"}}}, "differ"),
        ({"versions": {"1.0.0": {"dist": []}}}, "digests"),
        ({"versions": {"1.0.0": {"dist": {"integrity": "sha512-x"}}}}, "digests"),
        ({"versions": {"1.0.0": {"dist": {"shasum": 1}}}}, "digests"),
        ({"dist-tags": {"latest": "2.0.0"}}, "only point to the version"),
        ({"dist-tags": ["latest"]}, "only point to the version"),
        ({"dist-tags": {"1.x": "1.0.0"}}, "version range"),
        ({"dist-tags": {"a b": "1.0.0"}}, "no dist-tag"),
        ({"_attachments": attachment() | {"x-1.0.0.tgz": {"data": "", "length": 0}}}, "more than one tarball"),
        ({"_attachments": attachment() | {"x.txt": {}}}, "exactly one tarball"),
        ({"_attachments": {"left-1.0.0.txt": {"data": ""}}}, "exactly one tarball"),
        ({"_attachments": {"left-1.0.0.tgz": {"length": 0}}}, "exactly one tarball"),
        ({"_attachments": {"left-1.0.0.tgz": {"data": 1}}}, "exactly one tarball"),
        ({"_attachments": ["x"]}, "must be an object"),
        ({"_attachments": attachment(length=8)}, "says it has 8 bytes, 7 arrived"),
        ({"_attachments": attachment(length=True)}, "says it has"),
        ({"_attachments": attachment(length="7")}, "says it has"),
        ({"_attachments": attachment(data="dGFy*mFsbA==")}, "base64"),
        ({"_attachments": attachment(data="dGFyYmFsbA=")}, "base64"),
        ({"_attachments": attachment(data="dGFyYmFsbA==dGFy")}, "base64"),
        ({"_attachments": attachment(data="dGFy\nYmFsbA==")}, "base64"),
    ],
)
def test_what_is_not_one_release_is_refused_with_the_reason(change, why):
    with pytest.raises(Invalid, match=why):
        publish(body(**change), 4)


@pytest.mark.parametrize("name", [None, 7, "", "../x", "r\u0435act", "x\r\ny"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(InvalidName):
        publish(body(name=name) if name is None else body() | {"name": name})


def test_one_tarball_sent_twice_under_one_key_is_refused():
    text = json.dumps(body()).replace('"length"', '"data": "dGFy", "length"')
    with pytest.raises(Invalid, match="more than one tarball"):
        publish(text.encode())


@pytest.mark.parametrize("cut", [1, 40, 200, -1, -5])
def test_a_body_that_ends_early_is_refused(cut):
    with pytest.raises(Invalid):
        publish(json.dumps(body()).encode()[:cut])


@pytest.mark.parametrize("text", [b"[]", b"null", b'"x"', b"<html>", b"", b"{}x"])
def test_what_is_no_json_object_is_refused(text):
    with pytest.raises(Invalid):
        publish(text)


def test_everything_but_the_tarball_is_bounded():
    with pytest.raises(TooLarge, match="besides its attachment"):
        publish(body(readme="x" * (11 << 20)))


def test_another_content_type_is_refused_before_anything_is_read():
    with pytest.raises(Invalid, match="application/json"):
        NPM.publish_reader({"content-type": "multipart/form-data; boundary=x"}, lambda piece: None)


def test_without_tags_a_release_becomes_latest():
    assert publish(body(**{"dist-tags": {}}))[0].tags == ("latest",)


def test_several_tags_are_set():
    tags = {"next": "1.0.0", "beta": "1.0.0"}
    assert publish(body(**{"dist-tags": tags}))[0].tags == ("beta", "next")


@pytest.mark.parametrize("tag", ["1", "1.0", "1.x", "x", "*", "v1", "v1.4", "~1.2", "1.2.3", "1.2.3-beta", "1.2.x-b",
                                 "^1", ">1", "", " ", "a b", "a/b", "tag\n", "\u0430", "x" * 129])  # fmt: skip
def test_a_tag_that_reads_as_a_range_or_is_no_word_is_refused(tag):
    with pytest.raises(Invalid):
        check_tag(tag)


@pytest.mark.parametrize("tag", ["latest", "next", "beta-1", "v", "release-1.x", "xyz", "2024-stable", "a.b"])
def test_words_are_tags(tag):
    check_tag(tag)


FIELDS = ["name", "versions", "dist-tags", "_attachments", "1.0.0", "left-1.0.0.tgz", "data", "length", "dist"]
junk = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.sampled_from(["left", "1.0.0", "YQ==", "x", "latest"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.sampled_from(FIELDS[:4]), junk), st.integers(1, 30))
def test_any_json_is_a_draft_or_refused(changes, piece):
    try:
        draft, _ = publish(body() | changes, piece)
    except (Invalid, TooLarge):
        return
    assert "/" not in draft.filename


@given(st.lists(st.binary(max_size=30), max_size=5))
def test_any_bytes_are_a_draft_or_refused(pieces):
    with pytest.raises((Invalid, TooLarge)):
        publish(b"".join(pieces), 7)
