"""Work that is done apart: its answer and its errors arrive, what it loaded does not, and nobody is left behind."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable

import pytest

from pratique.cli.apart import Apart, done_apart
from pratique.core.errors import Conflict, PratiqueError, Unavailable


def raising(error: BaseException) -> Callable[[], str]:
    def work() -> str:
        raise error

    return work


def test_the_answer_of_work_apart_arrives() -> None:
    assert done_apart(lambda: "https://a.test/claim/ä") == "https://a.test/claim/ä"
    assert done_apart(lambda: None) is None


def test_what_the_work_loads_stays_apart() -> None:
    def work() -> str:
        import this

        return this.__name__

    assert done_apart(work) == "this"
    assert "this" not in sys.modules


@pytest.mark.parametrize(
    "error", [Conflict("another one runs"), Unavailable("the disk refuses")], ids=["conflict", "down"]
)
def test_an_expected_error_is_raised_here_with_its_sentence(error: PratiqueError) -> None:
    with pytest.raises(type(error), match=str(error)):
        done_apart(raising(error))


def test_a_disk_that_refuses_is_told_by_its_number() -> None:
    with pytest.raises(OSError, match="No space") as told:
        done_apart(raising(OSError(errno.ENOSPC, "No space left on device")))

    assert told.value.errno == errno.ENOSPC


def test_a_mistake_is_printed_with_where_it_was_made(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(PratiqueError, match="failed"):
        done_apart(raising(ZeroDivisionError("by nought")))

    assert "ZeroDivisionError: by nought" in capfd.readouterr().err


def test_work_that_waits_begins_only_when_it_is_asked_for() -> None:
    read, write = os.pipe()
    os.set_blocking(read, False)

    apart = Apart(lambda: str(os.write(write, b"begun")))

    with pytest.raises(BlockingIOError):
        os.read(read, 5)
    assert apart.answer() == "5"
    assert os.read(read, 5) == b"begun"


def test_who_waits_ends_with_whoever_made_it() -> None:
    end, ours = os.pipe()
    maker = os.fork()
    if maker == 0:
        os.close(end)
        Apart(lambda: None)
        os._exit(0)  # as if it was killed
    os.close(ours)
    os.waitpid(maker, 0)

    assert os.read(end, 1) == b""  # nobody holds the other end any more
    os.close(end)
