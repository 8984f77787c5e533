"""Votes, decisions, and what people lay down to steer them: list entries, reservations, waivers."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any

import msgspec

from pratique.core.artifacts import Digests
from pratique.core.clock import Instant
from pratique.core.names import Subject
from pratique.core.ranges import ALL_VERSIONS, VersionKey, VersionRange, same_version


class Action(IntEnum):
    """What a vote asks for; the strictest wins."""

    ALLOW = 0
    WARN = 1
    HIDE = 2
    HOLD = 3
    DENY = 4

    @property
    def refuses_download(self) -> bool:
        """Hold and deny refuse the bytes; hide lets a pin through."""
        return self >= Action.HOLD

    @property
    def leaves_listing(self) -> bool:
        """hide, hold and deny keep resolvers away."""
        return self >= Action.HIDE

    @property
    def word(self) -> str:
        """Lower-case name, as settings and documents write it."""
        return self.name.lower()


class Mode(StrEnum):
    """How a rule's votes count."""

    ENFORCE = "enforce"
    DRY_RUN = "dry-run"
    OFF = "off"


class Moment(StrEnum):
    """What is being decided."""

    INSTALL = "install"
    PUBLISH = "publish"


class Vote(msgspec.Struct, frozen=True):
    """One rule's opinion about one subject.

    Attributes:
        rule: its name.
        action: what it asks for.
        why: a clause that follows the subject: `is 3 hours old; 48 hours are needed`.
        until: when the vote ends by itself, None if only a person can end it.
        passing: it rests on a failure of the moment: who asks again later may get another answer.
        by_upstream: an upstream of our own kind casts it: nothing that is laid down here changes it.
    """

    rule: str
    action: Action
    why: str
    until: Instant | None = None
    passing: bool = False
    by_upstream: bool = False


class SetAside(msgspec.Struct, frozen=True):
    """A vote that does not count, and what removed it: a waiver's id, or `dry-run`."""

    vote: Vote
    by: str


class Decision(msgspec.Struct, frozen=True):
    """The strictest vote on one subject, with all that led to it.

    Attributes:
        id: base32 of a hash over repository, rules, settings, policy class, subject, origin and facts as instants.
        subject: what was judged.
        action: the strictest counted vote's action, allow if there is none.
        votes: counted votes, strictest first; of equals those that do not pass by themselves.
        set_aside: votes that a waiver or dry-run removed.
        waiting: names of rules that wait for a later stage.
        valid_until: the next instant at which it can change by time alone; None: never.
        facts: fact name to its canonical value, for the explanation.
        as_nobodys: made of the name as one that nobody has, whoever has it: it tells nothing of whose it is.
    """

    id: str
    subject: Subject
    action: Action
    votes: tuple[Vote, ...] = ()
    set_aside: tuple[SetAside, ...] = ()
    waiting: tuple[str, ...] = ()
    valid_until: Instant | None = None
    facts: dict[str, Any] = {}
    as_nobodys: bool = False

    @property
    def vote(self) -> Vote | None:
        """The vote that decided, None if nothing objected."""
        return self.votes[0] if self.votes else None

    @property
    def passing(self) -> bool:
        """Whether only failures of the moment decided."""
        return self.vote is not None and self.vote.passing


class EntryKind(StrEnum):
    """What a list entry does."""

    ALLOW = "allow"
    DENY = "deny"
    GRANT = "grant"


class ListEntry(msgspec.Struct, frozen=True):
    """One line of an allowlist or denylist, or a grant for agents.

    Attributes:
        kind: allow (if a repository has allow entries for an ecosystem, only they pass), deny, grant.
        name: glob over canonical names.
        versions: which versions it is about.
        action: for deny entries: hide, hold or deny.
        reason: shown to whoever is refused.
        expires: after that it counts no more.
    """

    id: int
    kind: EntryKind
    ecosystem: str
    name: str
    versions: VersionRange = ALL_VERSIONS
    action: Action = Action.DENY
    reason: str = ""
    expires: Instant | None = None


class Reservation(msgspec.Struct, frozen=True):
    """A name, prefix or scope kept for own projects; never asked upstream."""

    id: int
    ecosystem: str
    pattern: str
    reason: str = ""


class Revocation(msgspec.Struct, frozen=True):
    """A project, release or file that must not be served any more.

    Attributes:
        version: None for the whole project.
        filename: None for the whole release.
        by_admin: laid down with an administrator's right and not an owner's: an owner cannot lift it.
        digests: of the revoked file's bytes, strong ones, as recorded here or as listed: the same bytes are
            revoked under every other name in the project. Empty if nobody stated any, and for all but files.
        twin: the name that was revoked, where it is a twin of the project's; None where it is that itself.
    """

    id: int
    version: str | None
    filename: str | None
    reason: str
    at: Instant
    by_admin: bool = True
    digests: tuple[Digests, ...] = ()
    twin: str | None = None

    def covers(self, subject: Subject, key: VersionKey) -> bool:
        """Whether it reaches the subject by its name; what is coarser than the revocation is not reached.

        Versions are compared by their ecosystem's order: another spelling of a revoked version is no way out.
        A file of a twin has another name than any of this project, so its whole release is meant.
        """
        if self.version is not None and (
            subject.version is None or not same_version(self.version, subject.version, key)
        ):
            return False
        return self.filename is None or self.twin is not None or self.filename == subject.filename

    def is_of_bytes(self, digests: Digests) -> bool:
        """Whether bytes with one of these digests are those of the revoked file."""
        return any(one.shares_strong(digests) for one in self.digests)

    def is_of(self, version: str | None, filename: str | None, key: VersionKey) -> bool:
        """Whether it is about exactly this project or twin of it (no version), release (no filename) or file."""
        if self.filename != filename or self.version is None or version is None:
            return (self.version, self.filename) == (version, filename)
        return same_version(self.version, version, key)


class Waiver(msgspec.Struct, frozen=True):
    """Removes one named rule's vote. Nothing else overrides a vote.

    Attributes:
        rule: the rule whose vote it removes.
        ecosystem: id.
        name: canonical project name, no glob: a waiver is about one project.
        versions: which versions.
        actor_kinds: for whom; empty for everyone.
        files: file name to the digests its index stated, of what an approver looked at: no other file is
            waived. Empty for every file of those versions, also of later ones.
        starts: from when.
        expires: until when; None: until withdrawn.
        reason: why.
    """

    id: int
    rule: str
    ecosystem: str
    name: str
    versions: VersionRange = ALL_VERSIONS
    actor_kinds: frozenset[str] = frozenset()
    starts: Instant = Instant(0)
    expires: Instant | None = None
    reason: str = ""
    files: dict[str, Digests] = {}

    def reaches(self, filename: str | None) -> bool:
        """Whether a file is among those that it is about; what is no single file only if all files are."""
        return not self.files or filename in self.files


class RuleSetting(msgspec.Struct, frozen=True):
    """How one rule is set in one repository.

    Attributes:
        rule: its name.
        mode: enforce, dry-run or off.
        until: when the result of a dry-run is put to the admin as a question; it stays a dry-run until answered.
        options: the rule's own settings as JSON values, validated by the rule.
        version: counts changes, part of the decision id.
    """

    rule: str
    mode: Mode
    until: Instant | None = None
    options: dict[str, Any] = {}
    version: int = 1
