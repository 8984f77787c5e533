"""The only builder of facts: from what is known of a project to what rules may look at.

One function a stage. Each later stage adds to the one before it, so that a rule never sees less.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from pratique.advisories import evaluation
from pratique.core import facts as fact
from pratique.core.actors import Actor
from pratique.core.artifacts import Digests, FileView, Origin, ProjectStatus, ProjectView
from pratique.core.clock import Instant
from pratique.core.facts import Absent, DigestCheck, Facts, Nowhere, RecentFix, Seen, Stage
from pratique.core.likeness import Likeness, NameReview
from pratique.core.names import ProjectKey, Subject
from pratique.core.ranges import VersionKey
from pratique.rules.decide import Judge
from pratique.rules.policy import Policy
from pratique.services.judging import release_history
from pratique.services.judging.file_facts import known_file_facts, seen_before
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.release_history import Member
from pratique.services.judging.scan_facts import kept_scan, known_scan, scan_facts, young_for
from pratique.store.advisories import StoredAdvisory
from pratique.store.files import FileRow, Sight

_COMPARED = frozenset((fact.JOINED_LATE, fact.NEW_EXECUTION_POINTS, fact.WEAKER_EVIDENCE))
"""Facts that come of comparing files with each other."""

_APPEARED = (Sight.NEW, Sight.LATE, Sight.SWAPPED)


class Inquiry(msgspec.Struct, frozen=True):
    """Who asks about which project, and when: what all facts of one use case share."""

    knowledge: Knowledge
    actor: Actor
    now: Instant
    version_key: VersionKey
    release_key: VersionKey
    popularity: Callable[[ProjectKey], int | None]
    likeness: Callable[[ProjectKey], Likeness | None]

    def facts(self, subject: Subject, values: Mapping[str, Any]) -> Facts:
        """Facts about one subject of this inquiry."""
        origin = self.knowledge.origin
        return Facts(subject, origin, self.actor, self.now, self.version_key, self.release_key, values)

    def is_affected(self, advisory: StoredAdvisory, version: str) -> bool:
        """Whether an advisory speaks of a version, or of one that cannot stand beside it."""
        return any(evaluation.affects(advisory.affected, version, key) for key in (self.version_key, self.release_key))


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
            fact.INVENTED.name: known.invented,
            fact.SERVED_BEFORE.name: known.served_before,
            fact.NAME_REVIEW.name: known.name_review if known.origin is Origin.OWN else None,
        },
    )


def project_stage(inquiry: Inquiry, view: ProjectView) -> Facts:
    """Name stage facts, and how the project stands: what refuses it as a whole, also what nobody lists any more."""
    named = name_stage(inquiry)
    status = {fact.PROJECT_STATUS.name: _status(inquiry.knowledge, view)}
    return msgspec.structs.replace(named, values={**named.values, **status})


def as_nobodys(known: Knowledge) -> Knowledge:
    """What is known of a name that nobody has, in the place of what is known of one that the asker may not know of.

    What public feeds say of a name (advisories, names that models invent) and what is laid down for names of a kind
    (lists) counts as for every other name.
    """
    return msgspec.structs.replace(
        known,
        project=None,
        twins=(),
        role=None,
        files={},
        digests={},
        scans={},
        findings=(),
        reservation=None,
        revocations=(),
        asked_before_existed=None,
        served_before=False,
        name_review=None,
        held={},
        withheld=frozenset(),
    )


def nowhere_stage(inquiry: Inquiry, hint: str | None = None) -> Facts:
    """Facts about a name that nobody has, or that the asker may not know of: for both they are the same.

    None for `hint` means that nobody has looked yet whether there is a project.
    """
    named = name_stage(msgspec.structs.replace(inquiry, knowledge=as_nobodys(inquiry.knowledge)))
    looked = {} if hint is None else {fact.NOWHERE.name: Nowhere(hint)}
    return msgspec.structs.replace(named, values={**named.values, **looked})


def publish_stage(
    inquiry: Inquiry,
    version: str | None,
    filename: str | None,
    digests: Digests,
    *,
    public_exists: bool | Absent | None,
    new_name: NameReview | None = None,
) -> Facts:
    """What is known of one file that is being published, its bytes in hand: what its index will state is computed.

    None for `public_exists` means that it was not asked; for version and filename, that there is no file yet.

    Args:
        new_name: what a person has to look at, of a project that is new.
    """
    values = dict(name_stage(inquiry).values)
    values[fact.SERVED_BEFORE.name] = inquiry.knowledge.served_before or inquiry.knowledge.has_upstream_twin
    values[fact.LISTED_DIGESTS.name] = digests
    values[fact.DIGESTS.name] = DigestCheck(listed=digests, observed=digests)
    values[fact.RESEMBLES.name] = None  # nobody installs it from an upstream
    if new_name is not None:
        values[fact.NAME_REVIEW.name] = new_name
    if public_exists is not None:
        values[fact.PUBLIC_EXISTS.name] = public_exists
    return inquiry.facts(Subject(inquiry.knowledge.key, version, filename), values)


class ListingGatherer:
    """Facts about every file of one view: what is common is worked out once."""

    def __init__(self, inquiry: Inquiry, view: ProjectView) -> None:
        self._inquiry, self._view = inquiry, view
        self._common = dict(name_stage(inquiry).values)
        self._malware = [one for one in inquiry.knowledge.advisories if one.malware and not one.withdrawn]
        self._fixes = self._fixable()
        self._by_version: dict[str, dict[str, Any]] = {}
        self._seen_before = seen_before(inquiry.knowledge.findings)
        rows = inquiry.knowledge.files
        files = {file.filename: file for file in self._all_files()}
        self._published = {name: published(rows.get(name), file) for name, file in files.items()}
        self._common[fact.NOWHERE.name] = None
        first = self._first_published()
        self._common[fact.PROJECT_STATUS.name] = _status(inquiry.knowledge, view)
        self._common[fact.FIRST_PUBLISHED.name] = (
            Absent("no file of the project says when it was published") if first is None else first
        )
        seen = inquiry.knowledge.project
        self._common[fact.FIRST_SEEN.name] = inquiry.now if seen is None else seen.created
        self._common[fact.RESEMBLES.name] = self._resembles(first)
        self._young = young_for(inquiry.knowledge.policy)
        self._uncompared = Judge(_without_comparisons(inquiry.knowledge.policy), Stage.LISTING)
        members = [self._member(file, rows.get(name)) for name, file in files.items()]
        self._changes = release_history.changes(members, inquiry.release_key)

    def _all_files(self) -> Iterator[FileView]:
        """Every file listed, and every one that was noted here and is listed no more."""
        yield from self._view.files
        listed = {file.filename for file in self._view.files}
        for row in self._inquiry.knowledge.files.values():
            if row.filename not in listed:
                yield FileView(row.filename, row.version, gone=True)

    def _member(self, file: FileView, row: FileRow | None) -> Member:
        return Member(
            version=file.version,
            filename=file.filename,
            execution_points=file.execution_points,
            attested=file.attested,
            stated=_stated(row, file),
            published=self._published[file.filename],
            appeared=row.first_seen if row is not None and row.sight in _APPEARED else None,
            swapped=row is not None and row.sight is Sight.SWAPPED,
            served=row is not None and row.sha256 is not None and not self._is_condemned(file, row, row.sha256),
        )

    def _is_condemned(self, file: FileView, row: FileRow, sha256: str) -> bool:
        """Whether it was served here and would not be today: nothing may be measured by it.

        What is revoked or known malware is condemned though a rule be off or waived.
        """
        known, release_key = self._inquiry.knowledge, self._inquiry.release_key
        facts = self._inquiry.facts(Subject(known.key, file.version, file.filename), self._own_facts(file, row))
        bytes_here = known.digests.get(sha256, Digests(sha256=sha256))
        if facts[fact.MALWARE] or any(
            one.covers(facts.subject, release_key) or one.is_of_bytes(bytes_here) for one in known.revocations
        ):
            return True
        if known.origin is Origin.OWN:
            return False  # no rule compares our own releases, and a listing must not judge them twice
        return self._uncompared.briefly(facts).action.refuses_download

    def _first_published(self) -> Instant | None:
        times = [self._published[file.filename] for file in self._view.files]
        return min((time for time in times if time is not None), default=None)

    def _resembles(self, first: Instant | None) -> Likeness | None:
        """Asked only about names that are new and not popular, and only where a rule wants to know it."""
        inquiry = self._inquiry
        is_new = first is None or inquiry.now < first + fact.NEW_FOR
        if inquiry.knowledge.origin is Origin.OWN or not is_new or self._common[fact.POPULARITY.name] is not None:
            return None
        wanted = any(fact.RESEMBLES in one.rule.needs for one in inquiry.knowledge.policy.rules)
        return inquiry.likeness(inquiry.knowledge.key) if wanted else None

    def _fixable(self) -> tuple[StoredAdvisory, ...]:
        """Advisories that affect something served here, newest first; how old one may be is the rule's question.

        Only what names the project itself lets a fix of it pass early.
        """
        inquiry = self._inquiry
        served = {row.version for row in inquiry.knowledge.files.values() if row.sha256}
        found = [
            one
            for one in inquiry.knowledge.advisories
            if not one.malware
            and not one.withdrawn
            and one.key == inquiry.knowledge.key
            and any(evaluation.affects(one.affected, version, inquiry.version_key) for version in served)
        ]
        return tuple(sorted(found, key=lambda one: (-one.published, one.id)))

    def __call__(self, file: FileView) -> Facts:
        """Listing facts of one file, with file facts where an earlier visit stored them."""
        known = self._inquiry.knowledge
        change = self._changes[file.filename]
        values = {
            **self._own_facts(file, known.files.get(file.filename)),
            fact.JOINED_LATE.name: change.joined_late,
            fact.NEW_EXECUTION_POINTS.name: change.new_execution_points,
            fact.WEAKER_EVIDENCE.name: change.weaker_evidence,
        }
        return self._inquiry.facts(Subject(known.key, file.version, file.filename), values)

    def _own_facts(self, file: FileView, row: FileRow | None) -> dict[str, Any]:
        """What is known of a file without comparing it with others."""
        known, when = self._inquiry.knowledge, self._published[file.filename]
        before = self._seen_before.get(file.filename, ())
        scanned = known_scan(known, row, file, before)
        return {
            **self._common,
            **self._release_facts(file.version),
            fact.PUBLISHED.name: Absent("nobody says when it was published") if when is None else when,
            fact.GONE_UPSTREAM.name: file.gone,
            fact.UNPUBLISHED.name: file.unpublished,
            **known_file_facts(known, row, file, before),
            **scan_facts(scanned, known.origin, when, self._young, self._inquiry.now),
            fact.LISTED_DIGESTS.name: file.digests,
        }

    def _release_facts(self, version: str) -> dict[str, Any]:
        found = self._by_version.get(version)
        if found is None:
            found = self._by_version[version] = {
                fact.MALWARE.name: tuple(one.id for one in self._malware if self._inquiry.is_affected(one, version)),
                fact.RECENT_FIX.name: self._fix(version),
                fact.RELEASE_HELD.name: self._inquiry.knowledge.held.get(version),
            }
        return found

    def _fix(self, version: str) -> RecentFix | None:
        for one in self._fixes:
            if evaluation.is_fixed_in(one.affected, version, self._inquiry.version_key):
                return RecentFix(one.id, one.published)
        return None


def _status(known: Knowledge, view: ProjectView) -> ProjectStatus:
    """As its document says; where there is none, as was said last; where nobody ever did, active."""
    last = known.project.status if known.project is not None else None
    return view.status or last or ProjectStatus()


def _without_comparisons(policy: Policy) -> Policy:
    """Rules that can judge a file before it is compared with others."""
    rules = tuple(one for one in policy.rules if _COMPARED.isdisjoint(one.rule.needs))
    return msgspec.structs.replace(policy, rules=rules)


def file_stage(listing: Facts, file: FileView, seen: Seen) -> Facts:
    """Listing facts with the file's bytes in hand; what was recorded and refused before stays known."""
    before: DigestCheck = listing.values.get(fact.DIGESTS.name, DigestCheck(file.digests))
    check = msgspec.structs.replace(before, observed=seen.digests)
    of_bytes = {one.name for one in fact.ALL_FACTS if one.stage is Stage.FILE}
    values = {name: value for name, value in listing.values.items() if name not in of_bytes}
    known = {**values, **kept_scan(listing, seen), **seen.facts, fact.DIGESTS.name: check}
    return msgspec.structs.replace(listing, values=known)


def published(row: FileRow | None, file: FileView) -> Instant | None:
    """When a file counts as published.

    The publisher's or upstream's word holds, and of several words the latest, unless we know better: a
    file that a copy held earlier lacked, or that lists other bytes than before, cannot have been there
    before we saw it, and first sight counts. A file without any time counts from first sight.
    """
    if row is None:
        return file.published
    if row.sight in (Sight.LATE, Sight.SWAPPED):
        return row.first_seen
    stated = _stated(row, file)
    return row.first_seen if stated is None else stated


def _stated(row: FileRow | None, file: FileView) -> Instant | None:
    """The latest that the upstream said of its time, where that cannot be after we saw it."""
    if row is None or row.published is None:
        return file.published
    earlier = min(row.published, row.first_seen)
    return earlier if file.published is None else max(earlier, file.published)
