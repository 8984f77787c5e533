import lzma

from tools.build_starter import pack_starter

from pratique.advisories.affected import Affected, pack
from pratique.advisories.evaluation import affects, covers_every_version
from pratique.advisories.starter import StarterRow, starter_date, starter_records
from pratique.core.clock import DAY, from_iso, to_iso
from tests.unit.advisories.records import ECOSYSTEMS, canonical, version_key


def by_key(ecosystems):
    return {(one.ecosystem, one.name): one for one in starter_records(ecosystems)}


def test_the_set_knows_thousands_of_bad_packages_of_npm_and_pypi():
    rows = list(starter_records(ECOSYSTEMS))
    counts = {ecosystem: sum(row.ecosystem == ecosystem for row in rows) for ecosystem in ("npm", "pypi")}

    assert counts["npm"] > 22_000
    assert counts["pypi"] > 9_000
    assert len({(row.id, row.ecosystem, row.name) for row in rows}) == len(rows)


def test_every_record_is_malware_and_can_be_evaluated():
    for row in starter_records(ECOSYSTEMS):
        assert (row.malware, row.withdrawn, row.severity) == (True, False, "critical")
        assert row.id.startswith("MAL-20")
        assert isinstance(affects(row.affected, "1.0", version_key), bool)


def test_a_typosquat_is_refused_in_every_version_and_a_compromised_project_only_in_the_bad_ones():
    known = by_key(ECOSYSTEMS)

    assert covers_every_version(known["pypi", "ascii2text"].affected)
    lottie = known["npm", "@lottiefiles/lottie-player"].affected
    assert affects(lottie, "2.0.6", version_key)
    assert not affects(lottie, "2.0.8", version_key)
    solana = known["npm", "@solana/web3.js"]
    assert [v for v in ("1.95.5", "1.95.6", "1.95.7", "1.95.8") if affects(solana.affected, v, version_key)] == [
        "1.95.6",
        "1.95.7",
    ]
    assert solana.fixed == ("1.95.8",)


def test_ecosystems_that_are_not_wired_are_left_out():
    assert {row.ecosystem for row in starter_records({"Maven": ECOSYSTEMS["Maven"]})} == {"maven"}
    assert list(starter_records({})) == []


def test_names_come_in_their_canonical_form():
    def shouting(name):
        return canonical(name).upper()

    assert ("nuget", "BUNIFU.FORM") in by_key({"NuGet": ("nuget", shouting)})


def test_names_the_ecosystem_refuses_are_left_out():
    assert all(" " not in row.name for row in starter_records(ECOSYSTEMS))


def test_the_set_tells_how_old_it_is():
    assert to_iso(starter_date()).startswith("2025-06-04")


def test_dates_are_rounded_down_so_that_an_import_of_the_same_record_counts_as_newer():
    row = by_key(ECOSYSTEMS)["pypi", "ascii2text"]

    assert row.published == row.modified == from_iso("2022-08-30T00:00:00Z")
    assert row.modified % DAY == 0


def test_what_is_packed_has_a_header_and_columns_in_order_of_names():
    ranges = pack(Affected(ranges=((("introduced", "1"), ("fixed", "2")),)))
    rows = [StarterRow("b", "2026-2", "2", "3", ranges), StarterRow("a", "2026-1", "1", "1", "1.0 1.1")]

    lines = lzma.decompress(pack_starter(7, {"npm": rows, "PyPI": rows[:1]})).decode().split("\n")

    assert lines[0] == '{"as_of":7,"counts":[["npm",2],["PyPI",1]]}'
    assert lines[1:11] == ["a", "b", "2026-1", "2026-2", "1", "2", "1", "3", "1.0 1.1", ranges]
    assert lines[11] == "b"
