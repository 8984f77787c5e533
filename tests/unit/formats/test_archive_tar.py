"""The tar walker: what it reads, and that nothing hostile gets past it."""

from __future__ import annotations

import contextlib
import gzip
import io
import tarfile
import zlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.archive import walk_tar_gz
from tests.unit.formats.archives import LIMITS, Bytes, read_tar, special, tar, tar_gz

SOUND = tar_gz(
    ("demo-1.0/PKG-INFO", b"Name: demo\n"),
    special("demo-1.0/src", tarfile.DIRTYPE),
    ("demo-1.0/src/" + "long" * 40 + ".py", b"x = 1\n" * 300),
    special("demo-1.0/link", tarfile.SYMTYPE, "src"),
)


def limits(**changes: int):
    return msgspec.structs.replace(LIMITS, **changes)


def test_members_come_in_order_with_their_content():
    read = read_tar(SOUND)

    assert list(read) == ["demo-1.0/PKG-INFO", "demo-1.0/src", "demo-1.0/src/" + "long" * 40 + ".py", "demo-1.0/link"]
    assert read["demo-1.0/PKG-INFO"] == b"Name: demo\n"
    assert read["demo-1.0/src"] == b"directory"
    assert read["demo-1.0/src/" + "long" * 40 + ".py"] == b"x = 1\n" * 300


