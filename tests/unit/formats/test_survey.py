"""The survey: every member of every form is seen, and what extractors disagree about is told, never raised."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import random
import struct
import tarfile
import zipfile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.formats.archive_rules import Member
from pratique.formats.oddities import Oddity, OddityKind
from pratique.formats.survey import Opened, PiecesAt, survey
from tests.unit.formats.archives import LIMITS, Bytes, raw_zip, special, tar, tar_gz, zipped


def seen(content: bytes, **changes: int) -> tuple[dict[str, bytes], list[OddityKind]]:
    """Contents by name, and the kinds of oddities."""
    files, odd = {}, []
    for one in survey(Bytes(content), msgspec.structs.replace(LIMITS, **changes)):
        if isinstance(one, Member):
            files[one.name] = b"".join(one.chunks()) if one.kind == "file" else one.kind.encode()
        elif isinstance(one, Oddity):
            odd.append(one.kind)
        else:
            files[one.name] = b"(opened)"
    return files, odd


PLAIN = tar(("p/a.js", b"a" * 700), ("p/b.js", b"b"))


@pytest.mark.parametrize(
    "pack",
    [lambda it: it, gzip.compress, bz2.compress, lzma.compress],
    ids=["tar", "gzip", "bzip2", "xz"],
)
def test_a_tar_archive_is_read_however_it_is_compressed(pack):
    assert seen(pack(PLAIN)) == ({"p/a.js": b"a" * 700, "p/b.js": b"b"}, [])


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_archive_is_read_however_its_members_are_compressed(method):
    assert seen(zipped(("a.py", b"x" * 5000), method=method)) == ({"a.py": b"x" * 5000}, [])


def test_archives_inside_are_looked_into_and_told_themselves_afterwards():
    gem = tar(("metadata.gz", gzip.compress(b"name: x")), ("data.tar.gz", tar_gz(("lib/x.rb", b"puts"))))

    files, odd = seen(gem)

    assert files["data.tar.gz!lib/x.rb"] == b"puts"
    assert files["metadata.gz!metadata"] == b"name: x"
    assert files["data.tar.gz"] == b"(opened)"
    assert not odd


def test_an_opened_archive_is_told_with_its_own_digest_even_if_it_is_broken():
    inner = zipped(("x", b"1"))[:-3]
    (opened,) = [one for one in survey(Bytes(tar_gz(("p/x.jar", inner))), LIMITS) if isinstance(one, Opened)]

    assert (opened.size, opened.sha256) == (len(inner), hashlib.sha256(inner).hexdigest())


def test_a_zip_with_a_comment_or_behind_a_script_is_read_where_it_really_is():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("a", b"1")
        archive.comment = b"hello"

    assert seen(target.getvalue()) == ({"a": b"1"}, [])
    files, odd = seen(b"PK\x03\x04" + b"#!/bin/sh\n" + zipped(("a", b"1")))
    assert (files, odd) == ({"a": b"1"}, [OddityKind.HIDDEN_BYTES, OddityKind.HIDDEN_BYTES])


def test_the_signature_of_an_end_record_inside_content_is_no_second_directory():
    content = random.Random(1).randbytes(300) + b"PK\x05\x06" + bytes(18) + b"PK\x05\x06" + b"\xff" * 40

    assert seen(zipped(("locale.mo", content), method=zipfile.ZIP_STORED)) == ({"locale.mo": content}, [])


def _two_zips() -> bytes:
    first = zipped(("evil.py", b"2"))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("good.py", b"1")
        archive.comment = first
    return target.getvalue()


def _renamed(kind: str) -> bytes:
    return raw_zip({"name": "a.py", kind: {"name": b"b.py"}})


ODD = {
    "escapes": (tar_gz(("../../etc/x", b"1")), OddityKind.ESCAPES),
    "absolute": (zipped(("/etc/x", b"1")), OddityKind.ESCAPES),
    "drive": (zipped(("C:x", b"1")), OddityKind.ESCAPES),
    "backslashes": (raw_zip({"name": "..\\x"}), OddityKind.ESCAPES),
    "symlink out": (tar_gz(special("p/l", tarfile.SYMTYPE, "/etc/passwd")), OddityKind.LINK_OUT),
    "hardlink out": (tar_gz(special("p/l", tarfile.LNKTYPE, "../../x")), OddityKind.LINK_OUT),
    "zip link out": (
        raw_zip({"name": "l", "content": b"/etc", "central": {"attributes": 0o120777 << 16}}),
        OddityKind.LINK_OUT,
    ),
    "device": (tar_gz(special("p/dev", tarfile.CHRTYPE)), OddityKind.DEVICE),
    "twice": (tar_gz(("p/a", b"1"), ("p/a", b"2")), OddityKind.DUPLICATE),
    "twice in zip": (raw_zip({"name": "a"}, {"name": "a"}), OddityKind.DUPLICATE),
    "case": (tar_gz(("p/A", b"1"), ("p/a", b"2")), OddityKind.CASE_CLASH),
    "two names": (_renamed("local"), OddityKind.NAMES_DIFFER),
    "bytes between": (raw_zip({"name": "a", "behind": b"hidden" * 9}, {"name": "b"}), OddityKind.HIDDEN_BYTES),
    "bytes behind": (zipped(("a", b"1")) + b"more", OddityKind.HIDDEN_BYTES),
    "unlisted member": (
        raw_zip({"name": "a", "behind": zipped(("b", b"1"))[:32]}, {"name": "c"}),
        OddityKind.HIDDEN_BYTES,
    ),
    "two directories": (_two_zips(), OddityKind.TWO_DIRECTORIES),
    "two directories in a row": (
        raw_zip({"name": "a", "behind": zipped(("b", b"1"))}, {"name": "c"}),
        OddityKind.TWO_DIRECTORIES,
    ),
    "wrong checksum": (raw_zip({"name": "a", "both": {"crc": 7}}), OddityKind.UNREADABLE),
    "encrypted": (raw_zip({"name": "a", "both": {"flags": 1}}), OddityKind.UNREADABLE),
    "unknown method": (raw_zip({"name": "a", "both": {"method": 93}}), OddityKind.UNREADABLE),
    "no local record": (raw_zip({"name": "a", "central": {"offset": 7}}), OddityKind.UNREADABLE),
    "several gzip streams": (gzip.compress(PLAIN[:1024]) + gzip.compress(PLAIN[1024:]), OddityKind.HIDDEN_BYTES),
    "behind gzip": (gzip.compress(PLAIN) + b"tail", OddityKind.HIDDEN_BYTES),
    "cut gzip": (gzip.compress(PLAIN)[:-30], OddityKind.UNREADABLE),
    "no end mark": (gzip.compress(PLAIN[:1536]), OddityKind.UNREADABLE),
    "damaged header": (gzip.compress(PLAIN[:1536] + b"x" * 1024), OddityKind.UNREADABLE),
    "no archive": (b"#!/bin/sh\n", OddityKind.UNREADABLE),
    "empty": (b"", OddityKind.UNREADABLE),
    "zstandard": (b"\x28\xb5\x2f\xfd" + bytes(20), OddityKind.UNREADABLE),
}


@pytest.mark.parametrize("name", ODD)
def test_what_extractors_disagree_about_is_told(name):
    content, kind = ODD[name]

    assert kind in seen(content)[1]


def test_the_content_of_an_odd_member_is_seen_all_the_same():
    files, _ = seen(tar_gz(("/../x.py", b"import os"), ("p/a", b"1")))

    assert files == {"x.py": b"import os", "p/a": b"1"}


def test_a_name_that_is_no_utf_8_is_seen():
    header = bytearray(PLAIN)
    header[2:5] = b"\xff\xfe\xfd"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:512]) + 256)

    files, odd = seen(gzip.compress(bytes(header)))

    assert len(files) == 2
    assert odd == [OddityKind.NAMES_DIFFER]


@pytest.mark.parametrize("pack", [lambda it: tar_gz(("z", it)), lambda it: zipped(("z", it))], ids=["tar", "zip"])
def test_a_bomb_ends_the_survey(pack):
    content = pack(bytes(9 << 20))

    assert seen(content, ratio_from=1 << 20)[1] == [OddityKind.BOMB]
    assert seen(content, max_unpacked=1 << 20)[1] == [OddityKind.BOMB]


def test_a_bomb_of_overlapping_members_is_charged_for_what_it_unpacks_to():
    whole = zipped(("a", bytes(1 << 20)))
    end = len(whole) - 22
    start = struct.unpack_from("<L", whole, end + 16)[0]
    line = whole[start:end]
    lines = b"".join(line[:46] + b"%c" % (97 + i) for i in range(20))
    bomb = whole[:start] + lines + struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 20, 20, len(lines), start, 0)

    _, odd = seen(bomb, ratio_from=4 << 20)

    assert odd[-1] is OddityKind.BOMB
    assert OddityKind.HIDDEN_BYTES in odd


def test_very_many_members_end_the_survey():
    many = tar_gz(*((f"p/{number}", b"") for number in range(50)))

    assert seen(many, max_entries=20)[1] == [OddityKind.BOMB]
    assert seen(zipped(*((f"{number}", b"") for number in range(50))), max_entries=20)[1] == [OddityKind.BOMB]


def test_archives_in_archives_end_at_a_depth():
    content = b"x = 1"
    for _ in range(9):
        content = zipped(("a.zip", content))

    files, odd = seen(content)

    assert OddityKind.TOO_DEEP in odd
    assert max(name.count("!") for name in files) < 4


def test_a_gzip_inside_itself_ends_at_a_depth():
    content = b"end"
    for _ in range(40):
        content = gzip.compress(content)

    assert OddityKind.TOO_DEEP in seen(content)[1]


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from([tar_gz(("p/a", b"1" * 900), ("p/b.zip", zipped(("c", b"2")))), zipped(("a", b"1"), ("b", b"2"))]),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=6),
    st.floats(0, 1),
)
def test_whatever_is_damaged_nothing_is_raised(content, changes, kept):
    damaged = bytearray(content[: int(len(content) * max(kept, 0.5))])
    for place, value in changes:
        damaged[int(place * len(damaged))] = value

    seen(bytes(damaged))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2047), st.binary(max_size=9)), max_size=5))
def test_whatever_a_tar_header_says_nothing_is_raised(changes):
    damaged = bytearray(PLAIN)
    for place, value in changes:
        damaged[place : place + len(value)] = value
    damaged[148:156] = b"%06o\0 " % (sum(damaged[:148]) + sum(damaged[156:512]) + 256)

    seen(gzip.compress(bytes(damaged)))


@given(st.lists(st.binary(min_size=1, max_size=9), max_size=9), st.integers(0, 60), st.integers(0, 60))
def test_pieces_read_as_the_whole_they_are(pieces, offset, length):
    whole = PiecesAt(pieces)

    assert whole.read_at(offset, length) == b"".join(pieces)[offset : offset + length]
    assert whole.size == len(b"".join(pieces))
