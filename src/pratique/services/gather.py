"""The only builder of facts: from what is known of a project to what rules may look at.

One function a stage. Each later stage adds to the one before it, so that a rule never sees less.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from pratique.advisories import evaluation
from pratique.core import facts as fact
from pratique.core.actors import Actor
from pratique.core.artifacts import Digests, FileView, ProjectView
from pratique.core.clock import Instant
from pratique.core.facts import Absent, DigestCheck, Facts, RecentFix
from pratique.core.names import ProjectKey, Subject
from pratique.core.ranges import VersionKey
from pratique.services import release_history
from pratique.services.knowledge import Knowledge
from pratique.store.advisories import StoredAdvisory
from pratique.store.files import FileRow, Sight

DIGEST_FINDING = "digest_mismatch"
"""Kind of the finding that a download leaves when bytes are not what the index promised."""


class Inquiry(msgspec.Struct, frozen=True):
    """Who asks about which project, and when: what all facts of one use case share."""

    knowledge: Knowledge
    actor: Actor
    now: Instant
    version_key: VersionKey
    popularity: Callable[[ProjectKey], int | None]

    def facts(self, subject: Subject, values: Mapping[str, Any]) -> Facts:
        """Facts about one subject of this inquiry."""
        return Facts(subject, self.knowledge.origin, self.actor, self.now, self.version_key, values)


def name_stage(inquiry: Inquiry) -> Facts:
    """Facts that need no upstream: what may refuse a name before anything is asked outside."""
    known = inquiry.knowledge
    malware = [one for one in known.advisories if one.malware and not one.withdrawn]
    return inquiry.facts(
        Subject(known.key),
        {
            fact.LIST_ENTRIES.name: known.entries,
            fact.ALLOWLIST_IN_FORCE.name: known.allowlist_in_force,
            fact.RESERVATION.name: known.reservation,
            fact.REVOCATIONS.name: known.revocations,
            fact.MALWARE_PROJECT.name: tuple(
                one.id for one in malware if evaluation.covers_every_version(one.affected)
            ),
            fact.POPULARITY.name: inquiry.popularity(known.key),
            fact.ASKED_BEFORE_EXISTED.name: known.asked_before_existed,
            fact.SERVED_BEFORE.name: known.served_before,
        },
    )


def publish_stage(inquiry: Inquiry, version: str, filename: str, *, public_exists: bool | Absent | None) -> Facts:
    """Name facts about one file that is being published; None for `public_exists` means that it was not asked."""
    values = dict(name_stage(inquiry).values)
    if public_exists is not None:
        values[fact.PUBLIC_EXISTS.name] = public_exists
    return inquiry.facts(Subject(inquiry.knowledge.key, version, filename), values)


class ListingGatherer:
    """Facts about every file of one view: what is common is worked out once."""

    def __init__(self, inquiry: Inquiry, view: ProjectView) -> None:
        self._inquiry, self._view = inquiry, view
        self._common = dict(name_stage(inquiry).values)
        first = self._first_published()
        self._common[fact.FIRST_PUBLISHED.name] = (
            Absent("no file of the project says when it was published") if first is None else first
        )
        self._changes = release_history.changes(view.files, inquiry.version_key)
        self._malware = [one for one in inquiry.knowledge.advisories if one.malware and not one.withdrawn]
        self._fixes = self._fixable()
        self._by_version: dict[str, dict[str, Any]] = {}
        self._lies = digest_lies(inquiry.knowledge)

    def _first_published(self) -> Instant | None:
        known = self._inquiry.knowledge
        times = [published(known.files.get(file.filename), file) for file in self._view.files]
        return min((time for time in times if time is not None), default=None)

    def _fixable(self) -> tuple[StoredAdvisory, ...]:
        """Advisories that affect something served here, newest first; how old one may be is the rule's question."""
        inquiry = self._inquiry
        served = {row.version for row in inquiry.knowledge.files.values() if row.sha256}
        found = [
            one
            for one in inquiry.knowledge.advisories
            if not one.malware
            and not one.withdrawn
            and any(evaluation.affects(one.affected, version, inquiry.version_key) for version in served)
        ]
        return tuple(sorted(found, key=lambda one: (-one.published, one.id)))

    def __call__(self, file: FileView) -> Facts:
        """Listing facts of one file, with file facts where an earlier visit stored them."""
        known = self._inquiry.knowledge
        row = known.files.get(file.filename)
        when = published(row, file)
        values = {
            **self._common,
            **self._release_facts(file.version),
            fact.PUBLISHED.name: Absent("nobody says when it was published") if when is None else when,
            fact.GONE_UPSTREAM.name: file.gone,
        }
        check = stored_digests(known, row, file, self._lies)
        if check is not None:
            values[fact.DIGESTS.name] = check
        return self._inquiry.facts(Subject(known.key, file.version, file.filename), values)

    def _release_facts(self, version: str) -> dict[str, Any]:
        found = self._by_version.get(version)
        if found is None:
            change = self._changes.get(version, release_history.Change())
            found = self._by_version[version] = {
                fact.MALWARE.name: tuple(
                    one.id
                    for one in self._malware
                    if evaluation.affects(one.affected, version, self._inquiry.version_key)
                ),
                fact.RECENT_FIX.name: self._fix(version),
                fact.NEW_EXECUTION_POINTS.name: change.new_execution_points,
                fact.WEAKER_EVIDENCE.name: change.weaker_evidence,
            }
        return found

    def _fix(self, version: str) -> RecentFix | None:
        for one in self._fixes:
            if version in evaluation.fixed_versions(one.affected):
                return RecentFix(one.id, one.published)
        return None


def file_stage(listing: Facts, check: DigestCheck) -> Facts:
    """Listing facts with the file's bytes in hand."""
    return msgspec.structs.replace(listing, values={**listing.values, fact.DIGESTS.name: check})


def published(row: FileRow | None, file: FileView) -> Instant | None:
    """When a file counts as published.

    The publisher's or upstream's word holds, unless we held an earlier copy of the document that
    lacked the file: then it cannot have been there before we saw it, and first sight counts. A file
    without any time counts from first sight.
    """
    if row is None:
        return file.published
    if row.sight is Sight.LATE or file.published is None:
        return row.first_seen
    return file.published


def digest_lies(known: Knowledge) -> dict[str, Digests]:
    """Digests once seen on bytes that were refused, by filename and listed digest."""
    return {
        one.filename: msgspec.convert(one.finding.detail["observed"], Digests)
        for one in known.findings
        if one.finding.kind == DIGEST_FINDING and one.filename is not None
    }


def stored_digests(
    known: Knowledge, row: FileRow | None, file: FileView, lies: Mapping[str, Digests]
) -> DigestCheck | None:
    """File facts that are known before the bytes are fetched; None if only they can tell.

    An earlier visit stored them, or the index states no digest at all, so that none ever will be.
    """
    refused = lies.get(file.filename)
    if row is not None and row.sha256 is not None:
        recorded = known.digests.get(row.sha256, Digests(sha256=row.sha256))
        return DigestCheck(listed=file.digests, recorded=recorded, refused=refused)
    if refused is not None:
        return DigestCheck(listed=file.digests, observed=refused, refused=refused)
    return DigestCheck(listed=file.digests) if file.digests == Digests() else None
