"""The release before: what is new in an artefact compared with it is the best sign of one that was taken over."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import sqlalchemy as sa

from pratique.core.ecosystem import Ecosystem
from pratique.core.names import Subject
from pratique.core.scans import Verdict
from pratique.store import files, projects, repositories, revocations, scans
from pratique.store.scans import Artefact

_ENDINGS = (".tar.gz", ".tar.bz2", ".tar.xz")


def previous_of(c: sa.Connection, ecosystem: Ecosystem, artefact: Artefact) -> str | None:
    """The sha256 of the newest lower release's artefact of the same kind that is stored here and in good standing.

    Nothing is measured by what was revoked, or what a scan would keep away.

    Returns:
        None if there is none.
    """
    try:
        mine = ecosystem.version_key(artefact.version)
    except ValueError:
        return None
    condemned = {sha for sha, one in scans.of_project(c, artefact.key).items() if one.verdict is Verdict.QUARANTINE}
    lower = []
    for one in _stored(c, ecosystem, artefact):
        try:
            key = ecosystem.version_key(one.version)
        except ValueError:
            continue
        if key < mine and one.sha256 not in condemned and one.sha256 != artefact.sha256:
            lower.append((*kinship(one.filename, artefact.filename, key), one.sha256))
    return max(lower)[-1] if lower else None


def _stored(c: sa.Connection, ecosystem: Ecosystem, artefact: Artefact) -> Iterable[Artefact]:
    """Artefacts of the project in every repository, without what is revoked there."""
    for repository in repositories.repositories(c):
        project = projects.find(c, repository.id, artefact.key)
        if project is None:
            continue
        twin = ecosystem.twin_key(artefact.name)
        revoked = revocations.in_force(c, repository.id, artefact.key, twin)
        rows = [row for row in files.of_project(c, project.id).values() if row.sha256]
        here = files.at_hand(c, [str(row.sha256) for row in rows])
        for row in rows:
            subject = Subject(artefact.key, row.version, row.filename)
            digests = here.get(str(row.sha256))
            if digests is not None and not any(
                one.covers(subject, ecosystem.release_key) or one.is_of_bytes(digests) for one in revoked
            ):
                yield Artefact(str(row.sha256), artefact.ecosystem, artefact.name, row.version, row.filename)


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
