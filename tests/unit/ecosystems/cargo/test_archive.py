"""A crate is one folder of plain files with one Cargo.toml; everything else is refused with a sentence."""

from __future__ import annotations

import contextlib
import gzip
import tarfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from tests.harness.crates import crate
from tests.unit.ecosystems.cargo.reading import manifest_of, read_crate
from tests.unit.formats.archives import special, tar, tar_gz

TOML = b'[package]\nname = "left"\nversion = "1.0.0"\n'
MANIFEST = ("left-1.0.0/Cargo.toml", TOML)


def test_a_crate_says_who_it_is_and_what_it_needs():
    read = manifest_of('keywords = ["a"]\nlinks = "z"\n[dependencies]\nb = "1"\n')
    assert (read.name, read.version) == ("left", "1.0.0")
    assert read.fields["description"] == "Inert"
    assert read.fields["keywords"] == ["a"]
    assert read.fields["index"]["links"] == "z"
    assert [one["name"] for one in read.fields["index"]["deps"]] == ["b"]
    assert read.metadata == b""


def test_names_keep_their_case_and_versions_their_build():
    read = manifest_of(name="My_Crate", version="1.0.0-rc.1+b.7")
    assert (read.name, read.version) == ("My_Crate", "1.0.0-rc.1+b.7")


@pytest.mark.parametrize(
    ("more", "files", "points"),
    [
        ("", {}, ()),
        ("build = false", {"build.rs": ""}, ()),
        ("", {"build.rs": ""}, ("build.rs",)),
        ("", {"Build.RS": ""}, ("build.rs",)),
        ("", {"src/build.rs": ""}, ()),
        ('build = "src/make.rs"', {}, ("build.rs",)),
        ('build = ["a.rs", "b.rs"]', {}, ("build.rs",)),
        ("build = true", {}, ("build.rs",)),
        ('build = ""', {"build.rs": ""}, ()),
        ("[lib]\nproc-macro = true", {}, ("proc-macro",)),
        ("[lib]\nproc_macro = true", {}, ("proc-macro",)),
        ('[lib]\ncrate-type = ["proc-macro"]', {}, ("proc-macro",)),
        ('[lib]\ncrate_type = ["proc-macro"]', {}, ("proc-macro",)),
        ('[lib]\ncrate-type = ["cdylib"]\nproc-macro = false', {}, ()),
        ("[lib]\nproc-macro = true", {"build.rs": ""}, ("build.rs", "proc-macro")),
    ],
)
def test_code_that_runs_while_others_build_is_noticed(more, files, points):
    assert manifest_of(more, files=files).execution_points == points


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ({"cargo.toml": "x"}, "'cargo.toml'; its manifest must be spelled Cargo.toml"),
        ({"CARGO.TOML": "x"}, "must be spelled Cargo.toml"),
        ({"Cargo.toml.": "x"}, "must be spelled Cargo.toml"),
        ({"Cargo.toml .": "x"}, "must be spelled Cargo.toml"),
        ({"Cargo.toml::$DATA": "x"}, "must be spelled Cargo.toml"),
        ({"cargo.toml/x": "x"}, "also the name of a folder"),
        ({"SRC/lib.rs": "x"}, "'src/lib.rs' and 'SRC/lib.rs', one file on some systems"),
        ({"a.txt": "x", "A.TXT": "x"}, "one file on some systems"),
        ({"caf\u00e9": "x", "cafe\u0301": "x"}, "one file on some systems"),
        ({"\u017f": "x", "s": "x"}, "one file on some systems"),
        ({"a": "x", "a.": "x"}, "one file on some systems"),
        ({"a/b": "x", "A": "x"}, "'A', on some systems also the name of a folder"),
        ({"Src": "x"}, "'Src', on some systems also the name of a folder"),
        ({".cargo-ok": "ok"}, "with which cargo marks"),
        ({".Cargo-OK": "ok"}, "with which cargo marks"),
    ],
)
def test_files_that_other_systems_would_mix_up_are_refused(files, why):
    with pytest.raises(Invalid, match=why.replace("(", "\\(").replace("$", "\\$")):
        manifest_of(files=files)


