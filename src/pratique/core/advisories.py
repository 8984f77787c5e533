"""What an advisory says of one project, as a value that every ecosystem can tell in its clients' form."""

from __future__ import annotations

import msgspec

from pratique.core.clock import Instant


class VersionSpan(msgspec.Struct, frozen=True):
    """Versions from one to another in their ecosystem's order, the first included.

    Attributes:
        start: None for the very first.
        end: None for no end.
        end_included: the end belongs to it.
    """

    start: str | None = None
    end: str | None = None
    end_included: bool = False

    @property
    def covers_all(self) -> bool:
        """Whether no version lies outside."""
        return self.start is None and self.end is None

    @property
    def is_single(self) -> bool:
        """Whether it holds one version alone."""
        return self.end_included and self.start is not None and self.start == self.end


class Cvss(msgspec.Struct, frozen=True):
    """A rating by the Common Vulnerability Scoring System.

    Attributes:
        vector: as the record states it.
        score: 0.0 to 10.0.
    """

    vector: str
    score: float


class ProjectAdvisory(msgspec.Struct, frozen=True):
    """One record as far as it concerns one project.

    Attributes:
        id: of the record (`GHSA-...`, `MAL-...`).
        name: the project's canonical name.
        title: one line.
        details: whatever the record says further; empty if nothing.
        severity: `critical`, `high`, `medium` or `low`; `unrated` where nobody says and nothing rates it.
        affected: spans and single versions; one that covers all where a bound cannot be read.
        hit: those of the versions asked about that are affected.
        fixed: versions literally named as fixes.
        url: where people read more, http or https.
        aliases: other ids of the same flaw.
        cwes: `CWE-79`.
    """

    id: str
    name: str
    title: str
    severity: str
    url: str
    published: Instant
    modified: Instant
    affected: tuple[VersionSpan, ...]
    hit: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    details: str = ""
    aliases: tuple[str, ...] = ()
    cwes: tuple[str, ...] = ()
    cvss: Cvss | None = None
