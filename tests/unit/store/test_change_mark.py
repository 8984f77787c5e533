"""The mark: whoever shares the file learns of a write, and nobody depends on it."""

import os

import pytest

from pratique.store.change_mark import LocalMark, SharedMark, open_mark


def test_what_one_process_writes_the_others_see(tmp_path):
    mine, theirs = SharedMark(tmp_path / "mark"), SharedMark(tmp_path / "mark")
    before = theirs.seen()

    mine.move()

    assert theirs.seen() == mine.seen() != before


def test_a_mark_that_was_there_keeps_its_value(tmp_path):
    first = SharedMark(tmp_path / "mark")
    first.move()

    assert SharedMark(tmp_path / "mark").seen() == first.seen()


def test_two_writes_never_give_the_same_value(tmp_path):
    mark = SharedMark(tmp_path / "mark")
    values = {mark.seen()}
    for _ in range(100):
        mark.move()
        values.add(mark.seen())

    assert len(values) == 101


def test_a_mark_is_readable_by_its_owner_only(tmp_path):
    SharedMark(tmp_path / "mark")

    assert (tmp_path / "mark").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("database", [None, "", ":memory:", "/proc/no/such/folder/pratique.db"])
def test_without_a_place_for_the_file_the_mark_is_the_processs_own(database):
    mark = open_mark(database)
    before = mark.seen()
    mark.move()

    assert isinstance(mark, LocalMark)
    assert mark.seen() != before


def test_a_closed_mark_holds_no_descriptor(tmp_path):
    before = os.listdir("/proc/self/fd")
    mark = SharedMark(tmp_path / "mark")
    mark.close()

    assert len(os.listdir("/proc/self/fd")) == len(before)


def test_a_mark_that_somebody_cuts_short_or_removes_harms_nobody(tmp_path):
    path = tmp_path / "mark"
    mine, theirs = SharedMark(path), SharedMark(path)
    mine.move()
    os.truncate(path, 0)
    before = theirs.seen()
    path.unlink()

    mine.move()

    assert theirs.seen() != before