def test_what_looks_alike_elsewhere_in_the_tree_is_fine():
    assert manifest_of(files={"sub/cargo.toml": "", "sub/.cargo-ok": "", "Cargo.toml.orig": "", "Src/other.rs": ""})


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ([MANIFEST, MANIFEST], "twice"),
        ([MANIFEST, ("./left-1.0.0/x", b"")], "without `./`"),
        ([("./left-1.0.0/Cargo.toml", TOML)], "without `./`"),
        ([special("./", tarfile.DIRTYPE), MANIFEST], "without `./`"),
        ([special(".", tarfile.DIRTYPE), MANIFEST], "without `./`"),
        ([MANIFEST, ("left-1.0.0/Cargo.toml/", b"")], "Cargo.toml"),
        ([MANIFEST, ("right-1.0.0/Cargo.toml", TOML)], "outside of its folder"),
        ([MANIFEST, ("Cargo.toml", TOML)], "outside of its folder"),
        ([MANIFEST, ("left-1.0.0x", b"")], "outside of its folder"),
        ([MANIFEST, ("Left-1.0.0/x", b"")], "outside of its folder"),
        ([("left-1.0.0", TOML)], "a file in place of its folder"),
        ([("left-1.0.0/src/lib.rs", b"")], "no Cargo.toml in its top folder"),
        ([("left-1.0.0/sub/Cargo.toml", TOML)], "no Cargo.toml in its top folder"),
        ([("left-1.0.0/cargo.toml", TOML)], "must be spelled Cargo.toml"),
        ([special("left-1.0.0/Cargo.toml", tarfile.DIRTYPE)], "no Cargo.toml in its top folder"),
        ([], "no Cargo.toml in its top folder"),
        ([MANIFEST, ("left-1.0.0/../x", b"")], "not allowed"),
        ([MANIFEST, ("/left-1.0.0/x", b"")], "not allowed"),
        ([MANIFEST, ("left-1.0.0/a\\..\\x", b"")], "backslashes"),
        ([MANIFEST, ("left-1.0.0/a\nb", b"")], "control characters"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.SYMTYPE, "src/lib.rs")], "a link or device"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.SYMTYPE, "../../etc/passwd")], "may lead out"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.SYMTYPE, "/etc/passwd")], "may lead out"),
        ([special("left-1.0.0", tarfile.SYMTYPE, "elsewhere"), MANIFEST], "a link or device"),
        ([special("left-1.0.0/.cargo-ok", tarfile.SYMTYPE, "x"), MANIFEST], "a link or device"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.LNKTYPE, "left-1.0.0/Cargo.toml")], "a link or device"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.LNKTYPE, "../../etc/passwd")], "not allowed"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.CHRTYPE)], "a link or device"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.FIFOTYPE)], "a link or device"),
        ([MANIFEST, special("left-1.0.0/x", tarfile.GNUTYPE_SPARSE)], "sparse file"),
    ],
)
def test_archives_that_two_readers_could_read_in_two_ways_are_refused(members, why):
    with pytest.raises(Invalid, match=why):
        read_crate(tar_gz(*members))


def with_header(**headers: str) -> bytes:
    """A crate with a file before which these extended headers stand."""
    info = tarfile.TarInfo("left-1.0.0/x")
    info.pax_headers = headers
    return tar_gz(MANIFEST, info)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (with_header(**{"GNU.sparse.major": "1"}), "sparse file"),
        (with_header(comment="x" * (2 << 20)), "extended header of"),
        (with_header(path="left-1.0.0/../../x"), "not allowed"),
        (with_header(path="left-1.0.0/cargo.toml"), "must be spelled Cargo.toml"),
        (with_header(path="left-1.0.0/Cargo.toml"), "twice"),
        (with_header(size="7"), "two sizes"),
        (tar(MANIFEST), "no sound gzip|not a sound gzip"),
        (tar_gz(MANIFEST) + b"x", "bytes follow"),
        (tar_gz(MANIFEST) * 2, "bytes follow"),
        (tar_gz(MANIFEST)[:-9], "cut short|ends"),
        (gzip.compress(tar(MANIFEST) + tar(MANIFEST)), "bytes follow"),
        (gzip.compress(tar(MANIFEST)[:700]), "ends"),
        (b"", "gzip"),
        (b"PK\x03\x04", "gzip"),
    ],
)
def test_broken_and_ambiguous_archives_are_refused(content, why):
    with pytest.raises(Invalid, match=why):
        read_crate(content)


