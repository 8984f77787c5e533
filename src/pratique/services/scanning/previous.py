"""The release before: what is new in an artefact compared with it is the best sign of one that was taken over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from pratique.core.artifacts import Origin
from pratique.core.clock import DAY, Instant
from pratique.core.ecosystem import Ecosystem
from pratique.core.names import Subject
from pratique.core.reviews import CaseState
from pratique.core.scans import Verdict
from pratique.store import awaiting_scans, files, projects, release_cases, repositories, revocations, scans
from pratique.store.files import FileRow
from pratique.store.scans import Artefact

OLD_AFTER = 30 * DAY
"""From then on first downloads do not wait for a scan either."""

_ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz")


def previous_of(c: sa.Connection, ecosystem: Ecosystem, artefact: Artefact, now: Instant) -> str | None:
    """The sha256 of the newest lower release's artefact of the same kind that is stored here and cleared.

    Only what a scan, or a person, has cleared is a measure: of what waits nobody knows what it does, and what is
    revoked or condemned would excuse the next one that does the same. An upstream's that is old is cleared by time, as
    long as no scan has found anything in it.

    Returns:
        None if there is none.
    """
    try:
        mine = ecosystem.version_key(artefact.version)
    except ValueError:
        return None
    lower = []
    for one in _cleared(c, ecosystem, artefact, now):
        try:
            key = ecosystem.version_key(one.version)
        except ValueError:
            continue
        if key < mine and one.sha256 != artefact.sha256:
            lower.append((*kinship(one.filename, artefact.filename, key), one.sha256))
    return max(lower)[-1] if lower else None


def _cleared(c: sa.Connection, ecosystem: Ecosystem, artefact: Artefact, now: Instant) -> Iterable[Artefact]:
    """Artefacts of the project in good standing, in the repositories that have this one."""
    scanned = scans.of_project(c, artefact.key)
    clear = {sha for sha, one in scanned.items() if one.verdict is Verdict.CLEAR and one.finished}
    homes = [_Home(c, ecosystem, repository.id, artefact) for repository in repositories.repositories(c)]
    # Bytes that have only just come are nowhere yet; whose they are is an upstream's, as own ones are stored first.
    having = [one for one in homes if one.has_it] or [one for one in homes if one.is_upstreams]
    for home in having:
        for row, subject in home.standing():
            sha256 = str(row.sha256)
            cleared = home.cleared_by_a_person(row.version) if sha256 in scanned else home.is_old(row, now)
            if sha256 in clear or cleared:
                yield Artefact(sha256, artefact.ecosystem, artefact.name, row.version, str(subject.filename))


class _Home:
    """The project in one repository."""

    def __init__(self, c: sa.Connection, ecosystem: Ecosystem, repository_id: int, artefact: Artefact) -> None:
        self._c, self._ecosystem, self._repository_id, self._artefact = c, ecosystem, repository_id, artefact
        self._project = projects.find(c, repository_id, artefact.key)
        rows = files.of_project(c, self._project.id).values() if self._project else ()
        self._rows = [row for row in rows if row.sha256]
        self.has_it = any(row.sha256 == artefact.sha256 for row in self._rows)
        self.is_upstreams = self._project is not None and self._project.origin is Origin.UPSTREAM

    def standing(self) -> Iterable[tuple[FileRow, Subject]]:
        """Files whose bytes are here, without what is revoked or waits for its scan."""
        key = self._artefact.key
        twin = self._ecosystem.twin_key(self._artefact.name)
        revoked = revocations.in_force(self._c, self._repository_id, key, twin)
        here = files.at_hand(self._c, [str(row.sha256) for row in self._rows])
        for row in self._rows:
            subject = Subject(key, row.version, row.filename)
            digests = here.get(str(row.sha256))
            if digests is None or awaiting_scans.find(self._c, row.id) is not None:
                continue
            if not any(one.covers(subject, self._ecosystem.release_key) or one.is_of_bytes(digests) for one in revoked):
                yield row, subject

    def is_old(self, row: FileRow, now: Instant) -> bool:
        """Whether it is an upstream's that has been public for so long that somebody would have found out."""
        return self.is_upstreams and (row.published or row.first_seen) <= now - OLD_AFTER

    def cleared_by_a_person(self, version: str) -> bool:
        """Whether somebody has looked at what a scan found in a release, and let it pass."""
        case = release_cases.find(self._c, self._repository_id, self._artefact.key, version)
        return case is not None and case.state is CaseState.CLEARED


def kinship(one: str, other: str, version: Any) -> tuple[bool, Any, int]:
    """How well one file stands for the release before another's, the greater the better.

    Of the same kind first, then the newest, then the one whose name ends alike: a wheel is compared with the one for
    the same platform.

    Args:
        one: a file name.
        other: that of the newer release.
        version: of the first, as its ecosystem orders them.
    """
    pairs = zip(reversed(one), reversed(other), strict=False)
    alike = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return _ending(one) == _ending(other), version, alike


def _ending(filename: str) -> str:
    lowered = filename.lower()
    found = next((ending for ending in _ENDINGS if lowered.endswith(ending)), None)
    return found or lowered.rpartition(".")[2]