@pytest.mark.parametrize("format", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_every_common_tar_dialect_reads_the_same(format):
    members = (("p/" + "d" * 60 + "/" + "f" * 80, b"content"), ("p/short", b""))

    assert read_tar(gzip.compress(tar(*members, format=format))) == dict(members)


def test_a_leading_dot_slash_is_no_part_of_the_name():
    assert read_tar(tar_gz(special("./", tarfile.DIRTYPE), ("./package/index.js", b"1"))) == {"package/index.js": b"1"}


def test_content_nobody_reads_is_skipped_correctly():
    names = [member.name for member in walk_tar_gz(Bytes(SOUND), LIMITS)]

    assert len(names) == 4


def test_a_member_is_gone_once_the_next_one_is_taken():
    walk = walk_tar_gz(Bytes(tar_gz(("a", b"1" * 600), ("b", b"2"))), LIMITS)
    first = next(walk)
    early = first.chunks()
    next(walk)

    assert list(early) == []
    with pytest.raises(RuntimeError):
        first.read()


@pytest.mark.parametrize(
    "name",
    [
        "/etc/passwd",
        "../up",
        "a/../../up",
        "a//b",
        "a/./b",
        "a\\b",
        "C:/x",
        "c:x",
        "a/\x07bell",
        "a/\x9bcsi",
        "a/\nb",
        "..",
    ],
)
def test_a_name_that_is_no_plain_relative_path_is_refused(name):
    with pytest.raises(Invalid):
        read_tar(tar_gz((name, b"x")))


@pytest.mark.parametrize(
    ("name", "target"),
    [
        ("a/l", "/etc/passwd"),
        ("a/l", "../../etc"),
        ("l", ".."),
        ("a/l", "b/../../.."),
        ("a/l", ""),
        ("a/l", "x\\y"),
    ],
)
def test_a_symlink_that_could_lead_out_is_refused(name, target):
    with pytest.raises(Invalid):
        read_tar(tar_gz(special(name, tarfile.SYMTYPE, target)))


def test_a_link_inside_the_archive_shows_its_target():
    walked = tar_gz(("a/x", b"1"), special("a/l", tarfile.SYMTYPE, "../a/x"), special("h", tarfile.LNKTYPE, "a/x"))

    kinds = [(member.kind, member.target) for member in walk_tar_gz(Bytes(walked), LIMITS)]

    assert kinds == [("file", ""), ("symlink", "../a/x"), ("hardlink", "a/x")]


@pytest.mark.parametrize("target", ["/etc/passwd", "../x"])
def test_a_hardlink_that_leads_out_is_refused(target):
    with pytest.raises(Invalid):
        read_tar(tar_gz(special("h", tarfile.LNKTYPE, target)))


@pytest.mark.parametrize(
    "members",
    [
        [("a", b"1"), ("a", b"2")],
        [("a", b"1"), ("./a", b"2")],
        [("a", b"1"), ("a/b", b"2")],
        [("a/b", b"1"), ("a", b"2")],
        [special("l", tarfile.SYMTYPE, "x"), ("l/b", b"2")],
        [("d/b", b"1"), special("d", tarfile.SYMTYPE, "x")],
    ],
    ids=["twice", "dot", "file, then folder", "folder, then file", "below a link", "link over a folder"],
)
def test_two_meanings_for_one_path_are_refused(members):
    with pytest.raises(Invalid):
        read_tar(tar_gz(*members))


def test_a_folder_may_be_named_twice():
    assert "d/f" in read_tar(tar_gz(special("d", tarfile.DIRTYPE), ("d/f", b""), special("d", tarfile.DIRTYPE)))


@pytest.mark.parametrize("cut", [1, 8, 30, 100])
def test_a_cut_gzip_stream_is_refused(cut):
    with pytest.raises(Invalid, match=r"cut short|not a sound"):
        read_tar(SOUND[:-cut])


@pytest.mark.parametrize("keep", [100, 512, 600, 1024])
def test_a_tar_that_ends_early_is_refused(keep):
    with pytest.raises(Invalid):
        read_tar(gzip.compress(tar(("a", b"1"), ("b", b"2"))[:keep]))


def test_bytes_after_the_end_mark_are_refused():
    with pytest.raises(Invalid, match="end mark"):
        read_tar(gzip.compress(tar(("a", b"1")) + tar(("b", b"2"))))


@pytest.mark.parametrize("tail", [b"\0", b"junk", gzip.compress(tar(("b", b"2")))], ids=["zero", "junk", "gzip"])
def test_bytes_after_the_gzip_stream_are_refused(tail):
    with pytest.raises(Invalid, match="follow the gzip stream"):
        read_tar(SOUND + tail)


def test_a_changed_header_is_refused_by_its_checksum():
    content = bytearray(tar(("a", b"1")))
    content[0] = ord("b")

    with pytest.raises(Invalid, match="checksum"):
        read_tar(gzip.compress(bytes(content)))


def with_pax(records: bytes, kind: bytes = tarfile.XHDTYPE) -> bytes:
    info = tarfile.TarInfo("pax")
    info.type, info.size = kind, len(records)
    block = info.tobuf(tarfile.USTAR_FORMAT)
    return gzip.compress(block + records.ljust(-(-len(records) // 512) * 512, b"\0") + tar(("a", b"1")))


def record(key: str, value: str) -> bytes:
    body = f" {key}={value}\n".encode()
    length = len(body) + 1
    while len(str(length)) + len(body) != length:
        length = len(str(length)) + len(body)
    return str(length).encode() + body


def test_a_pax_path_names_the_member():
    assert read_tar(with_pax(record("path", "b/ü") + record("mtime", "1.5"))) == {"b/ü": b"1"}


@pytest.mark.parametrize(
    "records",
    [
        record("size", "4"),
        record("size", "-1"),
        record("path", "x") + record("path", "y"),
        record("GNU.sparse.major", "1"),
        record("path", "x\0y"),
        record("path", "../x"),
        b"12 path=x\n",
        b"999999999 path=x\n",
        b"6 path\n",
        b"path=x\n",
        b"9 path=\xff\n",
    ],
    ids=str,
)
def test_a_pax_header_that_extractors_read_differently_is_refused(records):
    with pytest.raises(Invalid):
        read_tar(with_pax(records))


def test_a_pax_size_that_repeats_the_header_is_accepted():
    assert read_tar(with_pax(record("size", "1"))) == {"a": b"1"}


def test_a_global_comment_is_accepted_and_a_global_path_refused():
    assert read_tar(with_pax(record("comment", "abc"), tarfile.XGLTYPE)) == {"a": b"1"}
    with pytest.raises(Invalid):
        read_tar(with_pax(record("path", "b"), tarfile.XGLTYPE))


def test_a_sparse_file_is_refused():
    with pytest.raises(Invalid, match="sparse"):
        read_tar(tar_gz(special("s", tarfile.GNUTYPE_SPARSE)))


def test_a_huge_extended_header_is_refused_unread():
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 2 << 20

    with pytest.raises(Invalid, match="extended header"):
        read_tar(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(3 << 20)))


def test_a_link_with_content_is_refused():
    info = special("l", tarfile.SYMTYPE, "x")
    info.size = 512

    with pytest.raises(Invalid, match="claims content"):
        read_tar(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(512) + tar(("a", b""))))


def test_a_root_entry_with_content_is_refused():
    info = special("./", tarfile.DIRTYPE)
    info.size = 512

    with pytest.raises(Invalid):
        read_tar(gzip.compress(info.tobuf(tarfile.USTAR_FORMAT) + bytes(512) + tar(("a", b""))))


@pytest.mark.parametrize("magic", [b"ustar  \0", bytes(8), b"ustar\x0001"])
def test_a_name_in_two_parts_counts_only_where_every_extractor_reads_it_so(magic):
    header = bytearray(tar(("f", b""), format=tarfile.USTAR_FORMAT)[:512])
    header[345:348] = b"dir"
    assert read_tar(gzip.compress(with_checksum(header) + bytes(1024))) == {"dir/f": b""}

    header[257:265] = magic
    with pytest.raises(Invalid):
        read_tar(gzip.compress(with_checksum(header) + bytes(1024)))


def with_checksum(header: bytearray) -> bytes:
    total = sum(header) - sum(header[148:156]) + 256
    return bytes(header[:148]) + b"%06o\0 " % total + bytes(header[156:])


def test_a_bomb_is_stopped_by_its_ratio_and_never_held():
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for index in range(8):
            info = tarfile.TarInfo(f"p/zeros{index}")
            info.size = 10 << 20
            archive.addfile(info, io.BytesIO(bytes(10 << 20)))
    artefact = Bytes(packed.getvalue())

    with pytest.raises(TooLarge, match="max_ratio"):
        for _ in walk_tar_gz(artefact, LIMITS):
            pass


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"max_entries": 3}, "max_entries"),
        ({"max_unpacked": 4096}, "max_unpacked"),
        ({"max_depth": 2}, "max_depth"),
        ({"max_member": 100}, "max_member"),
        ({"ratio_from": 1000, "max_ratio": 2}, "max_ratio"),
    ],
)
def test_each_limit_stops_the_walk_and_names_itself(changes, named):
    with pytest.raises(TooLarge, match=named):
        read_tar(SOUND, limits(**changes))


