"""What artefacts say of themselves, and what is wrong with those that lie."""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import tarfile
import tracemalloc

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid, TooLarge
from pratique.ecosystems.pypi import PYPI
from pratique.ecosystems.pypi.record import Content, check_record
from tests.unit.ecosystems.pypi.artefacts import INFO, METADATA, SDIST_NAME, WHEEL, WHEEL_NAME, record, sdist, wheel
from tests.unit.formats.archives import Bytes, special, tar, zipped

LIMITS = ArchiveLimits()


def stored_gzip(content: bytes) -> bytes:
    """Compressed with nothing but stored blocks, so that what is inside can be read outside."""
    return gzip.compress(content, compresslevel=0, mtime=0)


def manifest(content: bytes, filename: str, limits: ArchiveLimits = LIMITS):
    return PYPI.read_manifest(filename, Bytes(content), limits)


def test_a_wheel_gives_its_metadata_word_for_word():
    read = manifest(wheel(), WHEEL_NAME)

    assert (read.name, read.version, read.metadata) == ("Demo.Pkg", "1.0", METADATA)
    assert read.fields["requires_dist"] == ["six>=1"]
    assert read.fields["description"] == "Hello\n"
    assert read.execution_points == ()
    assert msgspec.json.decode(msgspec.json.encode(read.fields)) == read.fields


def test_a_wheel_says_what_it_was_built_for():
    built = {f"{INFO}/WHEEL": WHEEL + b"Tag: py2-none-any\r\nBuild: 7b\n"}

    read = manifest(wheel(built), WHEEL_NAME)

    assert (read.fields["_tags"], read.fields["_build"]) == (["py2-none-any", "py3-none-any"], "7b")


def test_a_source_archive_gives_its_metadata_and_runs_code_when_installed():
    read = manifest(sdist(), SDIST_NAME)

    assert (read.name, read.version, read.metadata) == ("Demo.Pkg", "1.0", b"")
    assert read.fields["requires_python"] == ">=3.8"
    assert read.execution_points == ("setup.py",)


@pytest.mark.parametrize("name", ["hook.pth", "demo_pkg-1.0.data/purelib/hook.pth"])
def test_a_pth_file_runs_at_every_start_and_is_named(name):
    assert manifest(wheel({name: b"import os"}), WHEEL_NAME).execution_points == (name,)


def test_a_pth_file_inside_a_package_runs_nothing():
    assert manifest(wheel({"demo_pkg/data.pth": b""}), WHEEL_NAME).execution_points == ()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(wheel({f"{INFO}/METADATA": None}), id="no METADATA"),
        pytest.param(wheel({f"{INFO}/WHEEL": None}), id="no WHEEL"),
        pytest.param(wheel({f"{INFO}/RECORD": None}), id="no RECORD"),
        pytest.param(wheel({"other-1.0.dist-info/METADATA": METADATA}), id="two dist-info"),
        pytest.param(wheel({"x.DIST-INFO/METADATA": METADATA}), id="two dist-info in other case"),
        pytest.param(zipped(("a.py", b"")), id="no dist-info"),
        pytest.param(wheel({f"{INFO}/WHEEL": b"Wheel-Version: 2.0\n"}), id="wheel 2"),
        pytest.param(wheel({f"{INFO}/WHEEL": b""}), id="empty WHEEL"),
        pytest.param(wheel({"demo_pkg/A.py": b"", "demo_pkg/a.py": b""}), id="twins in case"),
        pytest.param(wheel({"demo_pkg/\u00e9.py": b"", "demo_pkg/e\u0301.py": b""}), id="twins in composition"),
        pytest.param(wheel({f"{INFO}/RECORD": b"\xff"}), id="RECORD not UTF-8"),
        pytest.param(wheel({f"{INFO}/RECORD": b'"unclosed'}), id="RECORD no CSV"),
        pytest.param(
            wheel({f"{INFO}/RECORD": b"".join(b"%d,,\n" % number for number in range(1_000)) + b'"unclosed'}),
            id="RECORD with more lines than files",
        ),
        pytest.param(wheel({f"{INFO}/RECORD": b"a,b\n"}), id="RECORD with two columns"),
        pytest.param(wheel({f"{INFO}/RECORD": b""}), id="empty RECORD"),
        pytest.param(
            wheel({f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: other\nVersion: 1.0\n"}), id="other name"
        ),
        pytest.param(
            wheel({f"{INFO}/METADATA": b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 2\n"}), id="other version"
        ),
        pytest.param(wheel(info="other-1.0.dist-info"), id="dist-info of another project"),
        pytest.param(wheel(info="demo_pkg-1.1.dist-info"), id="dist-info of another version"),
        pytest.param(wheel(info=".dist-info"), id="dist-info without a name"),
        pytest.param(b"not a zip", id="no zip"),
    ],
)
def test_a_wheel_that_is_not_whole_and_true_is_refused(content):
    with pytest.raises(Invalid):
        manifest(content, WHEEL_NAME)


RECORDED = {"demo_pkg/__init__.py": b"x = 1\n", f"{INFO}/METADATA": METADATA, f"{INFO}/WHEEL": WHEEL}


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        (RECORDED | {"ghost.py": b""}, "lists missing 'ghost.py'"),
        (
            {name: RECORDED[name] for name in RECORDED if name != "demo_pkg/__init__.py"},
            "does not list 'demo_pkg/__init__.py'",
        ),
        (RECORDED | {"demo_pkg/__init__.py": b"x = 2\n"}, "another one"),
    ],
)
def test_a_record_that_lies_is_refused(files, sentence):
    with pytest.raises(Invalid, match=sentence):
        manifest(wheel({f"{INFO}/RECORD": record(files)}), WHEEL_NAME)


