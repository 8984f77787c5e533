"""Facts: what policy may look at, each with the stage at which it can be had.

A fact is **known** (knowing that nothing was found is known), **absent** (its source should have it
and could not give it) or **not yet fetched**. Adding one is a field here and a gatherer in
`services.gather`.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from typing import Any, Generic, TypeVar

import msgspec

from pratique.core.actors import Actor
from pratique.core.artifacts import Digests, Origin, ProjectStatus
from pratique.core.clock import DAY, Instant
from pratique.core.decisions import ListEntry, Reservation, Revocation
from pratique.core.likeness import Likeness, NameReview
from pratique.core.names import Subject
from pratique.core.ranges import VersionKey, VersionRange
from pratique.core.reviews import HeldForReview
from pratique.core.scans import ScanResult

T = TypeVar("T")


class Stage(IntEnum):
    """When a fact can be had at the latest."""

    NAME = 1
    LISTING = 2
    FILE = 3


class Fact(Generic[T]):
    """One thing policy may look at.

    Attributes:
        name: used in stored decisions and explanations.
        stage: from here on it is an error not to have it.
        meaning: one sentence for people.
        kind: type of the value; said for file facts, which are stored and read back as this.
    """

    def __init__(self, name: str, stage: Stage, meaning: str, kind: Any = Any) -> None:
        self.name, self.stage, self.meaning, self.kind = name, stage, meaning, kind
        ALL_FACTS.append(self)

    def __repr__(self) -> str:
        """`<fact published, listing>`."""
        return f"<fact {self.name}, {self.stage.name.lower()}>"


class Absent(msgspec.Struct, frozen=True):
    """The fact's source should have it and could not give it.

    Attributes:
        why: what went wrong.
        remedy: what people can do that the fact is not needed, said of the subject (`must be reserved first`); empty
            where there is nothing.
        passing: the failure is one of the moment: the same question may be answered in a minute.
    """

    why: str
    remedy: str = ""
    passing: bool = False


class NotYetFetched(Exception):
    """A rule asked for a fact of a later stage: its vote waits."""

    def __init__(self, fact: Fact[Any]) -> None:
        super().__init__(f"{fact.name} is not yet fetched")
        self.fact = fact


class FactAbsent(Exception):
    """A rule asked for a fact that could not be had: it denies."""

    def __init__(self, fact: Fact[Any], absent: Absent) -> None:
        super().__init__(f"{fact.name} is missing: {absent.why}")
        self.fact, self.absent = fact, absent


class Facts(msgspec.Struct, frozen=True):
    """Everything gathered about one subject, for one actor, at one instant.

    Attributes:
        subject: what is judged.
        origin: own, upstream or unknown.
        actor: who asks.
        now: the instant of judgement.
        version_key: the ecosystem's version order.
        release_key: the same, equal for versions of which a project can have only one.
        values: fact name to its value or Absent; a missing name is not yet fetched.
    """

    subject: Subject
    origin: Origin
    actor: Actor
    now: Instant
    version_key: VersionKey
    release_key: VersionKey
    values: Mapping[str, Any]

    def __getitem__(self, fact: Fact[T]) -> T:
        """The fact's value.

        Raises:
            NotYetFetched: it belongs to a later stage and is not stored from an earlier visit.
            FactAbsent: its source could not give it.
        """
        try:
            value = self.values[fact.name]
        except KeyError:
            raise NotYetFetched(fact) from None
        if isinstance(value, Absent):
            raise FactAbsent(fact, value)
        return value  # type: ignore[no-any-return]

    def in_range(self, versions: VersionRange) -> bool:
        """Whether the subject's version lies in the range; at the name stage only `*` does."""
        if self.subject.version is None:
            return versions.covers_all
        return versions.contains(self.subject.version, self.version_key)

    def denied_in_range(self, versions: VersionRange) -> bool:
        """Whether a denial of the range reaches the subject: also by a version that cannot stand beside its own.

        A range that permits is asked by `in_range`: nothing is permitted but what was named.
        """
        version = self.subject.version
        return self.in_range(versions) or (version is not None and versions.contains(version, self.release_key))


class DigestCheck(msgspec.Struct, frozen=True):
    """What is stated and what is seen about one file's bytes.

    Attributes:
        listed: by the index now.
        recorded: computed here from the bytes first accepted under this name; None if never stored.
        observed: computed from the bytes just fetched; None when they came from the store.
        refused: of bytes that once arrived under this name and were refused; None if that never happened.
    """

    listed: Digests
    recorded: Digests | None = None
    observed: Digests | None = None
    refused: Digests | None = None


class Seen(msgspec.Struct, frozen=True):
    """What a look at a file's bytes told, whoever asked for them and whatever is decided.

    Attributes:
        digests: computed from them; they say which bytes these are.
        facts: the other file facts, by name: values of the fact's `kind`, or Absent.
    """

    digests: Digests
    facts: Mapping[str, Any] = {}