@pytest.mark.parametrize(
    ("toml", "why"),
    [
        (TOML.replace(b"left", b"right"), "is called 'left-1.0.0.crate', Cargo.toml inside says right@1.0.0"),
        (TOML.replace(b"left", b"Left"), "Cargo.toml inside says Left@1.0.0"),
        (TOML.replace(b"1.0.0", b"1.0.1"), "Cargo.toml inside says left@1.0.1"),
        (TOML.replace(b"1.0.0", b"1.0.0+b"), "Cargo.toml inside says left@1.0.0"),
        (TOML.replace(b"1.0.0", b"1.0"), "states the version '1.0', which is none that cargo reads"),
        (TOML.replace(b"left", b"../left"), "is no crate's name"),
        (TOML.replace(b"left", b""), "the name of a crate is missing"),
        (b"[workspace]", "no .package."),
        (b"\xff", "no readable TOML"),
        (TOML + b"[dependencies]\nb = {}", "the dependency 'b' has no version"),
    ],
)
def test_a_manifest_that_names_another_crate_or_none_is_refused(toml, why):
    with pytest.raises(Invalid, match=why):
        read_crate(tar_gz(("left-1.0.0/Cargo.toml", toml)))


@pytest.mark.parametrize("filename", ["left-1.0.0.tgz", "left-1.0.0", "", "x" * 500])
def test_other_files_are_no_crates(filename):
    with pytest.raises(Invalid, match=r"must end in \.crate"):
        read_crate(crate("left", "1.0.0"), filename)


@pytest.mark.parametrize("filename", ["right-1.0.0.crate", "left-1.0.1.crate", "Left-1.0.0.crate", ".crate"])
def test_folder_and_file_must_be_called_alike(filename):
    with pytest.raises(Invalid, match="outside of its folder"):
        read_crate(crate("left", "1.0.0"), filename)


def test_a_crate_in_a_folder_of_another_release_is_refused():
    with pytest.raises(Invalid, match=r"outside of its folder 'left-1\.0\.0'"):
        manifest_of(top="left-2.0.0")


def test_everything_about_a_crate_is_bounded():
    with pytest.raises(TooLarge, match=r"Cargo\.toml in the crate has"):
        manifest_of("#" * (1 << 20))
    with pytest.raises(TooLarge, match="max_entries"):
        read_crate(crate("left", "1.0.0"), limits=ArchiveLimits(max_entries=1))
    with pytest.raises(TooLarge, match="max_unpacked"):
        read_crate(crate("left", "1.0.0"), limits=ArchiveLimits(max_unpacked=1 << 10))
    with pytest.raises(TooLarge, match="max_ratio"):
        read_crate(tar_gz(MANIFEST, ("left-1.0.0/x", bytes(1 << 20))), limits=ArchiveLimits(ratio_from=1 << 16))
    with pytest.raises(TooLarge, match="max_depth"):
        read_crate(tar_gz(MANIFEST, ("left-1.0.0/" + "a/" * 64 + "x", b"")))


pieces = st.sampled_from(["left-1.0.0", "Cargo.toml", "cargo.toml", "src", "..", "", "a", "A", "\u0131", ".cargo-ok"])
paths = st.lists(pieces, min_size=1, max_size=4).map("/".join)
kinds = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.GNUTYPE_SPARSE])


@given(st.lists(st.builds(special, paths, kinds, paths) | paths.map(lambda path: (path, TOML)), max_size=5))
def test_any_archive_is_this_crate_or_refused(members):
    with contextlib.suppress(Invalid, TooLarge):
        read = read_crate(tar_gz(*members))
        assert (read.name, read.version) == ("left", "1.0.0")
        assert MANIFEST in members


@given(st.data())
def test_a_damaged_crate_is_read_or_refused(data):
    content = bytearray(tar(MANIFEST, ("left-1.0.0/src/lib.rs", b"x" * 600)))
    for _ in range(data.draw(st.integers(1, 3))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(Invalid, TooLarge):
        read_crate(gzip.compress(bytes(content)))


@given(st.binary(max_size=100))
def test_any_bytes_are_refused(content):
    with pytest.raises((Invalid, TooLarge)):
        read_crate(content)
