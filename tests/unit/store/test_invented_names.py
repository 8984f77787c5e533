"""Feeds of invented names: replaced whole, and what failed leaves what there was."""

from pratique.core.clock import Instant
from pratique.store import invented_names
from pratique.store.invented_names import InventedName
from tests.stores.implementations import NOW

LATER = Instant(NOW + 1)


def named(*names):
    return [InventedName("cargo", name.replace("-", "_"), name) for name in names]


def test_a_feed_is_replaced_whole_and_told_by_twins(c):
    assert invented_names.replace(c, "one", named("a-b", "c"), NOW) == 2
    assert invented_names.replace(c, "two", named("a_b"), NOW) == 1
    assert invented_names.feeds_of(c, "cargo", "a_b") == ("one", "two")
    assert invented_names.feeds_of(c, "npm", "a_b") == ()

    assert invented_names.replace(c, "one", named("a-b", "d"), LATER) == 2
    assert invented_names.feeds_of(c, "cargo", "c") == ()
    assert invented_names.replace(c, "one", named("d", "a-b"), LATER) == 0
    assert [(one.feed, one.names, one.taken_in) for one in invented_names.feeds(c)] == [
        ("one", 2, LATER),
        ("two", 1, NOW),
    ]


def test_a_failure_leaves_what_there_was(c):
    invented_names.replace(c, "one", named("c"), NOW)
    invented_names.note_failure(c, "one", "it broke", LATER)
    invented_names.note_failure(c, "never", "no such file", LATER)

    assert invented_names.feeds_of(c, "cargo", "c") == ("one",)
    assert [(one.feed, one.taken_in, one.failed, one.why) for one in invented_names.feeds(c)] == [
        ("never", None, LATER, "no such file"),
        ("one", NOW, LATER, "it broke"),
    ]
    invented_names.replace(c, "one", named("c"), LATER)
    assert [one.why for one in invented_names.feeds(c)] == ["no such file", ""]


def test_a_feed_that_nobody_names_any_more_is_forgotten(c):
    for feed in ("one", "two"):
        invented_names.replace(c, feed, named("c"), NOW)

    assert invented_names.forget_others(c, ["two"]) == ("one",)
    assert invented_names.feeds_of(c, "cargo", "c") == ("two",)
    assert invented_names.forget_others(c, ["two"]) == ()


def test_many_names_are_written_and_dropped(c):
    many = named(*(f"p{number}" for number in range(1_500)))

    assert invented_names.replace(c, "one", many, NOW) == 1_500
    assert invented_names.replace(c, "one", many[:1], NOW) == 1_499
    assert invented_names.feeds_of(c, "cargo", "p1") == ()