@pytest.mark.parametrize("size", ["6", " 6 ", ""])
def test_a_record_may_leave_sizes_out(size):
    assert manifest(wheel({f"{INFO}/RECORD": resized(size)}), WHEEL_NAME).name == "Demo.Pkg"


@pytest.mark.parametrize("size", ["7", "0", "-6", "six", "6.0", "06"])
def test_a_record_that_states_another_size_is_refused(size):
    with pytest.raises(Invalid, match="bytes, it has 6"):
        manifest(wheel({f"{INFO}/RECORD": resized(size)}), WHEEL_NAME)


def resized(size: str) -> bytes:
    """A RECORD with another size of the first file."""
    first, _, rest = record(RECORDED).partition(b"\n")
    return first.rpartition(b",")[0] + f",{size}\n".encode() + rest


@pytest.mark.parametrize("algorithm", ["sha384", "sha512", "SHA512"])
def test_a_record_may_state_stronger_digests(algorithm):
    assert manifest(wheel({f"{INFO}/RECORD": hashed(algorithm)}), WHEEL_NAME).name == "Demo.Pkg"


@pytest.mark.parametrize(("algorithm", "of"), [("md5", None), ("sha1", None), ("sha224", None), ("sha512", b"other")])
def test_a_record_with_weak_or_wrong_digests_is_refused(algorithm, of):
    with pytest.raises(Invalid, match="states no sha256, or another one"):
        manifest(wheel({f"{INFO}/RECORD": hashed(algorithm, of)}), WHEEL_NAME)


def hashed(algorithm: str, of: bytes | None = None) -> bytes:
    """A RECORD in which the first file has another kind of digest."""
    name, content = next(iter(RECORDED.items()))
    digest = base64.urlsafe_b64encode(hashlib.new(algorithm, of or content).digest()).rstrip(b"=").decode()
    _, _, rest = record(RECORDED).partition(b"\n")
    return f"{name},{algorithm}={digest},\n".encode() + rest


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        pytest.param(
            b"".join(b"g%d,,\n" % number for number in range(9)), "more files than the wheel holds", id="many"
        ),
        pytest.param(b"\n" * (1 << 20), "more files than the wheel holds", id="empty lines"),
        pytest.param(b"," * 20_000, "a line of more than 10000 characters", id="columns"),
        pytest.param(b"a,b\n" + b"x" * 20_000 + b"\xff", "not `path,hash", id="nothing behind a wrong line"),
    ],
)
def test_a_record_is_read_no_further_than_it_can_be_true(changed, sentence):
    with pytest.raises(Invalid, match=sentence):
        manifest(wheel({f"{INFO}/RECORD": changed}), WHEEL_NAME)


