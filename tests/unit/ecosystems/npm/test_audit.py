import json

from pratique.core.advisories import Cvss, ProjectAdvisory, VersionSpan
from pratique.core.clock import Instant
from pratique.ecosystems.npm.audit import number_of, range_of, read_audit, write_audit


def single(version):
    return VersionSpan(version, version, end_included=True)


def told(**fields):
    usual = {
        "id": "A-1",
        "name": "left",
        "title": "A flaw",
        "severity": "high",
        "url": "https://example.test/A-1",
        "published": Instant(1),
        "modified": Instant(1),
        "affected": (VersionSpan(None, "2.0.0"),),
    }
    return ProjectAdvisory(**{**usual, **fields})


def test_spans_become_comparators():
    assert range_of([VersionSpan(None, "1.5.0"), VersionSpan("3.0.0", "3.1.0", end_included=True)]) == (
        "<1.5.0 || >=3.0.0 <=3.1.0"
    )
    assert range_of([VersionSpan("4.0.0-beta.1")]) == ">=4.0.0-beta.1"
    assert range_of([VersionSpan()]) == "*"


def test_single_versions_stand_as_npm_writes_them_and_what_is_none_is_left_out():
    assert range_of([single("1.0.0"), single("v1.2.0+build"), single("latest"), single("1.0")]) == "1.0.0 || 1.2.0"
    assert range_of([single("latest")]) == "<0.0.0-0"


def test_an_affected_prerelease_is_named_for_clients_that_leave_them_out_of_ranges():
    assert range_of([VersionSpan(None, "2.0.0")], ["1.0.0", "2.0.0-rc.1", "=1.0.0-a", "odd"]) == (
        "<2.0.0 || 2.0.0-rc.1 || 1.0.0-a"
    )
    assert range_of([VersionSpan()], ["2.0.0-rc.1"]) == ">=0.0.0-0 || 2.0.0-rc.1"
    assert range_of([VersionSpan("0.0.0")], ["2.0.0-rc.1"]) == "0.0.0 || >0.0.0 || 2.0.0-rc.1"


def test_a_number_is_of_one_record_and_one_package_and_never_changes():
    assert number_of("GHSA-aaaa-bbbb-cccc", "left") == 1099678730877205
    assert len({number_of("A-1", "left"), number_of("A-1", "right"), number_of("A-2", "left")}) == 3
    assert all(number_of(f"A-{one}", "left") < 2**52 for one in range(1000))


def test_severities_are_npms_words_and_what_nobody_rated_is_high():
    words = ["critical", "high", "medium", "low", "unrated"]

    body = json.loads(write_audit({"left": [told(severity=word) for word in words]}).body)

    assert [one["severity"] for one in body["left"]] == ["critical", "high", "moderate", "low", "high"]


def test_a_rating_is_told_with_its_vector():
    (entry,) = json.loads(write_audit({"left": [told(cvss=Cvss("CVSS:3.1/x", 9.8), cwes=("CWE-1",))]}).body)["left"]

    assert entry["cvss"] == {"score": 9.8, "vectorString": "CVSS:3.1/x"}
    assert entry["cwe"] == ["CWE-1"]


def test_a_version_asked_twice_is_asked_once():
    assert read_audit(b'{"left": ["1.0.0", "1.0.0"], "right": []}') == {"left": ("1.0.0",), "right": ()}
