"""What a changed document tells of its files: which are late, which are swapped, whose time was moved."""

import msgspec
import pytest

from pratique.core.artifacts import Digests, FileView, ProjectView
from pratique.core.clock import DAY, HOUR, Instant
from pratique.core.names import EcosystemId, ProjectKey
from pratique.services.installing.watch_documents import DocumentChange, find_sightings
from pratique.store.files import Sight
from pratique.store.sightings import Sighting

KEY = ProjectKey(EcosystemId("pypi"), "left")
NOW = Instant(1_800_000_000_000)
CONFIRMED = Instant(NOW - HOUR)
YOUNG = Instant(NOW - 2 * HOUR)
OLD = Instant(NOW - 400 * DAY)
A, B = Digests(sha256="aa" * 32), Digests(sha256="bb" * 32)
BOTH = Digests(sha256=A.sha256, sha512="cc" * 64)
OTHER_ALGORITHM = Digests(sha512="cc" * 64)


def file(published=OLD, digests=A, name="left.whl"):
    return FileView(name, "1.0.0", digests=digests, published=published)


def document(*files, raw=None):
    return ProjectView(KEY, files, raw={"meta": {}} if raw is None else raw)


def noted(published=OLD, listed=A, sight=Sight.FIRST, first_seen=YOUNG, name="left.whl", **more):
    return Sighting("1.0.0", name, published, first_seen, sight, listed, **more)


def sightings(old, new, *known):
    change = DocumentChange(old, new, None if old is None else CONFIRMED, "left")
    return find_sightings(change, {one.filename: one for one in known}, NOW)


def test_of_a_first_document_only_files_without_a_time_are_noted():
    undated = file(None, B, "undated.whl")

    assert sightings(None, document(file(), undated)) == [noted(None, B, first_seen=NOW, name="undated.whl")]


def test_nothing_is_noted_of_what_stays_as_it_is():
    assert sightings(document(file()), document(file())) == []
    assert sightings(document(file()), document(file()), noted()) == []
    assert sightings(document(file(None)), document(file(None)), noted(None)) == []


def test_a_file_that_a_copy_lacked_is_late_if_dated_before_that_and_new_otherwise():
    after = Instant(CONFIRMED + 1)

    assert sightings(document(), document(file(CONFIRMED))) == [noted(CONFIRMED, A, Sight.LATE, NOW)]
    assert sightings(document(), document(file(None))) == [noted(None, A, Sight.LATE, NOW)]
    assert sightings(document(), document(file(after))) == [noted(after, A, Sight.NEW, NOW)]


@pytest.mark.parametrize("digests", [B, OTHER_ALGORITHM, Digests(), Digests(sha256=A.sha256, sha512="dd" * 64)])
@pytest.mark.parametrize("published", [None, OLD, Instant(CONFIRMED + 1)])
def test_other_digests_under_a_known_name_are_a_swap_whatever_the_date(digests, published):
    before = file(digests=BOTH if digests.sha512 and digests.sha256 else A)

    assert sightings(document(before), document(file(published, digests))) == [
        noted(published, digests, Sight.SWAPPED, NOW)
    ]


@pytest.mark.parametrize("sight", [Sight.FIRST, Sight.NEW, Sight.LATE, Sight.SWAPPED])
def test_a_swap_is_noted_as_often_as_it_happens(sight):
    earlier = noted(listed=A, sight=sight)

    assert sightings(document(file()), document(file(digests=B)), earlier) == [noted(OLD, B, Sight.SWAPPED, NOW)]


def test_a_file_that_left_is_noted_and_recognised_when_it_comes_back():
    (left,) = sightings(document(file()), document())

    assert left == noted(first_seen=NOW)
    assert sightings(document(), document(file()), left) == []
    assert sightings(document(), document(file(digests=B)), left) == [noted(OLD, B, Sight.SWAPPED, NOW)]
    assert sightings(None, document(file(digests=B)), left) == [noted(OLD, B, Sight.SWAPPED, NOW)]


def test_a_file_that_was_late_stays_as_late_as_it_was_when_it_leaves_and_comes_back():
    late = noted(sight=Sight.LATE)

    assert sightings(document(file()), document(), late) == []
    assert sightings(document(), document(file()), late) == []


def test_of_a_project_that_is_gone_as_a_whole_nothing_is_noted():
    assert sightings(document(file()), document(raw={})) == []


def test_a_digest_more_or_less_is_no_swap_but_what_was_listed_first_is_noted():
    assert sightings(document(file(digests=A)), document(file(digests=BOTH))) == [noted(OLD, A, first_seen=NOW)]
    assert sightings(document(file(digests=BOTH)), document(file(digests=A))) == [noted(OLD, BOTH, first_seen=NOW)]
    assert sightings(document(file(digests=A)), document(file(digests=BOTH)), noted()) == []


def test_a_digest_added_in_one_document_does_not_vouch_for_itself_in_the_next():
    (first,) = sightings(document(file(digests=A)), document(file(digests=BOTH)))

    assert sightings(document(file(digests=BOTH)), document(file(digests=OTHER_ALGORITHM)), first) == [
        noted(OLD, OTHER_ALGORITHM, Sight.SWAPPED, NOW)
    ]


def test_of_a_time_that_moves_back_the_first_statement_is_noted():
    assert sightings(document(file(YOUNG)), document(file(OLD))) == [noted(YOUNG, first_seen=NOW)]


def test_of_a_time_that_vanishes_the_first_statement_is_noted():
    assert sightings(document(file(YOUNG)), document(file(None))) == [noted(YOUNG, first_seen=NOW)]


def test_a_time_that_moves_on_and_back_again_leaves_the_latest():
    (moved,) = sightings(document(file(OLD)), document(file(YOUNG)))

    assert sightings(document(file(YOUNG)), document(file(OLD)), moved) == [noted(YOUNG, first_seen=NOW)]


def test_a_time_that_is_stated_at_last_is_no_reason_to_note_anything():
    assert sightings(document(file(None)), document(file(OLD)), noted(None)) == []


def test_a_time_stated_and_then_moved_back_is_noted_on_the_row_from_before():
    first = noted(None)

    assert sightings(document(file(YOUNG)), document(file(OLD)), first) == [
        msgspec.structs.replace(first, published=YOUNG)
    ]
    assert sightings(document(file(YOUNG)), document(file(None)), first) == [
        msgspec.structs.replace(first, published=YOUNG)
    ]


def test_of_a_file_whose_bytes_are_stored_only_the_time_is_noted():
    stored = noted(listed=None, stored=True)
    kept = noted(YOUNG, listed=A, stored=True)

    assert sightings(document(file(YOUNG)), document(file(OLD, B)), stored) == [kept]
    assert sightings(document(), document(file(OLD, B)), kept) == []


def test_a_row_without_digests_is_taken_for_new_when_its_file_comes_back():
    assert sightings(document(), document(file()), noted(listed=None)) == [noted(OLD, A, Sight.LATE, NOW)]
