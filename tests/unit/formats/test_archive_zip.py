"""The ZIP walker: local records and directory must agree, and nothing hides between them."""

from __future__ import annotations

import contextlib
import io
import stat
import struct
import tracemalloc
import zipfile
import zlib

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.errors import Invalid, TooLarge
from pratique.formats.archive import walk_zip
from pratique.formats.zip_directory import read_directory
from tests.unit.formats.archives import LIMITS, Bytes, raw_zip, read_zip, zipped

SOUND = zipped(("demo/__init__.py", b"x = 1\n" * 300), ("demo/", b""), ("demo/data.bin", bytes(range(256))))
DESCRIPTOR = 8


def deflated(content: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(content) + stream.flush()


def streamed(**changes) -> dict:
    """A deflated member with its sizes behind it, as writers do that cannot go back."""
    content = b"streamed" * 20
    packed = deflated(content)
    sizes = (zlib.crc32(content), len(packed), len(content))
    member = {
        "name": "s",
        "content": content,
        "packed": packed,
        "both": {"flags": DESCRIPTOR, "method": 8},
        "local": {"crc": 0, "csize": 0, "size": 0},
        "behind": struct.pack("<4s3L", b"PK\7\10", *sizes),
    }
    return member | changes


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_members_come_with_their_content(method):
    assert read_zip(zipped(("a/b", b"text" * 99), ("a/", b""), ("ü", b""), method=method)) == {
        "a/b": b"text" * 99,
        "a": b"directory",
        "ü": b"",
    }


def test_sizes_behind_the_content_are_read_in_every_form():
    content = b"streamed" * 20
    packed = deflated(content)
    sizes = (zlib.crc32(content), len(packed), len(content))
    for behind in (
        struct.pack("<4s3L", b"PK\7\10", *sizes),
        struct.pack("<3L", *sizes),
        struct.pack("<4sL2Q", b"PK\7\10", *sizes),
        struct.pack("<L2Q", *sizes),
    ):
        assert read_zip(raw_zip(streamed(behind=behind), {"name": "t"})) == {"s": content, "t": b"x"}


def test_what_python_streams_to_a_pipe_is_read():
    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.content = b""

        def writable(self) -> bool:
            return True

        def write(self, chunk) -> int:
            self.content += bytes(chunk)
            return len(chunk)

    pipe = Pipe()
    with zipfile.ZipFile(pipe, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a", b"hello" * 100)

    assert read_zip(pipe.content) == {"a": b"hello" * 100}


def test_zip64_sizes_in_the_local_record_are_read():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive, archive.open("a", "w", force_zip64=True) as member:
        member.write(b"wide")

    assert read_zip(target.getvalue()) == {"a": b"wide"}


def with_zip64_end(content: bytes, **changes: int) -> bytes:
    start, end = content.index(b"PK\1\2"), len(content) - 22
    count = struct.unpack_from("<H", content, end + 10)[0]
    fields = {"here": count, "count": count, "size": end - start, "start": start, "at": end} | changes
    end_64 = struct.pack(
        "<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, fields["here"], fields["count"], fields["size"], fields["start"]
    )
    locator = struct.pack("<4sLQL", b"PK\6\7", 0, fields["at"], 1)
    narrow = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    return content[:end] + end_64 + locator + narrow


def test_a_zip64_end_record_is_read():
    assert read_zip(with_zip64_end(SOUND)) == read_zip(SOUND)


@pytest.mark.parametrize("change", [{"here": 1}, {"count": 1, "here": 1}, {"size": 10}, {"start": 3}, {"at": 3}])
def test_a_zip64_end_record_that_disagrees_is_refused(change):
    with pytest.raises(Invalid):
        read_zip(with_zip64_end(SOUND, **change))


@pytest.mark.parametrize(
    "records",
    [
        pytest.param([{"name": "a", "local": {"name": b"b"}}], id="local name differs"),
        pytest.param([{"name": "a", "local": {"csize": 2}}], id="local packed size differs"),
        pytest.param([{"name": "a", "local": {"size": 9}}], id="local size differs"),
        pytest.param([{"name": "a", "local": {"crc": 9}}], id="local checksum differs"),
        pytest.param([{"name": "a", "local": {"method": 8}}], id="local method differs"),
        pytest.param([{"name": "a", "local": {"flags": 2}}], id="local flags differ"),
        pytest.param([{"name": "a", "both": {"crc": 1}}], id="checksum lies"),
        pytest.param([{"name": "a", "both": {"size": 9, "csize": 9}}], id="longer than it is"),
        pytest.param([{"name": "a", "content": b"xyz", "both": {"size": 1, "csize": 1}}], id="shorter than it is"),
        pytest.param([{"name": "a", "both": {"flags": 1}}], id="encrypted"),
        pytest.param([{"name": "a", "both": {"flags": 64}}], id="strongly encrypted"),
        pytest.param([{"name": "a", "both": {"flags": 32}}], id="patched data"),
        pytest.param([{"name": "a", "both": {"method": 14}}], id="unknown compression"),
        pytest.param([{"name": "a", "central": {"needed": 64}}], id="newer version needed"),
        pytest.param([{"name": "a", "both": {"name": b"\xfc"}}], id="name in an unknown encoding"),
        pytest.param([{"name": "a", "both": {"name": b"\xfc", "flags": 2048}}], id="name is not UTF-8"),
        pytest.param([{"name": "a", "central": {"comment": b"PK"}}], id="comment"),
        pytest.param([{"name": "a", "behind": b"hidden"}], id="bytes behind a member"),
        pytest.param([{"name": "a"}, {"name": "a"}], id="duplicate"),
        pytest.param([{"name": "a"}, {"name": "a/b"}], id="file as folder"),
        pytest.param([{"name": "a"}, {"name": "b", "central": {"offset": 0}}], id="overlapping"),
        pytest.param([{"name": "a", "central": {"offset": 1}}], id="first member not at the start"),
        pytest.param([{"name": "a", "central": {"offset": 5000}}], id="outside the file"),
        pytest.param([{"name": "d/", "content": b"x"}], id="folder with content"),
        pytest.param([{"name": "l", "central": {"attributes": stat.S_IFLNK << 16}}], id="link"),
        pytest.param([{"name": "a", "both": {"extra": b"\1\0\1"}}], id="broken extra field"),
        pytest.param([{"name": "a", "both": {"extra": b"\1\0\10\0" + b"1" * 8}}], id="needless ZIP64 field"),
        pytest.param([{"name": "a", "both": {"extra": b"\x75\x70\6\0" + b"\1crc.z"}}], id="second name"),
        pytest.param([{"name": "a", "both": {"extra": b"\x75\x70\6\0\1crc.a" * 2}}], id="extra field twice"),
        pytest.param([{"name": "a", "both": {"flags": DESCRIPTOR}, "behind": bytes(12)}], id="stored and streamed"),
        pytest.param([streamed(behind=b"")], id="missing descriptor"),
        pytest.param([streamed(behind=bytes(16))], id="lying descriptor"),
        pytest.param([streamed(behind=bytes(13))], id="descriptor of no known form"),
        pytest.param([streamed(packed=b"\xff" * 20)], id="damaged deflate"),
    ],
)
def test_an_archive_that_could_be_read_in_two_ways_is_refused(records):
    with pytest.raises(Invalid):
        read_zip(raw_zip(*records))


@pytest.mark.parametrize("name", ["/a", "../a", "a/../b", "a\\b", "C:/a", "a//b", "a\x1b[2J", "./", "a/."])
def test_a_name_that_is_no_plain_relative_path_is_refused(name):
    with pytest.raises(Invalid):
        read_zip(raw_zip({"name": name}))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\5\6" + bytes(18),
        SOUND[:-1],
        SOUND[:-30],
        SOUND[10:],
        b"#!/bin/sh\n" + SOUND,
        SOUND + b"\0",
        SOUND[:-2] + b"\4\0note",
        SOUND + SOUND,
    ],
    ids=["nothing", "no member", "cut", "half", "beheaded", "prefix", "suffix", "end comment", "two in one"],
)
def test_anything_before_or_after_or_missing_is_refused(content):
    with pytest.raises(Invalid):
        read_zip(content)


