import pytest

from pratique.core.decisions import EntryKind, ListEntry, Reservation
from pratique.core.names import EcosystemId, ProjectKey
from pratique.ecosystems.cargo import CARGO
from pratique.rules.globs import entries_about, in_force, last_end, matches, reservation_of
from tests.unit.rules.cases import NOW, entry

SCOPED = ProjectKey(EcosystemId("npm"), "@acme/left")


@pytest.mark.parametrize(
    ("glob", "means"),
    [
        ("@acme/left", True),
        ("@acme/*", True),
        ("npm:@acme/*", True),
        ("*", True),
        ("pypi:*", False),
        ("@ACME/*", False),
        ("acme/*", False),
        ("@acme", False),
    ],
)
def test_a_glob_means_whole_names_with_or_without_the_ecosystem(glob, means):
    assert matches(glob, SCOPED) is means


def test_entries_about_a_project_are_those_of_its_ecosystem_whose_glob_means_it():
    here = ListEntry(1, EntryKind.DENY, "npm", "@acme/*", expires=NOW)
    elsewhere = ListEntry(2, EntryKind.DENY, "pypi", "@acme/*")
    other = ListEntry(3, EntryKind.DENY, "npm", "@other/*")

    assert entries_about(SCOPED, [here, elsewhere, other], str) == (here,)


@pytest.mark.parametrize(
    ("glob", "kinds"), [("a_b", {EntryKind.DENY}), ("a-b", set(EntryKind)), ("A_*", {EntryKind.DENY})]
)
def test_a_denial_names_twins_and_what_permits_does_not(glob, kinds):
    entries = [ListEntry(number, kind, "cargo", glob) for number, kind in enumerate(EntryKind)]

    about = entries_about(ProjectKey(EcosystemId("cargo"), "a-b"), entries, CARGO.twin_key)

    assert {entry.kind for entry in about} == kinds


def test_of_several_reservations_the_most_exact_one_holds_a_name():
    wide, narrow, foreign, older = (
        Reservation(1, "npm", "@acme/*"),
        Reservation(2, "npm", "@acme/left"),
        Reservation(3, "pypi", "@acme/left*"),
        Reservation(4, "npm", "@acme/left"),
    )

    assert reservation_of(SCOPED, [wide, narrow, foreign], str) == narrow
    assert reservation_of(SCOPED, [older, narrow], str) == narrow
    assert reservation_of(SCOPED, [wide], str) == wide
    assert reservation_of(SCOPED, [foreign], str) is None


def test_entries_in_force_are_of_one_kind_and_have_not_expired():
    endless, running, ended = (entry(id=n, expires=end) for n, end in ((1, None), (2, NOW + 1), (3, NOW)))
    allowed = entry(EntryKind.ALLOW)

    assert in_force((endless, running, ended, allowed), EntryKind.DENY, NOW) == (endless, running)


def test_the_last_end_is_never_if_one_never_ends():
    assert last_end([NOW, NOW + 2, NOW + 1]) == NOW + 2
    assert last_end([NOW, None]) is None
