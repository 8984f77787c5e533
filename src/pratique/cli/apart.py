"""Work that a process has done apart: in a child, with which goes what had to be loaded for it.

The supervisor lives as long as the server does and needs next to nothing; what brings a data folder in order loads the
libraries of databases, their migrations and of cryptography, sixty megabytes that nobody would ever look at again.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import NoReturn

import msgspec

from pratique.core import errors
from pratique.core.errors import PratiqueError

_ALL = 1 << 16


class Outcome(msgspec.Struct, frozen=True):
    """What came of it.

    Attributes:
        answer: what was returned.
        kind: class of the error that it ended with, one of `core.errors` or OSError; empty if it did not.
        sentence: of that error.
        number: of an OSError.
    """

    answer: str | None = None
    kind: str = ""
    sentence: str = ""
    number: int | None = None


class Apart:
    """A child that waits until it is told to begin. To be made while this process has one thread."""

    def __init__(self, work: Callable[[], str | None]) -> None:
        """Split it off.

        Args:
            work: what it does.
        """
        begin, self._begin = os.pipe()
        self._outcome, outcome = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._begin)
            os.close(self._outcome)
            _work(work, begin, outcome)
        os.close(begin)
        os.close(outcome)

    def answer(self) -> str | None:
        """Have it begin, and wait for its end; may be called once, in any thread.

        Raises:
            PratiqueError: what the work raised, or it ended otherwise, and has printed why.
            OSError: what the work raised.
        """
        with open(self._outcome, "rb") as said:
            os.write(self._begin, b".")
            os.close(self._begin)
            told = said.read(_ALL)
        os.waitpid(self._pid, 0)
        if not told:
            raise PratiqueError("the process that was to bring the data folder in order failed")
        outcome = msgspec.json.decode(told, type=Outcome)
        if outcome.kind:
            raise _error(outcome)
        return outcome.answer


def done_apart(work: Callable[[], str | None]) -> str | None:
    """Have it done in a child now; returns and raises as `Apart.answer`."""
    return Apart(work).answer()


def _work(work: Callable[[], str | None], begin: int, end: int) -> NoReturn:
    # Ctrl-C reaches the whole foreground group. Whoever waits ends with its parent, who lets go of the pipe.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if not os.read(begin, 1):
        os._exit(0)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        outcome = Outcome(work())
    except PratiqueError as error:
        outcome = Outcome(kind=type(error).__name__, sentence=str(error))
    except OSError as error:
        outcome = Outcome(kind=OSError.__name__, sentence=error.strerror or str(error), number=error.errno)
    except KeyboardInterrupt:
        os._exit(130)
    except BaseException:  # noqa: BLE001 - the child must not go on as its parent
        traceback.print_exc()
        os._exit(1)
    sys.stdout.flush()
    os.write(end, msgspec.json.encode(outcome))
    os._exit(0)


def _error(outcome: Outcome) -> PratiqueError | OSError:
    if outcome.kind == OSError.__name__:
        return OSError(outcome.number, outcome.sentence)
    kind = getattr(errors, outcome.kind, PratiqueError)
    return kind(outcome.sentence) if issubclass(kind, PratiqueError) else PratiqueError(outcome.sentence)