def test_a_member_that_unpacks_to_more_than_it_claims_is_stopped_at_its_claim():
    zeros = bytes(10 << 20)
    bomb = raw_zip({"name": "z", "content": zeros, "packed": deflated(zeros), "both": {"method": 8, "size": 1000}})
    pieces = next(walk_zip(Bytes(bomb), LIMITS)).chunks()

    with pytest.raises(Invalid, match="not what the ZIP directory says"):
        assert sum(len(piece) for piece in pieces) <= 1000


def test_a_member_nobody_reads_is_checked_all_the_same():
    with pytest.raises(Invalid):
        for _ in walk_zip(Bytes(raw_zip({"name": "a", "both": {"crc": 1}})), LIMITS):
            pass


def test_an_honest_bomb_is_refused_before_anything_is_unpacked():
    bomb = zipped(*[(f"zeros{index}", bytes(10 << 20)) for index in range(8)])

    with pytest.raises(TooLarge, match="max_ratio"):
        next(walk_zip(Bytes(bomb), LIMITS))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"max_entries": 2}, "max_entries"),
        ({"max_unpacked": 500}, "max_unpacked"),
        ({"max_depth": 1}, "max_depth"),
        ({"max_member": 100}, "max_member"),
        ({"ratio_from": 100, "max_ratio": 2}, "max_ratio"),
    ],
)
def test_each_limit_stops_the_walk_and_names_itself(changes, named):
    with pytest.raises(TooLarge, match=named):
        read_zip(SOUND, msgspec.structs.replace(LIMITS, **changes))


def test_a_large_member_is_read_in_small_pieces():
    artefact = Bytes(zipped(("big", bytes(range(256)) * 20_000), method=zipfile.ZIP_STORED))
    member = next(walk_zip(artefact, LIMITS))

    assert sum(len(piece) for piece in member.chunks()) == 256 * 20_000
    assert artefact.longest_read <= 1 << 20


