"""Everything the database knows about one project, read in a fixed number of queries."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeGuard

import msgspec
from sqlalchemy import Connection

from pratique.core.artifacts import Digests, Origin
from pratique.core.clock import Instant
from pratique.core.decisions import ListEntry, Reservation, Revocation
from pratique.core.likeness import NameReview
from pratique.core.names import ProjectKey
from pratique.core.reviews import HeldForReview
from pratique.core.scans import ScanResult
from pratique.rules.globs import entries_about, reservation_of
from pratique.rules.policy import Policy, read_policy
from pratique.store import (
    advisories,
    awaiting_scans,
    files,
    findings,
    invented_names,
    missing,
    name_reviews,
    policy,
    projects,
    release_cases,
    revisions,
    revocations,
    scans,
)
from pratique.store.advisories import StoredAdvisory
from pratique.store.files import FileRow
from pratique.store.findings import StoredFinding
from pratique.store.projects import Project


class Knowledge(msgspec.Struct, frozen=True):
    """One project as this repository knows it, at one revision.

    Attributes:
        role: of the asking account on the own project, None for none.
        project: None if nothing was ever published or fetched under the name.
        twin: what the name shares with those that may not exist beside it.
        twins: projects here whose names cannot exist beside this one.
        files: rows by filename: stored ones and sightings.
        digests: of the stored blobs, by sha256.
        scans: of artefacts under this name, by sha256.
        entries: allow, deny and grant entries that name the project, and denials of a twin.
        asked_before_existed: when somebody first asked for a name that came to exist only later.
        invented: feeds of names that models invent which hold this one.
        allowlist_in_force: the repository has allow entries for this ecosystem.
        revocations: of the project and of its twins.
        advisories: about the project or a twin of it.
        name_review: what keeps an own project back for its name.
        held: version to what keeps that release back until a person has looked.
        withheld: own files of which nothing is public before their scan.
        revision: read in the same transaction; what is rendered from this is valid for it alone.
    """

    repository_id: int
    key: ProjectKey
    project: Project | None
    twin: str
    twins: tuple[Project, ...]
    role: str | None
    files: Mapping[str, FileRow]
    digests: Mapping[str, Digests]
    scans: Mapping[str, ScanResult]
    findings: tuple[StoredFinding, ...]
    entries: tuple[ListEntry, ...]
    allowlist_in_force: bool
    reservation: Reservation | None
    revocations: tuple[Revocation, ...]
    advisories: tuple[StoredAdvisory, ...]
    policy: Policy
    asked_before_existed: Instant | None
    invented: tuple[str, ...]
    served_before: bool
    name_review: NameReview | None
    revision: int
    held: Mapping[str, HeldForReview] = {}
    withheld: frozenset[str] = frozenset()

    @property
    def origin(self) -> Origin:
        """Sticky: what the project row says; unknown until there is one."""
        return Origin.UNKNOWN if self.project is None else self.project.origin

    @property
    def has_own_twin(self) -> bool:
        """Whether a project of ours is one with this name, which is therefore nobody's."""
        return any(one.origin is Origin.OWN for one in self.twins)

    @property
    def has_upstream_twin(self) -> bool:
        """Whether an upstream had a project here that is one with this name."""
        return any(one.origin is Origin.UPSTREAM for one in self.twins)

    @property
    def visibility(self) -> str | None:
        """Of an own project; None for an upstream's and for a name that nobody has."""
        return self.project.visibility if self.project is not None and self.project.origin is Origin.OWN else None

    @property
    def is_private_name(self) -> bool:
        """Own and not public, or reserved: a name that must not leak to outsiders."""
        if self.project is not None and self.project.origin is Origin.OWN:
            return self.project.visibility != "public"
        return self.reservation is not None


def read_knowledge(
    connection: Connection,
    repository_id: int,
    key: ProjectKey,
    twin_key: Callable[[str], str],
    account: int | None = None,
) -> Knowledge:
    """Read it in one transaction.

    Args:
        twin_key: the ecosystem's.
        account: the asker's, for its role.
    """
    twin = twin_key(key.name)
    alike = projects.of_twin(connection, repository_id, key.ecosystem, twin)
    project = projects.find(connection, repository_id, key)
    rows = files.of_project(connection, project.id) if project else {}
    stored = [row.sha256 for row in rows.values() if row.sha256]
    entries = policy.list_entries(connection, repository_id, key.ecosystem)
    return Knowledge(
        repository_id=repository_id,
        key=key,
        project=project,
        twin=twin,
        twins=tuple(one for one in alike if one.key != key),
        role=projects.role_of(connection, project.id, account) if project and account is not None else None,
        files=rows,
        digests=files.blob_digests(connection, stored) if stored else {},
        scans=scans.of_project(connection, key) if project else {},
        findings=findings.of_project(connection, project.id) if project else (),
        entries=entries_about(key, entries, twin_key),
        allowlist_in_force=any(entry.kind == "allow" for entry in entries),
        reservation=reservation_of(key, policy.reservations(connection, repository_id, key.ecosystem), twin_key),
        revocations=revocations.in_force(connection, repository_id, key, twin),
        advisories=advisories.of_twin(connection, key.ecosystem, twin),
        policy=read_policy(
            policy.rule_settings(connection, repository_id),
            policy.waivers(connection, repository_id, key),
            repository=repository_id,
        ),
        asked_before_existed=missing.first_asked(connection, repository_id, key.ecosystem, twin) if project else None,
        invented=invented_names.feeds_of(connection, key.ecosystem, twin),
        served_before=project is not None and project.served is not None,
        name_review=_name_review(connection, repository_id, project),
        revision=revisions.project_revision(connection, repository_id, key),
        held=release_cases.holding(connection, repository_id, key) if project else {},
        withheld=awaiting_scans.withheld_files(connection, project.id) if _is_own(project) else frozenset(),
    )


def _is_own(project: Project | None) -> TypeGuard[Project]:
    return project is not None and project.origin is Origin.OWN


def _name_review(connection: Connection, repository_id: int, project: Project | None) -> NameReview | None:
    """Upstreams' projects, which are most, are not asked about."""
    if not _is_own(project):
        return None
    return name_reviews.about(connection, repository_id, project.key)
