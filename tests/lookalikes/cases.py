"""What a look-alike is: a technique, the files that show it, and the same without harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pratique.scan.seen import Oddity

Files = Mapping[str, bytes]


@dataclass(frozen=True)
class Case:
    """One technique in one ecosystem.

    Attributes:
        technique: what it does, in the words of reports.
        ecosystem: one of the six.
        place: where it runs.
        files: below the package's root.
        twin: what harmless packages do that looks most like it.
        previous: the release before, for techniques that only a difference shows; the twin's too.
        oddities: what the walk of the archive would have found, for techniques of archives.
        fingerprints: known-bad files, for techniques that only these show.
        originals: files of a well-known project, for copies of it.
    """

    technique: str
    ecosystem: str
    place: str
    files: Files
    twin: Files
    previous: Files | None = None
    oddities: tuple[Oddity, ...] = ()
    fingerprints: tuple[bytes, ...] = ()
    originals: Files = field(default_factory=dict)

    @property
    def id(self) -> str:
        """A name for tests: the same in every run."""
        return f"{self.ecosystem}-{self.place}-{self.technique}".replace(" ", "_")
