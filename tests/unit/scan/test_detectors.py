"""Detectors that look at what is told of a package, at its files as a whole, and at what it was built from."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest

from pratique.formats.file_kind import kind_of
from pratique.scan.detectors import (
    clone,
    known_bad,
    manifest_differs,
    near_duplicate,
    packed_program,
    thin_metadata,
    unlike_source,
    unreadable_setup,
)
from pratique.scan.detectors.registry import DETECTORS
from pratique.scan.engine import scan
from pratique.scan.findings import ExecutionPoint, Severity
from pratique.scan.known import known
from pratique.scan.limits import ScanLimits
from pratique.scan.report import Subject
from pratique.scan.score import Verdict
from pratique.scan.seen import Artefact, Identity, Listed, Outline, SeenFile
from tests.lookalikes.general import FAMILY
from tests.unit.formats.archives import Bytes, tar_gz, zipped

INSTALL, BUILD, START, RUN, NONE = ExecutionPoint


def artefact(ecosystem="npm", name="left", **more) -> Artefact:
    return Artefact(ecosystem, name, "1.0.0", **more)


def seen(path: str, content: bytes, point: ExecutionPoint = RUN) -> SeenFile:
    return SeenFile(path, kind_of(path, content), content, len(content), hashlib.sha256(content).hexdigest(), point)


def listed(path: str, digest: str, point: ExecutionPoint = RUN) -> Listed:
    return Listed(path, 1_000, kind_of(path, b"text"), digest, point)


@pytest.mark.parametrize(
    ("ecosystem", "stated", "asked", "differs"),
    [
        ("pypi", Identity("Left_Pad", "1.0"), Identity("left-pad", "1.0"), False),
        ("nuget", Identity("Left.Pad", "1.0.0"), Identity("left.pad", "1.0.0+build"), False),
        ("npm", Identity("left", "1.0.0"), Identity(), False),
        ("npm", Identity(), Identity("left", "1.0.0"), False),
        ("npm", Identity("left_pad", "1.0.0"), Identity("left-pad", "1.0.0"), True),
        ("npm", Identity("left", "1.0.1"), Identity("left", "1.0.0"), True),
    ],
)
def test_a_manifest_that_states_another_name_or_version_is_told(ecosystem, stated, asked, differs):
    found = list(manifest_differs.judge(artefact(ecosystem, stated=stated, asked=asked)))

    assert bool(found) is differs


def test_a_package_under_a_name_that_its_manifest_does_not_state_is_for_review():
    content = tar_gz(("package/package.json", b'{"name": "left", "version": "1.0.0"}'))

    report = scan(Subject("npm", "right", "1.0.0"), Bytes(content), None, DETECTORS, ScanLimits())

    assert report.verdict is Verdict.REVIEW


@pytest.mark.parametrize(
    ("text", "severity"),
    [
        ("from setuptools import setup\nsetup()\n", None),
        ("from distutils.core import setup\nprint 'old'\nsetup()\n", Severity.LOW),
        ("try:\n    pass\nexcept ValueError, e:\n    pass\n", Severity.LOW),
        ("setup(((((\n", Severity.MEDIUM),
        ("\0", Severity.MEDIUM),
        ("(" * 5_000, Severity.MEDIUM),
    ],
    ids=["Python 3", "print", "except", "brackets", "zero", "nesting"],
)
def test_a_setup_py_that_no_python_reads_is_told(text, severity):
    found = list(unreadable_setup.look(seen("setup.py", text.encode(), INSTALL), artefact("pypi")))

    assert [one.severity for one in found] == ([] if severity is None else [severity])


def test_a_file_that_was_found_bad_before_is_known_wherever_it_lies():
    digest = next(iter(known().bad))

    found = list(known_bad.judge(artefact(outline=Outline(files=(listed("a/b.txt", digest),)), bad=known().bad)))

    assert [(one.file, one.severity) for one in found] == [("a/b.txt", Severity.CRITICAL)]


def test_code_of_a_family_is_known_whatever_its_names_are():
    renamed = FAMILY.replace("step", "stride").encode()

    found = list(near_duplicate.look(seen("a.js", renamed, START), artefact(families=known().families)))

    assert [one.severity for one in found] == [Severity.CRITICAL]


def test_a_copy_of_a_popular_project_under_another_name_is_told_and_the_project_itself_is_not():
    name = "lodash"
    digests = [digest for digest, owner in known().originals.items() if owner == name]
    files = (*(listed(f"{n}.js", digest + "0" * 48) for n, digest in enumerate(digests)), listed("x.js", "f" * 64))
    copy = artefact(name="lodahs", outline=Outline(files=files), originals=known().originals)

    assert [one.severity for one in clone.judge(copy)] == [Severity.HIGH]
    assert list(clone.judge(replace(copy, name=name))) == []


PE = b"MZ" + b"\0" * 80 + b"PE\0\0" + b"\0" * 80


@pytest.mark.parametrize(
    ("path", "content", "says"),
    [
        ("a.exe", PE + b"UPX!", "packed"),
        ("invoice.pdf.exe", PE, "name of a document"),
        ("a.dll", PE + b"VirtualAllocEx WriteProcessMemory CreateRemoteThread", "other processes"),
        ("a.dll", PE, None),
    ],
)
def test_programs_that_are_packed_or_disguised_or_enter_others_are_told(path, content, says):
    found = list(packed_program.look(seen(path, content), artefact("nuget")))

    assert [says in one.sentence for one in found] == ([] if says is None else [True])


def test_a_package_that_says_nothing_of_itself_and_an_author_for_a_day_are_told_beside_other_findings():
    thin = artefact(manifest={"name": "left"}, outline=Outline(people=frozenset(("x@mailinator.com",))))
    full = artefact(manifest={"name": "left", "description": "Pads"})

    assert [one.severity for one in thin_metadata.judge(thin)] == [Severity.LOW, Severity.LOW]
    assert list(thin_metadata.judge(full)) == []


def test_what_a_wheel_holds_and_its_source_does_not_is_told_and_weighs_more_where_that_is_attested():
    source = Outline(files=(listed("src/a/same.py", "1"), listed("src/a/changed.py", "2")))
    built = Outline(files=(listed("a/same.py", "1"), listed("a/changed.py", "3"), listed("a/__init__.py", "4", START)))

    found = list(unlike_source.unlike(built, source, attested=False))
    attested = list(unlike_source.unlike(built, source, attested=True))

    assert [(one.file, one.severity) for one in found] == [
        ("a/__init__.py", Severity.MEDIUM),
        ("a/changed.py", Severity.LOW),
    ]
    assert [one.severity for one in attested] == [Severity.HIGH, Severity.MEDIUM]
    assert ["another file" in one.sentence for one in found] == [False, True]


def test_a_wheel_is_compared_with_its_sdist_when_that_is_at_hand():
    text = b"A = 'what the source says, at some length'\n"
    wheel = zipped(
        ("left/__init__.py", text + b"B = 1\n"), ("left-1.0.dist-info/METADATA", b"Name: left\nVersion: 1.0\n")
    )
    sdist = tar_gz(("left-1.0/left/__init__.py", text), ("left-1.0/PKG-INFO", b"Name: left\nVersion: 1.0\n"))

    report = scan(Subject("pypi"), Bytes(wheel), None, DETECTORS, ScanLimits(), Bytes(sdist))

    assert [one.file for one in report.findings if one.detector == unlike_source.ID] == ["left/__init__.py"]


@pytest.mark.parametrize(
    "content",
    [b"\x28\xb5\x2f\xfd" + b"\0" * 50, b"7z\xbc\xaf\x27\x1c" + b"\0" * 50, b"Rar!\x1a\x07\x01\0" + b"\0" * 50],
    ids=["zstd", "7z", "rar"],
)
def test_what_is_compressed_in_a_form_that_nobody_here_reads_is_for_review_at_an_execution_point(content):
    manifest = b'{"name": "left", "version": "1.0.0", "scripts": {"postinstall": "node run.js"}}'
    files = (
        ("package/package.json", manifest),
        ("package/run.js", b"load('./pack.bin')"),
        ("package/pack.bin", content),
    )

    report = scan(Subject("npm"), Bytes(tar_gz(*files)), None, DETECTORS, ScanLimits())

    assert report.verdict is Verdict.REVIEW
    assert "pack.bin" in [one.file for one in report.findings]


def test_detectors_are_registered_once_each():
    ids = [one.id for one in DETECTORS]

    assert len(set(ids)) == len(ids)
