"""The system's clock, the test's clock, and folders that know which one they live by."""

import contextlib
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pratique.core.clock import DAY, from_iso
from pratique.core.errors import Conflict, Invalid
from pratique.store.blobs_file import FileBlobs
from pratique.store.clocks import MARKER, FileClock, SystemClock, open_clock


@pytest.fixture
def hands(tmp_path):
    path = tmp_path / "hands"
    path.write_text("2030-01-31T12:00:00Z")
    return path


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def test_the_system_clock_counts_milliseconds_of_now():
    before = time.time() * 1_000 - 1
    now = SystemClock().now()

    assert before <= now <= time.time() * 1_000


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2030-01-31T12:00:00Z", from_iso("2030-01-31T12:00:00+00:00")),
        ("2030-01-31T12:00:00.250+01:00\n", from_iso("2030-01-31T11:00:00.250Z")),
        ("2030-01-31", from_iso("2030-01-31T00:00:00Z")),
        ("1900000000000", 1_900_000_000_000),
        (" 0 ", 0),
    ],
)
def test_the_file_tells_the_time(hands, text, instant):
    hands.write_text(text)

    assert FileClock(hands).now() == instant


def test_a_turned_clock_is_seen_at_once(hands):
    clock = FileClock(hands)
    first = clock.now()
    hands.write_text("2030-02-01T12:00:00Z")

    assert clock.now() - first == DAY


@pytest.mark.parametrize(
    ("text", "distance"), [("+3d", 3 * DAY), ("-90s", -90_000), ("+2h", 7_200_000), ("+5m", 300_000), ("-7ms", -7)]
)
def test_an_offset_runs_with_the_system_clock(hands, text, distance):
    hands.write_text(text)
    before = SystemClock().now()
    now = FileClock(hands).now()

    assert before + distance <= now <= SystemClock().now() + distance


@pytest.mark.parametrize("text", ["", "yesterday", "+3", "3d", "2030-13-01", "-5", "1e9", "²", "+99999999999999d"])
def test_what_is_no_time_is_refused_with_what_to_write(hands, text):
    hands.write_text(text)

    with pytest.raises(Invalid, match="write an ISO time such as 2030-01-31T12:00:00Z"):
        FileClock(hands).now()


def test_a_clock_file_that_is_gone_is_refused_with_what_to_do(tmp_path):
    with pytest.raises(Invalid, match=r"cannot be read .*; write a time into it"):
        FileClock(tmp_path / "nothing").now()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=30) | st.from_regex(r"[+-]?\d{1,30}(ms|s|m|h|d)?", fullmatch=True))
def test_no_text_does_anything_but_tell_the_time_or_be_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "fuzzed-clock"
    path.write_text(text, "utf-8", errors="replace")
    with contextlib.suppress(Invalid):
        assert isinstance(FileClock(path).now(), int)


def test_a_new_folder_takes_the_system_clock_and_no_mark(data):
    assert isinstance(open_clock(data, None), SystemClock)
    assert not (data / MARKER).exists()


def test_a_new_folder_takes_a_test_clock_and_is_marked(data, hands):
    assert open_clock(data, hands).now() == from_iso("2030-01-31T12:00:00Z")
    assert "Nothing in it proves anything" in (data / MARKER).read_text()


def test_a_marked_folder_opens_with_a_test_clock_again(data, hands):
    open_clock(data, hands)
    FileBlobs(data)

    assert open_clock(data, hands).now() == from_iso("2030-01-31T12:00:00Z")


def test_a_marked_folder_never_opens_with_the_system_clock(data, hands):
    open_clock(data, hands)

    with pytest.raises(Conflict, match="its times are made up; set unsafe_test_clock again, or use another"):
        open_clock(data, None)


@pytest.mark.parametrize("use", [lambda data: FileBlobs(data), lambda data: (data / "pratique.db").touch()])
def test_a_folder_in_real_use_never_opens_with_a_test_clock(data, hands, use):
    use(data)

    with pytest.raises(Conflict, match="a test clock would spoil its record; remove unsafe_test_clock"):
        open_clock(data, hands)


def test_a_folder_is_not_marked_by_a_clock_that_cannot_be_read(data, tmp_path):
    with pytest.raises(Invalid):
        open_clock(data, tmp_path / "nothing")

    assert isinstance(open_clock(data, None), SystemClock)