def test_reading_a_record_of_a_million_lines_takes_no_memory_for_them():
    content = {"a.py": Content("x", 1)}
    written = b"a,,\n" + b"".join(b"%d,,\n" % number for number in range(1 << 20))

    tracemalloc.start()
    try:
        with pytest.raises(Invalid, match="more files"):
            check_record(content, written, INFO, Bytes(b""), LIMITS)
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_a_record_with_the_line_ends_of_a_windows_builder_is_read():
    assert manifest(wheel({f"{INFO}/RECORD": record(RECORDED).replace(b"\n", b"\r\r\n")}), WHEEL_NAME).version == "1.0"


def test_a_wheel_file_and_a_python_requirement_have_a_length_that_can_be_read():
    tags = WHEEL + b"Tag: py2-none-any\n" * 20_000
    blanks = METADATA.replace(b">=3.8", b"===" + b" " * 500_000 + b"x y")

    for path, content in (("WHEEL", tags), ("METADATA", blanks)):
        with pytest.raises(TooLarge, match="more than"):
            manifest(wheel({f"{INFO}/{path}": content}), WHEEL_NAME)


def test_a_record_without_hashes_is_refused():
    with pytest.raises(Invalid, match="states no sha256"):
        manifest(wheel({f"{INFO}/RECORD": b"".join(f"{name},,\n".encode() for name in RECORDED)}), WHEEL_NAME)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(sdist(pkg_info=None), id="no PKG-INFO"),
        pytest.param(sdist(("other/x", b"")), id="two top folders"),
        pytest.param(sdist(("loose", b"")), id="file beside the top folder"),
        pytest.param(sdist(top="demo_pkg"), id="top folder without version"),
        pytest.param(sdist(top="other-1.0"), id="top folder of another project"),
        pytest.param(sdist(("demo_pkg-1.0/pkg-info", b"")), id="twin of PKG-INFO"),
        pytest.param(
            sdist(special("demo_pkg-1.0/PKG-INFO", tarfile.SYMTYPE, "pyproject.toml"), pkg_info=None),
            id="linked PKG-INFO",
        ),
        pytest.param(sdist(pkg_info=b"Name: x\n"), id="no metadata version"),
        pytest.param(sdist(pkg_info=METADATA.replace(b"1.0", b"1.1")), id="other version"),
        pytest.param(gzip.compress(tar()), id="empty"),
        pytest.param(b"not a tar", id="no tar"),
        pytest.param(
            stored_gzip(tar(("demo_pkg-1.0/PKG-INFO", METADATA), ("demo_pkg-1.0/x", zipped(("evil.py", b""))))),
            id="a zip for whoever looks from the end",
        ),
    ],
)
def test_a_source_archive_that_is_not_whole_and_true_is_refused(content):
    with pytest.raises(Invalid):
        manifest(content, SDIST_NAME)


def test_another_pkg_info_deeper_down_is_no_matter():
    content = sdist(("demo_pkg-1.0/src/demo.egg-info/PKG-INFO", b"junk"))

    assert manifest(content, SDIST_NAME).name == "Demo.Pkg"


@pytest.mark.parametrize(
    "metadata",
    [
        b"Metadata-Version: 9.0\nName: demo-pkg\nVersion: 1.0\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nName: demo-pkg\nVersion: 1.0\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\nVersion: 1.0\n",
        b"Metadata-Version: 2.1\nName: \xff\nVersion: 1.0\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: one\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1" + b".0" * 200 + b"\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: " + b"1" * 5_000 + b"\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\nRequires-Python: three\n",
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\nRequires-Dist: ???\n",
        b"",
        b"\0" * 100,
    ],
)
def test_metadata_that_resolvers_would_stumble_over_is_refused(metadata):
    with pytest.raises(Invalid):
        manifest(wheel({f"{INFO}/METADATA": metadata}), WHEEL_NAME)


def test_untidy_metadata_that_harms_nobody_is_accepted():
    untidy = (
        b"Metadata-Version: 2.1\nName: demo-pkg\nVersion: 1.0\nLicense-File: LICENSE\nX-Own: yes\nSummary: a\n  b\n"
    )

    assert manifest(wheel({f"{INFO}/METADATA": untidy}), WHEEL_NAME).name == "demo-pkg"


HEAD = METADATA.partition(b"\n\n")[0] + b"\n"


def test_an_old_description_folded_into_a_field_is_accepted():
    folded = b"Description: first\n" + b"".join(b"        line %d: text\n        \n" % index for index in range(300))

    assert "line 299" in manifest(sdist(pkg_info=HEAD + folded), SDIST_NAME).fields["description"]


