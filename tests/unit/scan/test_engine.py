"""The engine: what is looked at, what is told, and that the same bytes always give the same report."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.errors import Invalid
from pratique.core.scans import Verdict
from pratique.scan.engine import scan
from pratique.scan.findings import ExecutionPoint
from pratique.scan.limits import ScanLimits
from pratique.scan.report import UNFINISHED, Subject
from tests.unit.formats.archives import Bytes, tar, tar_gz, zipped
from tests.unit.scan.looks import ALL_SEEN, MISBEHAVING, WORDS

LIMITS = ScanLimits()
UNKNOWN = Subject()


def npm(*files: tuple[str, bytes], version: str = "1.0.0", **manifest: object) -> bytes:
    stated = json.dumps({"name": "left", "version": version, **manifest}).encode()
    return tar_gz(("package/package.json", stated), *((f"package/{path}", content) for path, content in files))


def look(content: bytes, detectors=WORDS, previous: bytes | None = None, subject: Subject = UNKNOWN, limits=LIMITS):
    before = None if previous is None else Bytes(previous)
    return scan(subject, Bytes(content), before, detectors, limits)


def told(report) -> list[tuple[str, str]]:
    return [(finding.detector, finding.file) for finding in report.findings]


def test_a_clean_package_is_clear():
    report = look(npm(("index.js", b"1")))

    assert (report.verdict, report.score, report.findings) == (Verdict.CLEAR, 0, ())
    assert (report.subject.ecosystem, report.subject.name, report.subject.version) == ("npm", "left", "1.0.0")
    assert report.files == 2


def test_a_finding_names_the_file_as_a_developer_knows_it_and_when_it_runs():
    report = look(npm(("index.js", b"HARM"), main="index.js"))

    (finding,) = [one for one in report.findings if one.detector == "HARM"]
    assert (finding.file, finding.point) == ("index.js", ExecutionPoint.START)
    assert report.verdict is Verdict.REVIEW


def test_two_findings_where_code_runs_unasked_quarantine():
    assert look(npm(("index.js", b"HARM OTHER"))).verdict is Verdict.REVIEW  # about the same line
    report = look(npm(("index.js", b"HARM"), ("hook.js", b"OTHER"), scripts={"postinstall": "node hook.js"}))
    assert report.verdict is Verdict.QUARANTINE


def test_layers_are_looked_at_as_well():
    hidden = base64.b64encode(b"const words = 'HARM'; require('child_process').exec(words);\n" * 4)

    report = look(npm(("index.js", b"eval(atob('" + hidden + b"'))")))

    assert ("base64",) in [finding.layers for finding in report.findings if finding.detector == "HARM"]


def test_what_a_gem_holds_has_the_paths_of_the_gem():
    metadata = (
        b"--- !ruby/object:Gem::Specification\nname: left\nversion: !ruby/object:Gem::Version\n  version: 1.0.0\n"
    )
    gem = tar(
        ("metadata.gz", gzip.compress(metadata)),
        ("data.tar.gz", tar_gz(("lib/left.rb", b"HARM"), ("ext/extconf.rb", b"OTHER"))),
    )

    report = look(gem, subject=Subject(filename="left-1.0.0.gem"))

    assert {("HARM", "lib/left.rb"), ("OTHER", "ext/extconf.rb")} <= set(told(report))
    assert (report.subject.name, report.subject.version) == ("left", "1.0.0")


def test_a_release_that_turns_bad_is_caught_by_what_is_new():
    before = npm(("index.js", b"1"), ("hook.js", b"1"))
    after = npm(("index.js", b"1"), ("hook.js", b"1"), version="1.0.1", scripts={"preinstall": "node hook.js"})

    assert ("NEW", "") in told(look(after, previous=before))
    assert ("NEW", "") not in told(look(after))


def test_what_code_does_is_added_up_for_the_whole():
    report = look(npm(("index.js", b"require('child_process').exec('curl example.test')")))

    assert [finding.sentence for finding in report.findings if finding.detector == "CAN"]


def test_files_that_are_not_held_are_read_a_second_time():
    files = [(f"f{number}.js", b"HARM" + b" " * 1000) for number in range(20)]
    content = npm(("a.zip", zipped(("x.js", b"OTHER"))), ("A.zip", b""), *files)
    little = msgspec.structs.replace(LIMITS, max_held=2_500)

    assert told(look(content, limits=little)) == told(look(content))


def test_a_manifest_that_is_not_held_is_read_where_it_lies():
    members = [("package/a.zip", zipped(("x", b"1"))), ("package/long.js", b"x" * 5000)]
    content = tar_gz(*members, ("package/package.json", b'{"name": "left", "version": "3.0.0"}'))

    assert look(content, limits=msgspec.structs.replace(LIMITS, max_held=10)).subject.version == "3.0.0"


def test_a_longer_file_is_cut_and_hashed_whole():
    report = look(npm(("a.js", b"x" * 5000 + b"HARM")), limits=msgspec.structs.replace(LIMITS, max_content=4096))

    assert ("HARM", "a.js") not in told(report)
    assert report.unpacked > 5000


def test_a_detector_that_raises_is_for_review_and_the_others_go_on():
    report = look(npm(("a.js", b"RAISE"), ("b.js", b"HARM")), MISBEHAVING)

    assert {(UNFINISHED, "a.js"), ("HARM", "b.js")} <= set(told(report))
    assert report.verdict is Verdict.REVIEW


def test_the_same_bytes_give_the_same_report():
    content = npm(*((f"f{number}.js", b"HARM OTHER") for number in range(30)))

    assert look(content) == look(content)


def test_of_very_many_findings_the_worst_are_told():
    content = npm(*((f"f{number}.js", b"x") for number in range(30)), ("z.js", b"HARM"))
    report = look(content, ALL_SEEN + WORDS, limits=msgspec.structs.replace(LIMITS, max_findings=5))

    assert told(report)[0] == ("HARM", "z.js")
    assert (len(report.findings), report.left_out) == (5, 28)


def test_that_something_failed_is_told_whatever_else_is_found():
    content = npm(*((f"f{number}.js", b"HARM") for number in range(30)), ("z.js", b"RAISE"))
    report = look(content, MISBEHAVING, limits=msgspec.structs.replace(LIMITS, max_findings=5))

    assert not report.finished
    assert (UNFINISHED, "z.js") in told(report)
    assert (len(report.findings), report.left_out > 20) == (5, True)


@pytest.mark.parametrize(
    ("filename", "files", "ecosystem"),
    [
        ("x.whl", [("x/__init__.py", b"")], "pypi"),
        ("x.crate", [("x-1/Cargo.toml", b"")], "cargo"),
        ("x.nupkg", [("x.nuspec", b"<package/>")], "nuget"),
        ("x.jar", [("A.class", b"")], "maven"),
        ("", [("x-1.0.dist-info/METADATA", b"Name: x")], "pypi"),
        ("", [("x-1.0/PKG-INFO", b"Name: x")], "pypi"),
        ("", [("x-1.0/Cargo.toml", b"")], "cargo"),
        ("", [("META-INF/MANIFEST.MF", b"")], "maven"),
        ("", [("x.nuspec", b"<package/>")], "nuget"),
        ("", [("x.gemspec", b"")], "rubygems"),
    ],
)
def test_name_and_content_tell_the_ecosystem(filename, files, ecosystem):
    assert look(zipped(*files), subject=Subject(filename=filename)).subject.ecosystem == ecosystem


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"", "no archive"), (b"hello", "no archive"), (zipped(("a", b"1")), "which ecosystem")],
    ids=["empty", "text", "unknown"],
)
def test_what_cannot_be_scanned_at_all_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(Invalid, match=sentence):
        look(content)


def test_a_cut_archive_is_scanned_as_far_as_it_goes_and_says_so():
    content = npm(("a.js", b"HARM"), *((f"f{number}.js", str(number).encode() * 90) for number in range(99)))

    assert {("HARM", "a.js"), ("ODD", "")} <= set(told(look(content[:-100], subject=Subject(ecosystem="npm"))))


def test_bombs_deep_nesting_and_very_many_members_are_oddities():
    limits = msgspec.structs.replace(LIMITS, archive=ArchiveLimits(max_entries=50, ratio_from=1 << 20))
    deep = b"x"
    for _ in range(6):
        deep = zipped(("a.zip", deep))

    for content in (npm(("a", bytes(3 << 20))), npm(*((str(n), b"") for n in range(60))), npm(("a.zip", deep))):
        assert any(finding.detector == "ODD" for finding in look(content, limits=limits).findings)


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(st.text(max_size=30), st.binary(max_size=200), max_size=6), st.sampled_from(["npm", "pypi"]))
def test_whatever_names_and_content_are_a_report_comes_out(files, ecosystem):
    members = [(f"package/{name}", content) for name, content in files.items() if name and "\0" not in name]
    try:
        content = tar_gz(("package/package.json", b"{}"), *members)
    except UnicodeEncodeError:
        return

    assert look(content, ALL_SEEN, subject=Subject(ecosystem=ecosystem)).files > len(members)


def wheel(record: str, *files: tuple[str, bytes]) -> bytes:
    return zipped(
        *files, ("left-1.0.dist-info/METADATA", b"Name: left\n"), ("left-1.0.dist-info/RECORD", record.encode())
    )


HASHED = "left.py,sha256=" + base64.urlsafe_b64encode(hashlib.sha256(b"1").digest()).decode().rstrip("=") + ",1\n"
LISTED = HASHED + "left-1.0.dist-info/METADATA,,\nleft-1.0.dist-info/RECORD,,\n"


@pytest.mark.parametrize(
    ("record", "files", "differing"),
    [
        (LISTED, [("left.py", b"1")], []),
        (LISTED, [("left.py", b"2")], ["left.py"]),
        (LISTED, [("left.py", b"1"), ("evil.pth", b"1")], ["evil.pth"]),
        (LISTED, [], ["left.py"]),
        ('"', [], ["left-1.0.dist-info/METADATA"]),
    ],
    ids=["same", "other digest", "not listed", "not there", "broken"],
)
def test_a_wheel_that_is_not_what_its_record_says_is_told(record, files, differing):
    report = look(wheel(record, *files), subject=Subject(filename="left-1.0-py3-none-any.whl"))

    odd = [finding.sentence.removeprefix("record-differs ") for finding in report.findings if finding.detector == "ODD"]
    assert odd == differing
