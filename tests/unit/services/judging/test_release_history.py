"""What a file brings that its release, and lower ones, had not."""

import msgspec
import pytest

from pratique.core.clock import DAY, HOUR, MINUTE, Instant
from pratique.services.judging.release_history import UPLOAD_WINDOW, Change, Member, changes
from tests.unit.rules.cases import version_key

NOW = Instant(1_800_000_000_000)
HOOK, BUILD = ("postinstall",), ("setup.py",)


def file(version, kind="wheel", *, days=0, **more):
    """One file of a release, named after both, published so many days after the first instant."""
    when = Instant(NOW + int(days * DAY))
    return Member(version, f"{version}.{kind}", stated=when, published=when, **more)


def change(*members, of):
    """The change of one file among these."""
    return changes(members, version_key)[of]


def test_execution_points_are_compared_with_the_newest_lower_release_that_was_served():
    members = (
        file("1.0.0", served=True, execution_points=HOOK),
        file("1.0.1", served=True),
        file("1.0.2", execution_points=HOOK),
        file("1.0.3", execution_points=HOOK),
    )

    assert change(*members, of="1.0.1.wheel") == Change()
    assert change(*members, of="1.0.2.wheel") == Change(new_execution_points=HOOK)
    assert change(*members, of="1.0.3.wheel") == Change(new_execution_points=HOOK)


def test_a_release_that_nobody_was_served_does_not_make_a_hook_known():
    laundered = (file("1.0.0", served=True), file("1.0.1", execution_points=HOOK), file("1.0.2", execution_points=HOOK))

    assert change(*laundered, of="1.0.2.wheel").new_execution_points == HOOK


def test_a_hook_that_was_served_already_is_not_new():
    members = (file("1.0.0", served=True, execution_points=HOOK), file("1.0.1"), file("1.0.2", execution_points=HOOK))

    assert change(*members, of="1.0.2.wheel").new_execution_points == ()


def test_where_nothing_lower_was_served_every_execution_point_is_new():
    members = (file("1.0.0", execution_points=("b", "a")), file("2.0.0", served=True, execution_points=("a", "b")))

    assert change(*members, of="1.0.0.wheel").new_execution_points == ("a", "b")
    assert change(*members, of="2.0.0.wheel").new_execution_points == ("a", "b")


def test_execution_points_belong_to_the_file_and_not_to_its_release():
    members = (file("1.0.0", served=True), file("1.0.1"), file("1.0.1", "sdist", execution_points=BUILD))

    assert change(*members, of="1.0.1.wheel").new_execution_points == ()
    assert change(*members, of="1.0.1.sdist").new_execution_points == BUILD


def test_what_came_together_with_a_served_file_counts_as_known():
    members = (
        file("1.0.0", served=True),
        file("1.0.0", "sdist", execution_points=BUILD),
        file("1.0.1", "sdist", execution_points=BUILD),
    )

    assert change(*members, of="1.0.1.sdist").new_execution_points == ()


def test_what_was_added_to_a_served_release_later_does_not():
    members = (
        file("1.0.0", served=True),
        file("1.0.0", "sdist", days=90, execution_points=BUILD),
        file("1.0.1", "sdist", days=91, execution_points=BUILD),
    )

    assert change(*members, of="1.0.1.sdist").new_execution_points == BUILD


@pytest.mark.parametrize("attested", ["1.0.0", "1.0.1", "1.0.2"])
def test_a_file_without_provenance_is_weaker_if_its_release_or_a_lower_one_has_any(attested):
    members = [file(version, attested=version == attested) for version in ("1.0.0", "1.0.1", "1.0.2")]
    added = file("1.0.2", "sdist")

    assert change(*members, added, of="1.0.2.sdist").weaker_evidence


def test_a_file_with_provenance_is_not_weaker_nor_is_one_below_all_provenance():
    members = (file("1.0.0"), file("1.0.1", attested=True), file("2.0.0", attested=True))

    assert not change(*members, of="1.0.0.wheel").weaker_evidence
    assert not change(*members, of="2.0.0.wheel").weaker_evidence


def test_a_version_that_the_order_cannot_read_has_only_what_is_new_and_all_evidence_above_it():
    members = (
        file("1.0.0", served=True, execution_points=HOOK, attested=True),
        file("what", execution_points=HOOK),
    )

    assert change(*members, of="what.wheel") == Change(new_execution_points=HOOK, weaker_evidence=True)
    assert change(*members, of="1.0.0.wheel") == Change(new_execution_points=HOOK)