@pytest.mark.parametrize(
    "metadata",
    [
        pytest.param(METADATA + b"x" * (5 << 20), id="description"),
        pytest.param(HEAD + b"Summary: " + b"x" * (2 << 20), id="one field"),
        pytest.param(HEAD + b"Classifier: a\n" * 100_000, id="many fields"),
        pytest.param(HEAD + b"".join(b"X-%d: a\n" % index for index in range(200)), id="many different fields"),
        pytest.param(HEAD + b"".join(b"X-%d: a\r" % index for index in range(200)), id="with old line ends"),
    ],
)
def test_metadata_without_end_is_too_large(metadata):
    with pytest.raises(TooLarge):
        manifest(wheel({f"{INFO}/METADATA": metadata}), WHEEL_NAME)


@pytest.mark.parametrize(
    "field",
    [
        b"Content-Type: multipart/mixed; boundary=a",
        b"Content-Type: message/rfc822\n\n" * 10_000,
        b"MIME-Version: 1.0",
    ],
)
def test_metadata_that_nests_is_refused(field):
    with pytest.raises(Invalid):
        manifest(wheel({f"{INFO}/METADATA": HEAD + field + b"\n"}), WHEEL_NAME)


REQUIRED = b"Requires-Dist: %s\n"
SHORT = REQUIRED % (b"left-pad (>=1,<2) ; python_version >= '3.8'" + b" " * 60)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        pytest.param(REQUIRED % (b"a" + b">=1," * 1_000 + b">=1"), "of more than 4000 characters: 'a>=1", id="long"),
        pytest.param(REQUIRED % (b"a ; os_name == ''" + b" or os_name == ''" * 300), "of more than 4000", id="marker"),
        pytest.param(REQUIRED % (b"a ; " + b"(" * 3_000), "more than 32 par", id="nested"),
        pytest.param(REQUIRED % (b"a ; (os_name == '')" + b" or (os_name == '')" * 32), "more than 32 p", id="many"),
        pytest.param(SHORT * 3_000, "requirements of more than 262144 characters together", id="all of them"),
    ],
)
def test_requirements_that_take_a_parser_long_are_refused_before_it_sees_them(fields, why, monkeypatch):
    monkeypatch.setattr("packaging.requirements.Requirement.__init__", lambda *_all: pytest.fail("it was parsed"))

    for content, filename in (
        (wheel({f"{INFO}/METADATA": HEAD + fields}), WHEEL_NAME),
        (sdist(pkg_info=HEAD + fields), SDIST_NAME),
    ):
        with pytest.raises(TooLarge, match=why):
            manifest(content, filename)


def test_a_thousand_requirements_and_one_for_every_platform_are_read():
    platforms = b"greenlet ; " + b"(platform_machine == 'aarch64' or " * 20 + b"os_name == ''" + b")" * 20

    read = manifest(wheel({f"{INFO}/METADATA": HEAD + SHORT * 1_000 + REQUIRED % platforms}), WHEEL_NAME)

    assert len(read.fields["requires_dist"]) == 1_000 + 1 + METADATA.count(b"Requires-Dist")


def test_a_bomb_in_a_wheel_is_too_large():
    with pytest.raises(TooLarge):
        manifest(wheel({f"z{index}": bytes(20 << 20) for index in range(4)}), WHEEL_NAME)


@pytest.mark.parametrize("filename", ["demo_pkg-1.0.zip", "demo_pkg-1.0.egg", "demo_pkg-1.0.tar.bz2"])
def test_another_format_is_refused(filename):
    with pytest.raises(Invalid, match="neither a wheel"):
        manifest(sdist(), filename)


@given(st.binary(max_size=300), st.booleans())
@settings(max_examples=150)
def test_any_metadata_is_read_or_refused(extra, after):
    metadata = METADATA.partition(b"\n\n")[0] + b"\n" + extra if after else extra + METADATA
    with contextlib.suppress(Invalid, TooLarge):
        manifest(wheel({f"{INFO}/METADATA": metadata}), WHEEL_NAME)


@given(st.binary(max_size=200))
@settings(max_examples=80)
def test_any_record_is_read_or_refused(extra):
    with contextlib.suppress(Invalid, TooLarge):
        manifest(wheel({f"{INFO}/RECORD": record(RECORDED) + extra}), WHEEL_NAME)
