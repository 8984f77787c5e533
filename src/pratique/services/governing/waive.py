"""Remove one named rule's vote for one project's versions: nothing else overrides a vote."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import HOUR, MINUTE, Instant
from pratique.core.decisions import Waiver
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.rules import under_review
from pratique.rules.registry import RULES, TWO_PEOPLE
from pratique.services.accounts.administrators import administers_since
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import permit
from pratique.services.governing.version_ranges import read_versions
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports
from pratique.services.purls import Named, read_purl
from pratique.services.reasons import read_reason
from pratique.services.visits import find_repository, visit_repository
from pratique.store import accounts, events, policy, revisions

KNOWN_FOR_HOURS = 24
"""Hours for which both people must have administered the server before the one asks the other."""


class Waived(msgspec.Struct, frozen=True):
    """What was laid down.

    Attributes:
        waivers: ids, one a rule.
        rules: whose votes no longer count.
        pending: waits for a second administrator and removes nothing yet.
    """

    purl: str
    versions: str
    waivers: tuple[int, ...]
    rules: tuple[str, ...]
    pending: bool = False


async def waive(
    ports: Ports,
    repository: str,
    purl: str,
    rule: str,
    reason: str,
    actor: Actor,
    *,
    versions: str | None = None,
    expires: Instant | None = None,
    actor_kinds: Collection[str] = (),
) -> Waived:
    """Waive one rule for a project, a release, or a range of versions.

    Args:
        versions: a range; None: the purl's version, or all where it names none.
        actor_kinds: for whom; empty for everyone.

    Raises:
        Invalid: unknown rule, actor kind or range, no reason or a very long one, or an end that has passed.
        Forbidden: also where the rule needs two administrators and there is one.
    """
    named = read_purl(purl, ports.ecosystems)
    now = ports.clock.now()
    wanted = Waiver(
        id=0,
        rule=rule,
        ecosystem=named.key.ecosystem,
        name=named.key.name,
        versions=read_versions(ports.ecosystems[named.key.ecosystem], named, versions),
        actor_kinds=frozenset(actor_kinds),
        starts=now,
        expires=expires,
        reason=read_reason(reason),
    )
    _check(wanted)
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    authorise_on(visit, Operation.APPROVE, await know(ports, visit, named.key), now)
    return await write_as(ports.db, actor, now, lay_down, visit.repository.id, named, (wanted,), actor)


async def confirm(ports: Ports, repository: str, waiver: int, actor: Actor) -> Waived:
    """Agree, as the second of two people, to a waiver as it was asked for.

    Raises:
        NotFound: there is no such waiver in the repository.
        Conflict: it does not wait, or has ended meanwhile.
        Forbidden: the actor may not, asked for it, or is no person.
    """
    now = ports.clock.now()
    permit(actor, Operation.APPROVE, now)
    place = await ports.db.read(find_repository, repository)
    found = (await ports.db.read(_find_waiver, place.id, waiver)).waiver
    visit = await visit_repository(ports, repository, found.ecosystem, actor)
    authorise_on(visit, Operation.APPROVE, await know(ports, visit, _key(found)), now)
    return await write_as(ports.db, actor, now, _confirm_one, place.id, waiver, actor, now)


async def withdraw(ports: Ports, repository: str, waiver: int, actor: Actor) -> None:
    """End a waiver. Raises NotFound if there is no such waiver in the repository."""
    now = ports.clock.now()
    permit(actor, Operation.APPROVE, now)
    place = await ports.db.read(find_repository, repository)
    found = (await ports.db.read(_find_waiver, place.id, waiver)).waiver
    visit = await visit_repository(ports, repository, found.ecosystem, actor)
    authorise_on(visit, Operation.APPROVE, await know(ports, visit, _key(found)), now)
    await write_as(ports.db, actor, now, _withdraw, place.id, found, actor, now)


def _check(wanted: Waiver) -> None:
    if wanted.rule not in {one.name for one in RULES}:
        raise Invalid(f'there is no rule "{wanted.rule}"; there are: {", ".join(sorted(one.name for one in RULES))}')
    if wanted.rule == under_review.NAME:
        raise Invalid(f"{under_review.NAME} is not waived: `pratique review clear` ends what it holds")
    if not wanted.reason:
        raise Invalid("say why: the reason is kept with the waiver")
    if wanted.expires is not None and wanted.expires <= wanted.starts:
        raise Invalid("the waiver would end before it begins")
    unknown = wanted.actor_kinds - set(ActorKind)
    if unknown:
        raise Invalid(f"{', '.join(sorted(unknown))}: not a kind of actor; there are: {', '.join(ActorKind)}")


def lay_down(
    connection: Connection, repository_id: int, named: Named, wanted: tuple[Waiver, ...], actor: Actor
) -> Waived:
    """One transaction: waivers of one subject, one a rule, with events and revision.

    What needs two people waits for the second; one who asks for exactly the same confirms what the first
    asked for. Whoever asks for anything else lays down a waiver of their own, which waits as well.
    """
    laid = [_one_waiver(connection, repository_id, named, one, actor) for one in wanted]
    revisions.bump(connection, repository_id, named.key)
    return Waived(
        purl=named.purl,
        versions=str(wanted[0].versions),
        waivers=tuple(number for number, _ in laid),
        rules=tuple(one.rule for one in wanted),
        pending=any(waits for _, waits in laid),
    )


def _one_waiver(
    connection: Connection, repository_id: int, named: Named, wanted: Waiver, actor: Actor
) -> tuple[int, bool]:
    now, rule = wanted.starts, wanted.rule
    if rule in TWO_PEOPLE:
        first = _waiting_for_second(connection, repository_id, wanted)
        if first is not None:
            _confirm(connection, first, actor, now)
            return first.waiver.id, False
        if accounts.count_admins(connection) < 2:
            raise Forbidden(f"waiving {rule} needs two admins, and this server has {accounts.count_admins(connection)}")
        _check_asker(connection, rule, actor, now)
    state = policy.PENDING if rule in TWO_PEOPLE else policy.ACTIVE
    number = policy.add_waiver(connection, repository_id, wanted, actor.name, state, now)
    body = {**_terms(wanted), "waiver": number, "state": state}
    events.append(connection, new_event("waived", now, actor, named.purl, body))
    return number, state == policy.PENDING


def _check_asker(connection: Connection, rule: str, actor: Actor, now: Instant) -> None:
    """Who asks is one of the two people: an account made for it would leave the other one alone. Raises Forbidden."""
    if actor.account is None:
        raise Forbidden(f"waiving {rule} takes two people: ask for it with a token of an administrator (--server URL)")
    if not was_administrator(connection, actor.account, now):
        raise Forbidden(
            f"{actor.name} has been an administrator for less than {KNOWN_FOR_HOURS} hours: waiving {rule} takes "
            "two who were there before; ask again later"
        )


def was_administrator(connection: Connection, account_id: int, asked: Instant) -> bool:
    """Whether an account had administered the server for a day when two people were asked for."""
    account = accounts.find(connection, account_id)
    return account is not None and administers_since(connection, account) <= asked - KNOWN_FOR_HOURS * HOUR


def _terms(waiver: Waiver) -> dict[str, Any]:
    """What a waiver says, for its events."""
    return {
        "rule": waiver.rule,
        "versions": str(waiver.versions),
        "files": sorted(waiver.files),
        "actor_kinds": sorted(waiver.actor_kinds),
        "expires": waiver.expires,
        "reason": waiver.reason,
    }


def _waiting_for_second(connection: Connection, repository_id: int, wanted: Waiver) -> policy.StoredWaiver | None:
    return next(
        (
            one
            for one in policy.all_waivers(connection, repository_id)
            if one.state == policy.PENDING
            and one.waiver.rule == wanted.rule
            and (one.waiver.ecosystem, one.waiver.name) == (wanted.ecosystem, wanted.name)
            and _same_terms(one.waiver, wanted)
            and _goes_on(one.waiver, wanted.starts)
        ),
        None,
    )


def _same_terms(one: Waiver, other: Waiver) -> bool:
    """Whether who asks for the one knows what the other says: the reason apart, everything."""
    what = (one.versions, one.actor_kinds, one.files) == (other.versions, other.actor_kinds, other.files)
    return what and (one.expires == other.expires or _as_long(_length(one), _length(other)))


def _as_long(one: int | None, other: int | None) -> bool:
    # The length is worked out from two readings of the clock, which a busy server takes apart.
    return one is not None and other is not None and abs(one - other) < MINUTE


def _length(waiver: Waiver) -> int | None:
    """How long it was asked for; who asks for `7d` an hour later asks for the same."""
    return None if waiver.expires is None else waiver.expires - waiver.starts


def _goes_on(waiver: Waiver, now: Instant) -> bool:
    return waiver.expires is None or now < waiver.expires


def _confirm(connection: Connection, first: policy.StoredWaiver, actor: Actor, now: Instant) -> None:
    if not _goes_on(first.waiver, now):
        raise Conflict(f"waiver {first.waiver.id} has ended while it waited; ask for it anew")
    if actor.account is None or first.by == actor.name:
        raise Forbidden(
            f"{first.by} asked for this waiver; another administrator, signed in as a person, must confirm it"
        )
    if not was_administrator(connection, actor.account, first.created):
        raise Forbidden(
            f"{actor.name} was made an administrator after this was asked for, or less than {KNOWN_FOR_HOURS} hours "
            "before: a second person is one who was there before"
        )
    if not policy.confirm_waiver(connection, first.waiver.id, actor.name):
        raise Conflict(f"waiver {first.waiver.id} does not wait for anybody; `pratique waivers` shows those that do")
    body = {**_terms(first.waiver), "waiver": first.waiver.id, "asked_by": first.by}
    events.append(connection, new_event("waiver_confirmed", now, actor, _key(first.waiver).purl(), body))


def _confirm_one(connection: Connection, repository_id: int, number: int, actor: Actor, now: Instant) -> Waived:
    first = _find_waiver(connection, repository_id, number)
    if first.state != policy.PENDING:
        raise Conflict(f"waiver {number} does not wait for anybody; `pratique waivers` shows those that do")
    _confirm(connection, first, actor, now)
    key = _key(first.waiver)
    revisions.bump(connection, repository_id, key)
    return Waived(key.purl(), str(first.waiver.versions), (number,), (first.waiver.rule,))


def _find_waiver(connection: Connection, repository_id: int, number: int) -> policy.StoredWaiver:
    found = next((one for one in policy.all_waivers(connection, repository_id) if one.waiver.id == number), None)
    if found is None or found.state == "withdrawn":
        raise NotFound(f"there is no waiver {number} that counts or waits; `pratique waivers` shows those there are")
    return found


def _withdraw(connection: Connection, repository_id: int, waiver: Waiver, actor: Actor, now: Instant) -> None:
    policy.withdraw_waiver(connection, waiver.id)
    key = _key(waiver)
    events.append(connection, new_event("waiver_withdrawn", now, actor, key.purl(), {"waiver": waiver.id}))
    revisions.bump(connection, repository_id, key)


def _key(waiver: Waiver) -> ProjectKey:
    return ProjectKey(EcosystemId(waiver.ecosystem), waiver.name)
