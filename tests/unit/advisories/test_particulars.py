import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.particulars import MAX_DETAILS, Particulars, read_particulars
from pratique.advisories.rating import read_rating, severity_word
from pratique.core.advisories import Cvss
from tests.unit.advisories.records import affected, record

V3 = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
V4 = "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N"


def read(identity="GHSA-aaaa-bbbb-cccc", *, malware=False, **fields):
    return read_particulars(identity, record(affected(), **fields), malware=malware)


def test_a_record_tells_its_aliases_weaknesses_rating_and_details():
    told = read(
        aliases=["CVE-2026-1"],
        details="long story",
        severity=[{"type": "CVSS_V4", "score": V4}, {"type": "CVSS_V3", "score": V3}],
        database_specific={"cwe_ids": ["CWE-79", "CWE-1"]},
    )

    assert told == Particulars(
        url="https://github.com/advisories/GHSA-aaaa-bbbb-cccc",
        aliases=("CVE-2026-1",),
        cwes=("CWE-79", "CWE-1"),
        details="long story",
        rating=Cvss(V3, 9.8),
    )


def test_the_page_is_the_databases_own_or_the_advisory_that_the_record_names():
    advisory = {"type": "ADVISORY", "url": "https://example.test/A-1"}

    assert read("ACME-1", references=[{"type": "WEB", "url": "https://x.test"}, advisory]).url == advisory["url"]
    assert read("MAL-2026-1").url == "https://osv.dev/vulnerability/MAL-2026-1"
    assert read("A/../B").url == "https://osv.dev/vulnerability/A%2F..%2FB"


@pytest.mark.parametrize("url", ["javascript:alert(1)", 'https://x"y', "https://x\ny", "https://x<y", 5, "https://é"])
def test_an_address_that_is_none_is_not_passed_on(url):
    assert read("ACME-1", references=[{"type": "ADVISORY", "url": url}]).url == "https://osv.dev/vulnerability/ACME-1"


def test_malware_without_a_stated_weakness_is_embedded_malicious_code():
    assert read("MAL-1", malware=True).cwes == ("CWE-506",)
    stated = affected(database_specific={"cwes": [{"cweId": "CWE-912"}, {"cweId": "none"}, 3]})
    assert read_particulars("MAL-1", record(stated), malware=True).cwes == ("CWE-912",)


def test_without_the_record_only_its_id_speaks():
    assert read_particulars("MAL-1", b"", malware=False) == Particulars("https://osv.dev/vulnerability/MAL-1")


def test_a_rating_of_the_package_counts_where_the_record_has_none():
    part = affected(severity=[{"type": "CVSS_V3", "score": V3}])

    assert read_particulars("A-1", record(part), malware=False).rating == Cvss(V3, 9.8)


def test_the_fourth_and_second_version_are_rated_too_and_what_cannot_be_read_is_passed_over():
    assert read_rating([{"type": "CVSS_V4", "score": V4}]) == Cvss(V4, 9.3)
    assert read_rating([{"type": "CVSS_V2", "score": "AV:N/AC:L/Au:N/C:P/I:P/A:P"}]).score == 7.5
    assert read_rating([{"type": "CVSS_V3", "score": "high"}, {"type": "CVSS_V3", "score": V3}]).score == 9.8
    endless = {"type": "CVSS_V3", "score": "CVSS:3.1/" + "x" * 999}
    for wrong in (None, "high", [], [3], [{"type": "CVSS_V3"}], [endless]):
        assert read_rating(wrong) is None


def test_the_feeds_word_counts_before_the_score():
    assert severity_word("low", Cvss(V3, 9.8)) == "low"
    assert [severity_word("unrated", Cvss("", score)) for score in (9.0, 8.9, 6.9, 3.9, 0.0)] == [
        "critical", "high", "medium", "low", "low",
    ]  # fmt: skip
    assert severity_word("unrated", None) == "unrated"


FIELDS = st.sampled_from(["cwe_ids", "cwes", "cweId", "type", "score", "url", "severity", "database_specific"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(FIELDS, inner, max_size=3),
    max_leaves=8,
)
TOP = st.sampled_from(["aliases", "details", "severity", "references", "affected", "database_specific"])


@given(st.dictionaries(TOP, JSON))
def test_whatever_a_feed_writes_costs_no_more_than_the_field(fields):
    told = read_particulars("A-1", json.dumps(fields).encode(), malware=False)

    assert told.url == "https://osv.dev/vulnerability/A-1"
    assert len(told.details) <= MAX_DETAILS
