"""Allowlist, denylist and grants for agents: add a line, remove it, list them."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.decisions import Action, EntryKind, ListEntry
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, NotFound
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ranges import VersionRange
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit, permit_everywhere, permit_on
from pratique.services.durations import read_duration
from pratique.services.governing.version_ranges import read_versions
from pratique.services.judging.recheck_release import enqueue_own_rechecks
from pratique.services.name_globs import read_purl_glob
from pratique.services.ports import Enqueue, Ports
from pratique.services.purls import Named
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository
from pratique.store import policy

MAX_ENTRIES = 10_000
"""Lines of all lists of one repository."""


class AddEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Add a line to a list.

    Attributes:
        kind: allow, deny or grant.
        purl: the name may hold `*`; a version limits the line to that release.
        versions: a range, instead of a version in the purl.
        action: for deny: hide, hold or deny.
        expires_in: a duration; None: until removed.
    """

    kind: EntryKind
    purl: str
    versions: str | None = None
    action: str = "deny"
    reason: str = ""
    expires_in: str | None = None
    repository: str = "main"


class RemoveEntries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Remove the lines of a kind that say exactly this name and these versions."""

    kind: EntryKind
    purl: str
    versions: str | None = None
    repository: str = "main"


class ListEntries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List the lines in force."""

    kind: EntryKind | None = None
    repository: str = "main"


class EntryShown(msgspec.Struct, frozen=True):
    """One line. Times are RFC 3339."""

    id: int
    kind: EntryKind
    purl: str
    versions: str
    action: str | None
    reason: str
    expires: str | None


class Entries(msgspec.Struct, frozen=True):
    """Lines of the lists of one repository."""

    entries: tuple[EntryShown, ...]


async def add_entry(ports: Ports, request: AddEntry, actor: Actor) -> EntryShown:
    """Add a line.

    Raises:
        Invalid, InvalidName: purl, range, action or duration cannot be right; a denial without a reason; or the
            lists are full.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    named = read_purl_glob(request.purl, ports.ecosystems)
    permit_on(actor, Operation.POLICY, named.key, now)
    versions = read_versions(ports.ecosystems[named.key.ecosystem], named, request.versions)
    entry = ListEntry(
        id=0,
        kind=request.kind,
        ecosystem=named.key.ecosystem,
        name=named.key.name,
        versions=versions,
        action=_action(request),
        reason=read_reason(request.reason),
        expires=None if request.expires_in is None else Instant(now + read_duration(request.expires_in)),
    )
    if entry.kind is EntryKind.DENY and not entry.reason:
        raise Invalid("say why with --reason: whoever is refused will read it")
    ecosystem = ports.ecosystems[entry.ecosystem]
    return await write_as(ports.db, actor, now, _add, request.repository, entry, ecosystem, actor, now, ports.enqueue)


def _action(request: AddEntry) -> Action:
    if request.kind is not EntryKind.DENY:
        return Action.ALLOW
    words = {action.word: action for action in (Action.HIDE, Action.HOLD, Action.DENY)}
    if request.action not in words:
        raise Invalid(f'"{request.action}" is no action of a denylist; there are: {", ".join(words)}')
    return words[request.action]


def _add(
    connection: Connection,
    repository_name: str,
    entry: ListEntry,
    ecosystem: Ecosystem,
    actor: Actor,
    now: Instant,
    enqueue: Enqueue,
) -> EntryShown:
    repository = find_repository(connection, repository_name)
    if policy.count_list_entries(connection, repository.id) >= MAX_ENTRIES:
        raise Invalid(
            f"the lists of {repository.name} hold {MAX_ENTRIES:,} lines, and every request is held against each of "
            "them: remove what is over, or let a glob (`@evil/*`) say more with one line"
        )
    number = policy.add_list_entry(connection, repository.id, entry, actor.name, now)
    shown = _shown(msgspec.structs.replace(entry, id=number))
    _note(connection, "list_entry_added", shown, actor, now, repository.id)
    _recheck(connection, repository.id, msgspec.structs.replace(entry, id=number), ecosystem, "added", enqueue)
    return shown


async def remove_entries(ports: Ports, request: RemoveEntries, actor: Actor) -> Entries:
    """Remove lines.

    Raises:
        NotFound: there is no such line.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit(actor, Operation.POLICY, now)
    named = read_purl_glob(request.purl, ports.ecosystems)
    permit_on(actor, Operation.POLICY, named.key, now)
    versions = read_versions(ports.ecosystems[named.key.ecosystem], named, request.versions)
    ecosystem = ports.ecosystems[named.key.ecosystem]
    return await write_as(ports.db, actor, now, _remove, request, named, versions, ecosystem, actor, now, ports.enqueue)


def _remove(
    connection: Connection,
    request: RemoveEntries,
    named: Named,
    versions: VersionRange,
    ecosystem: Ecosystem,
    actor: Actor,
    now: Instant,
    enqueue: Enqueue,
) -> Entries:
    repository = find_repository(connection, request.repository)
    same_name = [
        one
        for one in policy.list_entries(connection, repository.id, named.key.ecosystem)
        if one.kind is request.kind and one.name == named.key.name
    ]
    removed = [one for one in same_name if str(one.versions) == str(versions)]
    if not removed:
        others = ", ".join(str(one.versions) for one in same_name)
        near = f"; there are lines about its versions {others}" if others else ""
        what = "every name" if named.key.name == "*" else named.key.name
        which = "all versions" if versions.covers_all else f"versions {versions}"
        raise NotFound(f"there is no {request.kind} line about {what} of {named.key.ecosystem}, {which}{near}")
    for one in removed:
        policy.remove_list_entry(connection, one.id, now)
        _note(connection, "list_entry_removed", _shown(one), actor, now, repository.id)
        _recheck(connection, repository.id, one, ecosystem, "removed", enqueue)
    return Entries(tuple(_shown(one) for one in removed))


def _recheck(
    connection: Connection, repository_id: int, entry: ListEntry, ecosystem: Ecosystem, done: str, enqueue: Enqueue
) -> None:
    """Own releases carry their state: it follows the list."""
    enqueue_own_rechecks(connection, repository_id, ecosystem, entry.name, f"list_entry_{done}:{entry.id}", enqueue)


async def list_entries(ports: Ports, request: ListEntries, actor: Actor) -> Entries:
    """The lines in force. Raises Forbidden to all but administrators."""
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    return await ports.db.read(_list, request)


def _list(connection: Connection, request: ListEntries) -> Entries:
    repository = find_repository(connection, request.repository)
    found = policy.list_entries(connection, repository.id)
    return Entries(tuple(_shown(one) for one in found if request.kind in (None, one.kind)))


def _shown(entry: ListEntry) -> EntryShown:
    return EntryShown(
        id=entry.id,
        kind=entry.kind,
        purl=ProjectKey(EcosystemId(entry.ecosystem), entry.name).purl().replace("%2A", "*"),
        versions=str(entry.versions),
        action=entry.action.word if entry.kind is EntryKind.DENY else None,
        reason=entry.reason,
        expires=None if entry.expires is None else to_iso(entry.expires),
    )


def _note(connection: Connection, kind: str, entry: EntryShown, actor: Actor, now: Instant, repository_id: int) -> None:
    body = {"kind": str(entry.kind), "versions": entry.versions, "action": entry.action, "reason": entry.reason}
    note_change(connection, kind, entry.purl, body, actor=actor, now=now, repository_id=repository_id)