def test_another_spelling_of_a_version_is_no_release_of_its_own():
    members = (
        file("1.0.0", served=True, execution_points=HOOK),
        file("1.0.1", attested=True),
        file("01.0.1", days=1, execution_points=HOOK),
        file("01.0.0", execution_points=BUILD),
        file("1.0.1", "sdist", execution_points=BUILD),
    )

    assert change(*members, of="01.0.1.wheel") == Change(weaker_evidence=True, joined_late=True)
    assert change(*members, of="1.0.1.sdist") == Change(weaker_evidence=True)
    assert change(*members, of="01.0.0.wheel").new_execution_points == BUILD


def test_provenance_of_a_version_that_the_order_cannot_read_does_not_count_for_others():
    members = (file("what", attested=True), file("1.0.0"))

    assert not change(*members, of="1.0.0.wheel").weaker_evidence


def test_files_of_one_upload_did_not_join_late():
    end = file("1.0.0", "end", days=UPLOAD_WINDOW / DAY)
    members = (file("1.0.0", "sdist"), end, file("1.0.0", "past", days=(UPLOAD_WINDOW + 1) / DAY))

    assert not change(*members, of="1.0.0.sdist").joined_late
    assert not change(*members, of="1.0.0.end").joined_late
    assert change(*members, of="1.0.0.past").joined_late


def test_files_of_other_releases_do_not_make_one_late():
    members = (file("1.0.0"), file("1.0.1", days=30), file("1.0.1", "sdist", days=30))

    assert not change(*members, of="1.0.1.sdist").joined_late


def seen(kind, minutes, **more):
    """A file of 1.0.0, dated like all others, that appeared here so many minutes later; None: there all along."""
    when = None if minutes is None else Instant(NOW + 10 * HOUR + minutes * MINUTE)
    return file("1.0.0", kind, appeared=when, **more)


def test_a_file_that_appeared_here_later_than_the_others_joined_late_whatever_its_date():
    members = (seen("first", 0), seen("same", 15), seen("later", 16))

    assert not change(*members, of="1.0.0.first").joined_late
    assert not change(*members, of="1.0.0.same").joined_late
    assert change(*members, of="1.0.0.later").joined_late


def test_a_file_that_appeared_after_a_copy_that_had_its_release_joined_late():
    members = (seen("first", None), seen("later", 0))

    assert not change(*members, of="1.0.0.first").joined_late
    assert change(*members, of="1.0.0.later").joined_late


def test_a_release_that_an_index_showed_after_its_date_is_late_in_no_file():
    members = [msgspec.structs.replace(seen(kind, 0), published=Instant(NOW + 10 * HOUR)) for kind in ("one", "other")]

    assert not any(one.joined_late for one in changes(members, version_key).values())


def test_a_file_dated_later_than_a_release_that_an_index_showed_after_its_date_joined_late():
    shown = Instant(NOW + 10 * HOUR)
    first = msgspec.structs.replace(seen("first", 0), published=shown)
    added = msgspec.structs.replace(seen("added", 0), stated=shown, published=shown)

    assert change(first, added, of="1.0.0.added").joined_late
    assert not change(first, added, of="1.0.0.first").joined_late


def test_a_file_without_a_date_is_measured_by_our_sight_alone():
    first = Member("1.0.0", "first", published=NOW)
    added = Member("1.0.0", "added", published=Instant(NOW + HOUR), appeared=Instant(NOW + HOUR))

    assert change(first, added, of="added").joined_late
    assert not change(first, added, of="first").joined_late


def test_a_release_that_appeared_as_a_whole_is_late_in_no_file_however_long_it_was_out():
    members = (seen("first", 0), seen("second", 0))

    assert not any(one.joined_late for one in changes(members, version_key).values())


def test_other_bytes_under_a_known_name_joined_late_though_they_be_alone():
    assert change(file("1.0.0", swapped=True), of="1.0.0.wheel").joined_late
    assert change(file("1.0.0", swapped=True), file("1.0.0", "sdist"), of="1.0.0.wheel").joined_late
    assert not change(file("1.0.0"), of="1.0.0.wheel").joined_late


def test_a_file_of_unknown_time_is_measured_by_nothing_and_measures_nothing():
    unknown = Member("1.0.0", "1.0.0.wheel")

    assert change(unknown, file("1.0.0", "sdist"), of="1.0.0.wheel") == Change()
    assert change(unknown, file("1.0.0", "sdist"), of="1.0.0.sdist") == Change()
    assert change(unknown, Member("1.0.0", "other"), of="other") == Change()