def test_a_member_is_read_once_and_before_the_next_is_taken():
    walk = walk_zip(Bytes(SOUND), LIMITS)
    first = next(walk)
    next(walk)

    with pytest.raises(RuntimeError):
        first.read()


@given(st.data())
@settings(max_examples=200)
def test_a_damaged_archive_gives_only_the_two_errors(data):
    whole = data.draw(st.sampled_from([SOUND, with_zip64_end(SOUND), raw_zip(streamed(), {"name": "t"})]))
    content = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid, TooLarge):
        read_zip(bytes(content))


@given(st.data())
@settings(max_examples=100)
def test_damage_in_the_structure_never_changes_what_is_read(data):
    """Either the archive is refused, or Python's reader finds the same members with the same content."""
    content = bytearray(SOUND)
    structural = [at for at in range(len(SOUND)) if SOUND.index(b"PK\1\2") <= at or at < 60]
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.sampled_from(structural))] = data.draw(st.integers(0, 255))
    try:
        read = read_zip(bytes(content))
    except (Invalid, TooLarge):
        return
    with zipfile.ZipFile(io.BytesIO(bytes(content))) as archive:
        assert {n: archive.read(n) for n in archive.namelist() if not n.endswith("/")} == {
            name: body for name, body in read.items() if name + "/" not in archive.namelist()
        }


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.binary(max_size=500))))
@settings(max_examples=100)
def test_what_is_read_is_what_python_extracts(members):
    content = zipped(*{name: (name, body) for name, body in members if not name.endswith("/")}.values())
    try:
        read = read_zip(content)
    except Invalid:
        return
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert read == {name.removeprefix("./"): archive.read(name) for name in archive.namelist()}


def unicode_path(name: bytes, version: int = 1, of: bytes | None = None) -> bytes:
    """An extra field that states a member's name once more, for a certain name."""
    value = struct.pack("<BL", version, zlib.crc32(of if of is not None else name)) + name
    return struct.pack("<HH", 0x7075, len(value)) + value


def test_a_second_name_that_is_the_first_is_read():
    assert read_zip(raw_zip({"name": "a", "both": {"extra": unicode_path(b"a")}})) == {"a": b"x"}


@pytest.mark.parametrize(
    "extra", [unicode_path(b"b"), unicode_path(b"b", of=b"a"), unicode_path(b"a", 2), unicode_path(b"a", of=b"b")],
    ids=["other", "other for this one", "version", "for another"],
)  # fmt: skip
@pytest.mark.parametrize("where", ["both", "local", "central"])
def test_a_second_name_that_readers_may_take_for_the_first_is_refused(extra, where):
    with pytest.raises(Invalid, match="second, different name"):
        read_zip(raw_zip({"name": "a", where: {"extra": extra}}))


def restated(*sizes: int) -> bytes:
    """A ZIP64 field where none is needed."""
    return struct.pack("<HH", 1, 8 * len(sizes)) + struct.pack(f"<{len(sizes)}Q", *sizes)


def test_sizes_that_are_said_twice_alike_are_read():
    """As wheels of Bazel do."""
    assert read_zip(raw_zip({"name": "a", "local": {"extra": restated(1, 1)}})) == {"a": b"x"}
    assert read_zip(raw_zip({"name": "a", "central": {"extra": restated(1, 1, 0)}})) == {"a": b"x"}


@pytest.mark.parametrize("sizes", [(2, 1), (1, 2), (1,), (1, 1, 1), (1 << 32 | 1, 1)])
def test_sizes_that_are_said_twice_and_differ_are_refused(sizes):
    with pytest.raises(Invalid, match="ZIP64 field that does not fit"):
        read_zip(raw_zip({"name": "a", "local": {"extra": restated(*sizes)}}))


def test_names_in_the_directory_are_held_once():
    content = zipped(*((f"{number:04}/" + "/".join(["n" * 200] * 15), b"") for number in range(2_000)))
    tracemalloc.start()
    try:
        entries = read_directory(Bytes(content), LIMITS).entries
        assert tracemalloc.get_traced_memory()[1] < 2_000 * 4_000 + (3 << 20)
    finally:
        tracemalloc.stop()
    assert (len(entries), entries[-1].name[:4]) == (2_000, "1999")


def test_a_name_that_no_path_can_have_ends_the_reading_of_the_directory():
    with pytest.raises(Invalid, match="longer than 4096 bytes"):
        read_directory(Bytes(raw_zip({"name": "n" * 5_000})), LIMITS)


def test_bytes_between_the_directory_and_its_end_record_are_refused():
    content = raw_zip({"name": "a"}, {"name": "b"})
    longer = content[:-22] + b"x" * 46 + content[-22:-10] + struct.pack("<L", 2 * 47 + 46) + content[-6:]

    with pytest.raises(Invalid, match="holds more than its end record says"):
        read_directory(Bytes(longer), LIMITS)
