"""Advisories: the newest form of a record counts, and the names it concerns are known."""

import msgspec

from pratique.core.clock import MINUTE, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.store import advisories
from pratique.store.advisories import AdvisoryImport, StoredAdvisory
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
RIGHT = ProjectKey(EcosystemId("npm"), "right")


def record(name="left", **other):
    values = {
        "id": "MAL-1",
        "ecosystem": "npm",
        "name": name,
        "twin": name,
        "source": "osv",
        "malware": True,
        "withdrawn": False,
        "severity": "critical",
        "summary": "It takes your keys.",
        "affected": "[]",
        "published": NOW,
        "modified": NOW,
    }
    return StoredAdvisory(**{**values, **other})


def test_records_are_found_by_the_project_they_name(c, left):
    assert advisories.upsert_many(c, "osv", [record(), record("right")]) == 2

    assert advisories.of_twin(c, "npm", "left") == (record(),)
    assert advisories.of_twin(c, "npm", "right") == (record("right"),)
    assert advisories.of_twin(c, "pypi", "left") == ()


def test_records_in_force_are_found_by_many_names_at_once(c):
    names = [f"p{number}" for number in range(1_200)]
    rows = [record(name) for name in names] + [record("p7", id="MAL-2"), record("p8", id="MAL-3", withdrawn=True)]
    advisories.upsert_many(c, "osv", [*rows, record("p9", ecosystem="pypi", id="MAL-4")])

    found = advisories.about_names(c, "npm", [*names, "nobody"])

    assert sorted(found) == sorted(names)
    assert [one.id for one in found["p7"]] == ["MAL-1", "MAL-2"]
    assert [one.id for one in found["p8"]] == [one.id for one in found["p9"]] == ["MAL-1"]


def test_all_rows_of_a_record_are_found_by_its_id(c):
    advisories.upsert_many(c, "osv", [record(), record("right"), record("right", id="MAL-2", withdrawn=True)])

    found = advisories.of_records(c, ["MAL-1", "MAL-2", "MAL-9"])

    assert {key: [one.name for one in rows] for key, rows in found.items()} == {
        "MAL-1": ["left", "right"],
        "MAL-2": ["right"],
    }


def test_the_source_is_the_import_that_brought_the_record(c, left):
    advisories.upsert_many(c, "starter", [record()])

    assert advisories.of_twin(c, "npm", "left")[0].source == "starter"


def test_a_newer_form_replaces_and_an_older_one_does_not(c, left):
    advisories.upsert_many(c, "osv", [record(summary="new", modified=LATER)])

    assert advisories.upsert_many(c, "starter", [record(summary="old")]) == 0
    assert advisories.of_twin(c, "npm", "left")[0].summary == "new"

    assert advisories.upsert_many(c, "osv", [record(summary="same time", modified=LATER)]) == 1
    assert advisories.of_twin(c, "npm", "left")[0].summary == "same time"


def test_a_project_that_the_newer_form_does_not_name_is_cleared(c, left):
    advisories.upsert_many(c, "osv", [record(), record("right")])
    advisories.upsert_many(c, "osv", [record("right", modified=LATER)])

    assert advisories.of_twin(c, "npm", "left") == ()
    assert len(advisories.of_twin(c, "npm", "right")) == 1


def test_an_older_form_does_not_clear_a_project(c, left):
    advisories.upsert_many(c, "osv", [record(modified=LATER), record("right", modified=LATER)])
    advisories.upsert_many(c, "osv", [record("right")])

    assert len(advisories.of_twin(c, "npm", "left")) == 1


def test_thousands_of_records_are_taken_in(c, left):
    many = (record(f"p{number}", id=f"MAL-{number // 3}") for number in range(7_000))

    assert advisories.upsert_many(c, "osv", many) == 7_000
    assert advisories.upsert_many(c, "osv", []) == 0
    assert len(advisories.of_twin(c, "npm", "p6999")) == 1


def test_the_rows_of_a_record_stay_together_in_a_batch():
    rows = [record(f"p{number}", id=f"MAL-{number // 3}") for number in range(10)]

    batches = list(advisories.in_batches(iter(rows), 4))

    assert [[row.name for row in batch] for batch in batches] == [
        ["p0", "p1", "p2", "p3", "p4", "p5"],
        ["p6", "p7", "p8", "p9"],
    ]
    assert list(advisories.in_batches([], 4)) == []


def test_names_whose_decisions_may_change_are_known_before_the_import(c, left):
    advisories.upsert_many(c, "osv", [record(), record("right"), record("same", id="MAL-2")])
    incoming = [
        record(withdrawn=True, modified=LATER),  # changed, and right is dropped from it
        record("same", id="MAL-2", source="other"),
        record("fresh", id="MAL-3"),
    ]

    changed = advisories.changed_keys(c, incoming)

    assert changed == {left, RIGHT, ProjectKey(EcosystemId("npm"), "fresh")}


def test_an_older_form_changes_no_decision(c):
    advisories.upsert_many(c, "osv", [record(modified=LATER)])

    assert advisories.changed_keys(c, [record(summary="old")]) == frozenset()


def test_the_last_import_of_each_source_is_on_record(c):
    advisories.note_import(c, "starter", NOW, NOW, 10, 0)
    advisories.note_import(c, "osv", NOW, NOW, 200, 1)
    advisories.note_import(c, "osv", LATER, LATER, 201, 2)

    assert advisories.imports(c) == (
        AdvisoryImport("osv", LATER, LATER, 201, 2),
        AdvisoryImport("starter", NOW, NOW, 10, 0),
    )


def test_an_advisory_knows_its_project(left):
    assert record().key == left
    assert msgspec.structs.replace(record(), ecosystem="pypi").key != left
