"""What scans found, and which artefacts are still to be scanned."""

from __future__ import annotations

import msgspec
import pytest

from pratique.core.artifacts import Origin
from pratique.core.scans import ScanResult, Verdict
from pratique.store import blob_use, files, projects, scans
from pratique.store.scans import Artefact, Progress, StoredScan, Wanted
from tests.stores.implementations import NOW

DAY = 86_400_000


@pytest.fixture
def stored(c, main, upstream, left, blob):
    """`left` of an upstream with three files: bytes a, b and c."""
    project = projects.create(c, main.id, left, "left", Origin.UPSTREAM, upstream.id, "members", NOW, twin="left")
    for number, letter in enumerate("abc"):
        name = f"left-1.0.{number}.tgz"
        files.record_stored(c, project.id, f"1.0.{number}", name, blob(letter), NOW - number * DAY, NOW)
    return project


def scan_of(letter="a", rules="old", at=NOW, verdict=Verdict.CLEAR, **more):
    number = "abc".index(letter)
    artefact = Artefact(letter * 64, "npm", "left", f"1.0.{number}", f"left-1.0.{number}.tgz")
    return StoredScan(artefact, ScanResult(letter * 64, verdict, 7, rules, at, **more), "[]", None)


def due(c, begin="", end="", most=10, **wanted):
    return [one.sha256[0] for one in scans.due(c, Wanted(**{"rules": "new"} | wanted), begin, end, most)]


def test_a_scan_is_read_back_with_all_that_it_found_and_the_next_takes_its_place(c, left):
    first = scan_of(detector="hook", file="package.json", line=3, sentence="It sends tokens", finished=False)
    scans.record(c, first)
    assert scans.find(c, left, "a" * 64) == first
    assert scans.of_project(c, left) == {"a" * 64: first.result}

    worse = scan_of(rules="new", verdict=Verdict.QUARANTINE)
    second = msgspec.structs.replace(worse, previous="b" * 64, findings="[1]")
    scans.record(c, second)

    assert scans.find(c, left, "a" * 64) == second
    assert scans.of_release(c, left, "1.0.0") == (second,)
    assert scans.find(c, left, "b" * 64) is None


def test_due_is_what_was_never_scanned_or_with_other_rules_or_too_long_ago(c, stored):
    scans.record(c, scan_of("a", rules="new"))
    scans.record(c, scan_of("b", rules="old"))

    assert due(c) == ["b", "c"]
    assert due(c, before=NOW) == ["b", "c"]
    assert due(c, before=NOW + 1) == ["a", "b", "c"]
    assert scans.progress(c, Wanted("new")) == Progress(3, 1)


def test_due_is_told_in_portions_and_parts(c, stored, left):
    assert due(c, most=2) == ["a", "b"]
    assert due(c, begin="b" * 64) == ["c"]
    assert due(c, end="b") == ["a"]
    assert due(c, project=left, version="1.0.1") == ["b"]
    assert due(c, project=msgspec.structs.replace(left, name="right")) == []


def test_what_was_removed_to_make_room_is_not_due(c, stored):
    (leaving, *_) = (one for one in blob_use.least_used(c, NOW + 1, 10) if one.sha256 == "a" * 64)
    blob_use.mark_leaving(c, (leaving,))

    assert due(c) == ["b", "c"]


def test_young_artefacts_that_were_never_scanned_are_told_newest_first(c, main, stored):
    scans.record(c, scan_of("b"))

    def told(since, repositories):
        return [one.sha256[0] for one in scans.never_scanned(c, since, repositories, 10)]

    assert told(NOW - 5 * DAY, (main.id,)) == ["a", "c"]
    assert told(NOW - 2 * DAY, (main.id,)) == ["a"]
    assert told(NOW - 5 * DAY, ()) == []


def test_an_artefact_is_at_home_wherever_a_project_has_its_name(c, main, stored):
    assert scans.homes(c, scan_of().artefact) == ((main.id, Origin.UPSTREAM),)
