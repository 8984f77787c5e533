import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.affected import Affected, pack, unpack
from pratique.advisories.evaluation import covers_every_version
from pratique.advisories.record import Advisory, Rejected, read_record
from pratique.core.clock import from_iso
from tests.unit.advisories.records import ECOSYSTEMS, affected, events, record


def read(content):
    return read_record(content, "x.json", ECOSYSTEMS)


def only(content):
    (advisory,) = read(content)
    assert isinstance(advisory, Advisory)
    return advisory


def test_a_record_becomes_a_row_with_what_policy_needs():
    content = record(
        affected(events("introduced", "0", "fixed", "1.2"), versions=["1.0"], name="Left"),
        database_specific={"severity": "MODERATE"},
    )
    row = only(content)

    assert row == Advisory(
        id="GHSA-aaaa",
        ecosystem="npm",
        name="left",
        modified=from_iso("2026-05-02T00:00:00Z"),
        published=from_iso("2026-05-01T00:00:00Z"),
        withdrawn=False,
        malware=False,
        severity="medium",
        summary="A flaw",
        affected=pack(Affected(("1.0",), ((("introduced", "0"), ("fixed", "1.2")),))),
        fixed=("1.2",),
        original=content,
    )


def test_one_row_for_each_package():
    rows = read(record(affected(versions=["1"]), affected(versions=["2"], ecosystem="PyPI"), affected(name="right")))

    assert [(row.ecosystem, row.name) for row in rows] == [("npm", "left"), ("pypi", "left"), ("npm", "right")]


def test_several_entries_for_one_package_count_together():
    row = only(
        record(
            affected(events("introduced", "1", "fixed", "2"), versions=["1", "1.1"]),
            affected(events("introduced", "3"), versions=["1", "3"], name="LEFT"),
            affected(events("introduced", "3")),
        )
    )

    assert unpack(row.affected) == Affected(
        ("1", "1.1", "3"), ((("introduced", "1"), ("fixed", "2")), (("introduced", "3"),))
    )


def test_a_range_of_commits_says_nothing_about_versions():
    git = {"type": "GIT", "events": events("introduced", "0", "fixed", "abcdef")}
    both = affected(events("introduced", "1", "fixed", "2"))
    both["ranges"].append(git)

    assert unpack(only(record(both)).affected).ranges == ((("introduced", "1"), ("fixed", "2")),)
    assert only(record(both)).fixed == ("2",)


def test_a_package_with_nothing_but_commits_or_nothing_at_all_is_affected_in_every_version():
    assert covers_every_version(only(record(affected(events("introduced", "0"), kind="GIT"))).affected)
    assert covers_every_version(only(record(affected())).affected)
    assert covers_every_version(only(record(affected(versions=["1"]), affected())).affected)


def test_an_address_after_the_ecosystem_is_left_out():
    row = only(record(affected(ecosystem="Maven:https://maven.example.test", name="org.x:left")))

    assert (row.ecosystem, row.name) == ("maven", "org.x:left")


def test_ecosystems_that_are_not_wired_are_left_out_without_a_word():
    assert read(record(affected(ecosystem="Hex"))) == []
    assert read(record({"versions": ["1"]})) == []
    assert read(record(affected=...)) == []
    assert read(record(affected=None)) == []


@pytest.mark.parametrize(
    ("more", "malware"),
    [
        ({"id": "MAL-2026-1"}, True),
        ({"aliases": ["MAL-2026-1"]}, True),
        ({"aliases": ["CVE-1"]}, False),
        ({"aliases": "MAL-2026-1"}, False),
        ({"id": "NORMAL-1"}, False),
    ],
)
def test_malware_is_what_the_malware_collection_numbered(more, malware):
    row = only(record(affected(), **more))

    assert row.malware is malware
    assert row.severity == ("critical" if malware else "unrated")


@pytest.mark.parametrize(
    ("place", "said", "severity"),
    [
        ("record", "HIGH", "high"),
        ("entry", "Low", "low"),
        ("ecosystem", "critical", "critical"),
        ("record", "9.8", "unrated"),
        ("record", 9, "unrated"),
    ],
)
def test_severity_is_the_feeds_own_word(place, said, severity):
    content = {
        "record": record(affected(), database_specific={"severity": said}),
        "entry": record(affected(database_specific={"severity": said})),
        "ecosystem": record(affected(ecosystem_specific={"severity": said})),
    }[place]

    assert only(content).severity == severity


def test_a_withdrawn_record_is_marked():
    assert only(record(affected(), withdrawn="2026-05-03T00:00:00Z")).withdrawn


@pytest.mark.parametrize("slip", ["0001-01-01T00:00:00+00:00Z", "soon", "", None, 7, "0001-01-01T00:00:00Z", ...])
def test_a_slip_in_a_date_does_not_cost_the_record(slip):
    assert only(record(affected(), published=slip)).published == from_iso("2026-05-02T00:00:00Z")
    assert only(record(affected(), modified=slip)).modified == from_iso("2026-05-01T00:00:00Z")
    assert only(record(affected(), modified=slip, published=slip)).modified == 0


def test_fractions_of_seconds_of_any_length_are_read():
    row = only(record(affected(), modified="2026-05-02T00:00:00.123456789Z"))

    assert row.modified == from_iso("2026-05-02T00:00:00.123Z")


@pytest.mark.parametrize(
    ("summary", "shown"),
    [("two\n lines", "two lines"), (..., "GHSA-aaaa in left"), (" ", "GHSA-aaaa in left"), (3, "GHSA-aaaa in left")],
)
def test_the_summary_is_one_line(summary, shown):
    assert only(record(affected(), summary=summary)).summary == shown


def test_a_long_summary_is_cut():
    assert len(only(record(affected(), summary="x" * 1000)).summary) == 300


def test_a_name_the_ecosystem_refuses_is_reported_and_the_rest_is_read():
    bad, good = read(record(affected(name="left pad"), affected()))

    assert bad == Rejected("x.json", '"left pad": names have no blanks')
    assert good.name == "left"


@pytest.mark.parametrize(
    "content", [b"", b"null", b"[]", b"{", b'{"id": 1}', b"\xff", b"[" * 100_000, b'{"affected": []}']
)
def test_what_is_no_record_is_reported_by_file_name(content):
    (rejected,) = read(content)

    assert rejected.source == "x.json"
    assert rejected.why.startswith("is no OSV record: ")


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["npm", "left", "0", "fixed"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["package", "ecosystem", "name", "ranges", "type", "events", "introduced", "versions", "severity"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(
    st.dictionaries(st.sampled_from(["modified", "aliases", "affected", "summary", "withdrawn", "published"]), values)
)
def test_nothing_in_a_record_can_stop_an_import(more):
    for one in read(json.dumps({"id": "MAL-1", **more}).encode()):
        assert isinstance(one, Advisory | Rejected)


@given(st.binary(max_size=60))
def test_no_bytes_can_stop_an_import(content):
    for one in read(content):
        assert isinstance(one, Advisory | Rejected)