def test_folders_without_end_are_too_many():
    deep = "/".join("d" * 60)
    many = tar_gz(*[(f"{index:05}/{deep}", b"") for index in range(5)])

    with pytest.raises(TooLarge, match="200 files and folders"):
        read_tar(many, limits(max_entries=100))


@given(st.data())
@settings(max_examples=150)
def test_a_damaged_archive_gives_only_the_two_errors(data):
    content = bytearray(gzip.decompress(SOUND))
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    if data.draw(st.booleans()):
        # With right checksums the damage reaches what the checksum guards.
        for at in range(0, len(content) - 512, 512):
            block = content[at : at + 512]
            if any(block) and block[257:262] == b"ustar":
                total = sum(block) - sum(block[148:156]) + 256
                content[at + 148 : at + 156] = b"%06o\0 " % (total & 0o777777)
    with contextlib.suppress(Invalid, TooLarge):
        read_tar(gzip.compress(bytes(content), 1))


@given(st.data())
@settings(max_examples=100)
def test_a_damaged_gzip_stream_gives_only_the_two_errors(data):
    content = bytearray(SOUND)
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid, TooLarge):
        read_tar(bytes(content[: data.draw(st.integers(0, len(content)))]))


NAMES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=30)


@given(st.lists(st.tuples(NAMES, st.binary(max_size=2000)), max_size=6))
@settings(max_examples=100)
def test_what_is_read_is_what_python_extracts(members):
    content = tar_gz(*members)
    try:
        read = read_tar(content)
    except Invalid:
        return
    with tarfile.open(fileobj=io.BytesIO(content)) as archive:
        extracted = {m.name.removeprefix("./"): archive.extractfile(m).read() for m in archive if m.isfile()}
    assert read == extracted


def test_zlib_and_gzip_headers_other_than_gzip_are_refused():
    for content in (b"", b"PK\3\4", zlib.compress(tar(("a", b"1"))), tar(("a", b"1"))):
        with pytest.raises(Invalid):
            read_tar(content)
