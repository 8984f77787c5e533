"""What is found out once for all requests that are answered in one turn of the event loop."""

from __future__ import annotations

import asyncio

import msgspec

from pratique.core.clock import Instant
from pratique.services.ports import Ports
from pratique.web.wire import Dates


class Moment(msgspec.Struct, frozen=True):
    """The present, of a turn in which it is known what has changed.

    Attributes:
        end: of a head: the date, and the empty line.
    """

    now: Instant
    end: bytes


class Turn:
    """The moment of the turn that is under way. One for each event loop.

    The bytes of all requests of a turn were there before its first one is looked at: what was written before somebody
    asked is seen for all of them. What they themselves change is known in a later turn only.
    """

    def __init__(self, ports: Ports) -> None:
        self._ports, self._dates = ports, Dates()
        self._moment: Moment | None = None

    def moment(self) -> Moment | None:
        """The present; None if whether something has changed would have to be asked."""
        if self._moment is None and self._ports.revisions.kept_known() is not None:
            self._moment = Moment(self._ports.clock.now(), self._dates.line())
            asyncio.get_running_loop().call_soon(self._end)
        return self._moment

    def _end(self) -> None:
        self._moment = None
