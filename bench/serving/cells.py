"""Servers asked in turn, again and again, so that what else the machine does meets all of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from bench.serving.load import Asks, Load, Measured


@dataclass(frozen=True)
class Contestant:
    """One server and what it is asked.

    Attributes:
        pids: its processes that answer.
    """

    name: str
    port: int
    asks: Asks
    pids: Callable[[], Sequence[int]]


class Cell:
    """What each contestant did in each round."""

    def __init__(self, rounds: dict[str, list[Measured]]) -> None:
        self._rounds = rounds

    def of(self, name: str, what: str) -> float:
        """The median over all rounds of a field of `Measured`."""
        return median(getattr(one, what) for one in self._rounds[name])

    def ratio(self, name: str, to: str) -> float:
        """The median over all rounds of how many answers one gave for each of the other."""
        pairs = zip(self._rounds[name], self._rounds[to], strict=True)
        return median(one.rate / other.rate for one, other in pairs)

    def best(self, *names: str) -> str:
        """Who gave most."""
        return max(names, key=lambda name: self.of(name, "rate"))

    def line(self, title: str) -> str:
        """All of it for people."""
        told = (
            f"{name} {self.of(name, 'rate'):,.0f}/s {self.of(name, 'cpu_us'):.0f} us CPU, "
            f"{self.of(name, 'cpu_share'):.2f} of the core, p99 {self.of(name, 'p99'):.1f} ms"
            for name in self._rounds
        )
        return f"{title}: " + "; ".join(told)


def compare(load: Load, contestants: Sequence[Contestant], rounds: int, seconds: float) -> Cell:
    """Ask each for so long, and all of them again, `rounds` times; a first round does not count."""
    found: dict[str, list[Measured]] = {one.name: [] for one in contestants}
    for one in contestants:
        load.run(one.asks, one.port, one.pids(), seconds)
    for _ in range(rounds):
        for one in contestants:
            found[one.name].append(load.run(one.asks, one.port, one.pids(), seconds))
    return Cell(found)
