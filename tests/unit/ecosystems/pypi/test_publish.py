"""Uploads of the legacy API, in any pieces, whole and broken."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.artifacts import Digests, PublishDraft
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi import PYPI
from tests.unit.ecosystems.pypi.artefacts import BOUNDARY, WHEEL_NAME, form, upload_fields

HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
CONTENT = b"PK the wheel"


def upload(body: bytes, headers: dict[str, str] = HEADERS, piece: int = 1 << 16) -> tuple[PublishDraft, bytes]:
    received: list[bytes] = []
    reader = PYPI.publish_reader(headers, received.append)
    for start in range(0, len(body), piece):
        reader.feed(body[start : start + piece])
    return reader.finish(), b"".join(received)


def test_an_upload_becomes_a_draft_and_its_file_goes_to_the_sink():
    draft, received = upload(form(*upload_fields(CONTENT), ("classifiers", "A"), ("classifiers", "B")))

    assert received == CONTENT
    assert (draft.name, draft.version, draft.filename) == ("Demo-Pkg", "1.0", WHEEL_NAME)
    assert draft.digests == Digests(
        sha256=hashlib.sha256(CONTENT).hexdigest(), blake2b_256=hashlib.blake2b(CONTENT, digest_size=32).hexdigest()
    )
    assert draft.claims["requires_python"] == ">=3.8"
    assert draft.claims["classifiers"] == ("A", "B")
    assert draft.claims.keys().isdisjoint({":action", "protocol_version", "sha256_digest", "content"})
    assert not draft.attested


@pytest.mark.parametrize(
    "content_type",
    [
        f'multipart/form-data; boundary="{BOUNDARY}"',
        f"Multipart/Form-Data; charset=utf-8; boundary={BOUNDARY}",
    ],
)
def test_the_boundary_is_understood_quoted_and_in_any_company(content_type):
    assert upload(form(*upload_fields(CONTENT)), {"content-type": content_type})[1] == CONTENT


def test_the_file_may_come_first():
    fields = upload_fields(CONTENT)

    assert upload(form(*reversed(fields)))[0] == upload(form(*fields))[0]


def test_attestations_are_noticed_and_an_old_signature_is_not_kept():
    body = form(*upload_fields(CONTENT, attestations="[{}]", gpg_signature="junk"))

    draft, _ = upload(body)

    assert draft.attested
    assert "gpg_signature" not in draft.claims


def test_unknown_and_empty_fields_claim_nothing():
    draft, _ = upload(form(*upload_fields(CONTENT, summary="UNKNOWN", author="")))

    assert draft.claims.keys().isdisjoint({"summary", "author"})


def test_a_version_is_taken_in_its_canonical_spelling():
    fields = upload_fields(CONTENT, version="v1.0")

    assert upload(form(*fields))[0].version == "1.0"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"_action": None}, ":action=file_upload"),
        ({"_action": "submit"}, ":action=file_upload"),
        ({"protocol_version": None}, "protocol_version=1"),
        ({"protocol_version": "2"}, "protocol_version=1"),
        ({"name": None}, "lacks the field name"),
        ({"name": None, "version": ""}, "lacks the fields name, version"),
        ({"filetype": "bdist_egg"}, "filetype 'bdist_egg' is not served"),
        ({"filetype": None}, "filetype"),
        ({"metadata_version": None}, "metadata_version"),
        ({"name": "../demo"}, "no project name"),
        ({"name": "other"}, 'expected "other-1.0-<tags>.whl"'),
        ({"version": "1.1"}, "does not belong to"),
        ({"version": "latest"}, "PEP 440"),
        ({"filetype": "sdist"}, "source archive"),
        ({"sha256_digest": None, "blake2_256_digest": None}, "sha256_digest"),
        ({"sha256_digest": None, "blake2_256_digest": None, "md5_digest": "a" * 32}, "sha256_digest"),
        ({"sha256_digest": "abc"}, "64 hexadecimal digits"),
        ({"md5_digest": "x" * 32}, "32 hexadecimal digits"),
        ({"content": None}, "no file"),
        ({"content": ""}, "no file"),
    ],
)
def test_an_upload_that_lacks_or_mistakes_something_says_what(changes, sentence):
    with pytest.raises(Invalid, match=sentence):
        upload(form(*upload_fields(CONTENT, **changes)))


@pytest.mark.parametrize(
    "field", ["name", "version", "sha256_digest", ":action", "requires_python", "summary", "made_up"]
)
def test_a_field_that_may_come_once_and_comes_twice_is_refused(field):
    with pytest.raises(Invalid, match="times; it may come once"):
        upload(form((field, "x"), *upload_fields(CONTENT), (field, "x")))


def test_two_files_in_one_upload_are_refused():
    with pytest.raises(Invalid, match="more than one `content`"):
        upload(form(*upload_fields(CONTENT), ("content", b"another")))


def test_a_file_without_a_name_is_refused():
    body = form(*upload_fields(CONTENT)).replace(f'; filename="{WHEEL_NAME}"'.encode(), b"")

    with pytest.raises(Invalid, match="no file name"):
        upload(body)


@pytest.mark.parametrize("filename", ["../x.whl", "a/b.whl", "..", "x\\y.whl", "x%2fy.whl", "x y.whl"])
def test_a_file_name_that_is_no_plain_segment_is_refused(filename):
    body = form(*upload_fields(CONTENT)).replace(WHEEL_NAME.encode(), filename.encode())

    with pytest.raises(Invalid):
        upload(body)


@pytest.mark.parametrize(
    "content_type",
    [
        "",
        "application/json",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=" + "x" * 500,
    ],
)
def test_another_content_type_is_refused_before_the_body(content_type):
    with pytest.raises(Invalid):
        PYPI.publish_reader({"Content-Type": content_type}, lambda piece: None)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"hello",
        b"--other\r\n",
        form(*upload_fields(CONTENT))[:-6],
        form(*upload_fields(CONTENT))[:200],
        form(("x", "y")).replace(b'name="x"', b"nothing"),
        form(("x", "y")).replace(b"form-data", b"attachment"),
        form(("x", b"\xff")),
        form(("x", "y")).replace(b'"x"', b'"\xff"'),
        form(("x", "y")).replace(b"Content-Disposition", b"X" * 20_000),
        form(("x", "y")).replace(b"\r\n\r\n", b"\r\n" + b"A: b\r\n" * 50 + b"\r\n"),
    ],
    ids=range(11),
)
def test_a_body_that_is_no_upload_is_refused(body):
    with pytest.raises(Invalid):
        upload(body)


def test_text_without_end_is_refused_while_it_streams():
    reader = PYPI.publish_reader(HEADERS, lambda piece: None)
    reader.feed(form(("description", ""))[: -len(BOUNDARY) - 8])

    reader.feed(b"x" * (1 << 20))
    with pytest.raises(TooLarge, match="text is too long"):
        reader.feed(b"x")


def test_many_long_fields_are_refused_together():
    body = form(*[(f"field{index}", b"x" * (1000 << 10)) for index in range(12)])

    with pytest.raises(TooLarge, match="together"):
        upload(body)


def test_fields_without_end_are_refused():
    with pytest.raises(TooLarge, match="more than 1000 fields"):
        upload(form(*[("classifiers", "x")] * 1001))


def test_a_large_file_is_never_held():
    longest = 0

    def sink(piece: bytes) -> None:
        nonlocal longest
        longest = max(longest, len(piece))

    content = bytes(range(256)) * 8192
    body = form(*upload_fields(content))
    reader = PYPI.publish_reader(HEADERS, sink)
    for start in range(0, len(body), 10_000):
        reader.feed(body[start : start + 10_000])

    assert reader.finish().filename == WHEEL_NAME
    assert longest <= 10_000


@given(st.binary(max_size=200), st.integers(1, 80))
@settings(max_examples=100)
def test_the_pieces_a_body_arrives_in_make_no_difference(content, piece):
    content = b"x" + content
    body = form(*upload_fields(content))

    draft, received = upload(body, piece=piece)

    assert received == content
    assert draft == upload(body)[0]


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_upload_is_read_or_refused(data):
    body = bytearray(form(*upload_fields(CONTENT)))
    for _ in range(data.draw(st.integers(1, 5))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    try:
        draft, _ = upload(bytes(body), piece=data.draw(st.integers(1, 500)))
    except (Invalid, TooLarge):
        return
    assert draft.version == PYPI.version_key(draft.version).__str__()
