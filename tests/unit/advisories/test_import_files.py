import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.advisories.import_files import ImportLimits, read_export
from pratique.advisories.record import Advisory, Rejected
from pratique.core.errors import Invalid, TooLarge
from tests.unit.advisories.records import ECOSYSTEMS, affected, record


def exported(folder, files):
    path = folder / "all.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


def read(path, **limits):
    return list(read_export(path, ECOSYSTEMS, ImportLimits(**limits)))


def ids(read_rows):
    return [one.id if isinstance(one, Advisory) else one.source for one in read_rows]


def some(identity="GHSA-1"):
    return record(affected(versions=["1"]), id=identity)


def test_a_zip_is_read_record_by_record_and_other_files_are_passed_over(tmp_path):
    path = exported(tmp_path, {"A.json": some("A"), "README.md": b"x", "deep/B.json": some("B"), "C.json/": b""})

    assert ids(read(path)) == ["A", "B"]


def test_one_bad_record_is_reported_and_the_rest_is_read(tmp_path):
    rows = read(exported(tmp_path, {"A.json": some("A"), "bad.json": b"{", "B.json": some("B")}))

    assert ids(rows) == ["A", "bad.json", "B"]


def test_a_folder_is_read_in_order_of_names(tmp_path):
    for name in ("b/2.json", "a/1.json", "a/note.txt", "3.json"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(some(name))

    assert ids(read(tmp_path)) == ["3.json", "a/1.json", "b/2.json"]


def test_symbolic_links_in_a_folder_lead_nowhere(tmp_path):
    (tmp_path / "outside.txt").write_bytes(some())
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "x.json").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "in" / "loop").symlink_to(tmp_path)

    assert read(tmp_path / "in") == []


def test_a_single_record_is_read(tmp_path):
    (tmp_path / "one.json").write_bytes(some("A"))

    assert ids(read(tmp_path / "one.json")) == ["A"]


@pytest.mark.parametrize("name", ["missing.zip", "text.zip"])
def test_what_is_no_export_is_refused_with_what_would_be_one(tmp_path, name):
    (tmp_path / "text.zip").write_text("no archive")

    with pytest.raises(Invalid, match=r"give an OSV export such as all\.zip"):
        read(tmp_path / name)


def test_a_record_over_the_limit_is_reported_and_never_unpacked_whole(tmp_path):
    rows = read(exported(tmp_path, {"bomb.json": b" " * 50_000_000, "A.json": some("A")}), max_record=1000)

    assert rows[0] == Rejected("bomb.json", "is larger than 1000 bytes (max_record)")
    assert ids(rows) == ["bomb.json", "A"]


def test_a_large_file_in_a_folder_is_reported(tmp_path):
    (tmp_path / "large.json").write_bytes(b" " * 2000)

    assert ids(read(tmp_path, max_record=1000)) == ["large.json"]


def test_a_record_of_exactly_the_limit_is_read(tmp_path):
    assert ids(read(exported(tmp_path, {"A.json": some("A")}), max_record=len(some("A")))) == ["A"]


def test_more_records_than_allowed_end_the_import(tmp_path):
    path = exported(tmp_path, {f"{n}.json": some(str(n)) for n in range(3)})

    assert len(read(path, max_records=3)) == 3
    with pytest.raises(TooLarge, match=r"more than 2 advisories in one import \(max_records\)"):
        read(path, max_records=2)


def test_more_bytes_than_allowed_end_the_import(tmp_path):
    path = exported(tmp_path, {f"{n}.json": some(str(n)) for n in range(3)})

    assert len(read(path, max_total=3 * len(some("0")))) == 3
    with pytest.raises(TooLarge, match=r"more than \d+ bytes of advisories in one import \(max_total\)"):
        read(path, max_total=3 * len(some("0")) - 1)


def test_records_before_the_limit_are_handed_over_first(tmp_path):
    rows = read_export(exported(tmp_path, {"A.json": some("A"), "B.json": some("B")}), ECOSYSTEMS, ImportLimits(1))

    assert next(rows).id == "A"
    with pytest.raises(TooLarge):
        next(rows)


def test_a_broken_member_is_reported_and_the_rest_is_read(tmp_path):
    path = exported(tmp_path, {"A.json": some("A") * 3, "B.json": some("B")})
    content = bytearray(path.read_bytes())
    content[60] ^= 0xFF
    path.write_bytes(content)

    rows = read(path)

    assert ids(rows) == ["A.json", "B"]
    assert rows[0].why.startswith("cannot be unpacked")


def test_a_locked_member_is_reported(tmp_path):
    path = exported(tmp_path, {"A.json": some("A")})
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)

    assert ids(read(path)) == ["A.json"]


def test_a_truncated_zip_is_refused(tmp_path):
    path = exported(tmp_path, {"A.json": some("A")})
    path.write_bytes(path.read_bytes()[:-10])

    with pytest.raises(Invalid):
        read(path)


@given(place=st.integers(0, 10_000), value=st.integers(0, 255))
def test_no_flipped_byte_in_a_zip_crashes_an_import(tmp_path_factory, place, value):
    path = exported(tmp_path_factory.mktemp("zip"), {"A.json": some("A"), "B.json": some("B")})
    content = bytearray(path.read_bytes())
    content[place % len(content)] = value
    path.write_bytes(content)

    try:
        rows = read(path, max_record=10_000)
    except (Invalid, TooLarge):
        return
    assert all(isinstance(one, Advisory | Rejected) for one in rows)
