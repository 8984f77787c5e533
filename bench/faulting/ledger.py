"""What has to be true, kept by somebody outside: what was acknowledged, what was only tried, what was wrong."""

from __future__ import annotations

import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field

REFUSED_WITHIN = 1.0
"""Seconds after the acknowledgement of a revocation from which nobody gets a byte."""

LISTED_WITHIN = 2.3
"""The same for listings: a process that cannot read what changed believes for two seconds what it read last."""

_REMEMBERED, _TOLD = 50, 10


@dataclass
class Change:
    """One request that changes something, as its sender saw it.

    Attributes:
        kind: of the event that it leaves.
        began: when it was sent, monotonic seconds.
        acknowledged: when success was answered; None if nobody knows what became of it.
        event: id of its event, where the answer tells.
    """

    kind: str
    began: float
    acknowledged: float | None = None
    event: str | None = None


@dataclass
class Release:
    """One release that somebody tried to publish, or that the upstream has.

    Attributes:
        sha256: of its file.
        own: published here, and not by the upstream.
        held: policy refuses it until somebody approves.
        busy: somebody is changing it.
    """

    ecosystem: str
    name: str
    version: str
    path: str
    listing: str
    sha256: str
    own: bool
    held: bool = False
    busy: bool = False
    changes: list[Change] = field(default_factory=list)

    @property
    def purl(self) -> str:
        """As events name it."""
        return f"pkg:{self.ecosystem}/{self.name}@{self.version}"

    @property
    def published(self) -> float | None:
        """When its publication was acknowledged."""
        return self.last("published")

    def last(self, *kinds: str) -> float | None:
        """When the latest acknowledged change of these kinds was acknowledged."""
        return max((one.acknowledged for one in self.changes if one.kind in kinds and one.acknowledged), default=None)

    def stands(self, on: str, off: str) -> bool | None:
        """Whether `on` is in force and not `off`; None if the last word on it was not acknowledged."""
        said = [one for one in self.changes if one.kind in (on, off)]
        if not said:
            return False
        return said[-1].kind == on if said[-1].acknowledged else None

    def must_be_refused(self, asked: float, answered: float, within: float) -> bool:
        """Whether a request of that time must not get it: it is refused by an acknowledged change or by policy."""
        if self.held and not any(one.kind == "waived" and one.began <= answered for one in self.changes):
            return True
        said = [one for one in self.changes if one.kind in ("revoked", "unrevoked") and one.began <= answered]
        if not said or said[-1].kind != "revoked" or said[-1].acknowledged is None:
            return False
        return said[-1].acknowledged + within < asked

    def must_be_there(self, asked: float, within: float) -> bool:
        """Whether a request of that time must find it, unless it is refused with a reason."""
        published = self.published
        return published is not None and published + within < asked


class Ledger:
    """All of it, and every violation."""

    def __init__(self, seed: int, say: Callable[[str], None]) -> None:
        self.releases: list[Release] = []
        self.acknowledged = 0
        self.lost: list[str] = []
        self.wrongly_served: list[str] = []
        self.not_recovered: list[str] = []
        self.answers: Counter[str] = Counter()
        self.downloads: dict[tuple[str, str], list[tuple[float, str]]] = {}
        self.waited_without_upstream: list[float] = []
        self.kills: list[tuple[float, str]] = []
        self._seed, self._say = seed, say
        self._history: deque[str] = deque(maxlen=_REMEMBERED)
        self._began = time.monotonic()

    @property
    def violations(self) -> int:
        """How often something was wrong."""
        return len(self.lost) + len(self.wrongly_served) + len(self.not_recovered)

    def note(self, what: str) -> None:
        """Remember what happened."""
        self._history.append(f"{time.monotonic() - self._began:8.2f}  {what}")

    def acknowledge(self, change: Change, event: str | None = None) -> None:
        """A success was answered."""
        change.acknowledged, change.event = time.monotonic(), event
        self.acknowledged += 1

    def downloaded(self, release: Release, token: str, node: str) -> None:
        """A whole file was answered with 200; the record of downloads has to have it."""
        self.downloads.setdefault((release.purl, token), []).append((time.monotonic(), node))

    def kill(self, node: str) -> None:
        """Processes of a node (or of the database, for all) were ended without a word."""
        self.kills.append((time.monotonic(), node))

    def is_lost(self, what: str) -> None:
        """Something acknowledged is not there."""
        self._violated(self.lost, "LOST", what)

    def is_wrong(self, what: str) -> None:
        """Something was served that must not be."""
        self._violated(self.wrongly_served, "WRONGLY SERVED", what)

    def does_not_recover(self, what: str) -> None:
        """A canary did not sing again, or installs stopped that need nobody else."""
        self._violated(self.not_recovered, "NOT RECOVERED", what)

    def _violated(self, kind: list[str], name: str, what: str) -> None:
        kind.append(what)
        self.note(f"{name}: {what}")
        if self.violations <= _TOLD:
            self._say(f"\n{name} (--seed {self._seed}): {what}\nlatest events, in seconds since the start:")
            while self._history:
                self._say(self._history.popleft())