class Nowhere(msgspec.Struct, frozen=True):
    """A name that neither we nor any upstream has.

    Attributes:
        hint: what was probably meant, in words; empty where nothing is known.
    """

    hint: str = ""


class RecentFix(msgspec.Struct, frozen=True):
    """An advisory whose literal `fixed` version this release is."""

    advisory: str
    published: Instant


ALL_FACTS: list[Fact[Any]] = []

LIST_ENTRIES: Fact[tuple[ListEntry, ...]] = Fact(
    "list_entries", Stage.NAME, "allow, deny and grant entries that name this project"
)
ALLOWLIST_IN_FORCE: Fact[bool] = Fact(
    "allowlist_in_force",
    Stage.NAME,
    "whether the repository has allow entries for this ecosystem, expired ones included",
)
RESERVATION: Fact[Reservation | None] = Fact(
    "reservation", Stage.NAME, "the reservation that holds this name for own projects"
)
REVOCATIONS: Fact[tuple[Revocation, ...]] = Fact(
    "revocations", Stage.NAME, "revocations in force for this project, its releases and files"
)
MALWARE_PROJECT: Fact[tuple[str, ...]] = Fact(
    "malware_project", Stage.NAME, "ids of malware records that cover every version"
)
POPULARITY: Fact[int | None] = Fact(
    "popularity", Stage.NAME, "rank among the most downloaded names, None if not among them"
)
ASKED_BEFORE_EXISTED: Fact[Instant | None] = Fact(
    "asked_before_existed", Stage.NAME, "when this name was first asked for while the upstream had nothing under it"
)
INVENTED: Fact[tuple[str, ...]] = Fact(
    "invented", Stage.NAME, "the feeds of names that models invent which hold this one"
)
SERVED_BEFORE: Fact[bool] = Fact("served_before", Stage.NAME, "whether a file of this project was served here before")
PUBLIC_EXISTS: Fact[bool] = Fact("public_exists", Stage.NAME, "whether an upstream has a project of this name")
NOWHERE: Fact[Nowhere | None] = Fact(
    "nowhere", Stage.LISTING, "what is known of a name that nobody has, None where there is a project of it"
)
PUBLISHED: Fact[Instant] = Fact("published", Stage.LISTING, "when this file was published")
FIRST_PUBLISHED: Fact[Instant] = Fact("first_published", Stage.LISTING, "when the project's first file was published")
MALWARE: Fact[tuple[str, ...]] = Fact("malware", Stage.LISTING, "ids of malware records that cover this version")
RECENT_FIX: Fact[RecentFix | None] = Fact(
    "recent_fix",
    Stage.LISTING,
    "the newest advisory of a trusted feed that affects what was served here and that this version fixes",
)
NEW_EXECUTION_POINTS: Fact[tuple[str, ...]] = Fact(
    "new_execution_points",
    Stage.LISTING,
    "install-time code of this file that the newest lower release served here did not have",
)
WEAKER_EVIDENCE: Fact[bool] = Fact(
    "weaker_evidence",
    Stage.LISTING,
    "whether this file names no provenance, and another of its release or of a lower one does",
)
JOINED_LATE: Fact[bool] = Fact(
    "joined_late",
    Stage.LISTING,
    "whether this file came to its release after the others, or in place of other bytes",
)
DIGESTS: Fact[DigestCheck] = Fact(
    "digests", Stage.FILE, "digests as listed, as first recorded here, and as seen", DigestCheck
)
LISTED_DIGESTS: Fact[Digests] = Fact("listed_digests", Stage.LISTING, "digests of this file as the index states them")
GONE_UPSTREAM: Fact[bool] = Fact(
    "gone_upstream", Stage.LISTING, "whether the upstream lists this file no more, while its bytes are stored here"
)
UNPUBLISHED: Fact[Instant | None] = Fact(
    "unpublished", Stage.LISTING, "when its publishers took this own release away for good, None if they did not"
)
PROJECT_STATUS: Fact[ProjectStatus] = Fact(
    "project_status", Stage.LISTING, "how the project stands as a whole, by its owners or by its index"
)

NEW_FOR = 180 * DAY
"""Milliseconds for which a name of an upstream counts as new: what came up since may live off a popular one."""

NAME_REVIEW: Fact[NameReview | None] = Fact(
    "name_review", Stage.NAME, "what a person has still to say, or has said against, the name of an own project"
)
FIRST_SEEN: Fact[Instant] = Fact("first_seen", Stage.LISTING, "when this server first saw the project")
RESEMBLES: Fact[Likeness | None] = Fact(
    "resembles",
    Stage.LISTING,
    "the far more popular names that this one could be taken for, None also for a name that is no new one",
)

RELEASE_HELD: Fact[HeldForReview | None] = Fact(
    "release_held", Stage.LISTING, "what a scan or a report says against this release, on which nobody has decided"
)

SCAN_RESULT: Fact[ScanResult | None] = Fact(
    "scan_result",
    Stage.FILE,
    "what a scan for malware found in this file, None where nobody asks for one before it is served",
    ScanResult | None,
)
