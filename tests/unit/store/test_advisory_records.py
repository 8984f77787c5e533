"""Records whole: the latest form of each is kept."""

from pratique.core.clock import MINUTE, Instant
from pratique.store import advisory_records
from pratique.store.advisory_records import StoredRecord
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)


def test_what_is_not_here_or_here_in_an_earlier_form_is_wanted(c):
    advisory_records.keep(c, [StoredRecord("A-1", NOW, b"one"), StoredRecord("A-2", NOW, b"two")])

    offered = {"A-1": NOW, "A-2": LATER, "A-3": NOW}

    assert advisory_records.outdated(c, offered) == ("A-2", "A-3")
    assert advisory_records.outdated(c, {f"B-{number}": NOW for number in range(1_200)}) != ()


def test_a_later_form_replaces_an_earlier_one(c):
    advisory_records.keep(c, [StoredRecord("A-1", NOW, b"one")])
    advisory_records.keep(c, [StoredRecord("A-1", LATER, b"new")])

    assert advisory_records.contents(c, ["A-1", "A-1", "A-9"]) == {"A-1": b"new"}


def test_a_record_too_long_to_be_kept_is_not_asked_for_again_and_leaves_no_earlier_form(c):
    advisory_records.keep(c, [StoredRecord("A-1", NOW, b"one")])
    advisory_records.keep(c, [StoredRecord("A-1", LATER, b"")])

    assert advisory_records.outdated(c, {"A-1": LATER}) == ()
    assert advisory_records.contents(c, ["A-1"]) == {}
