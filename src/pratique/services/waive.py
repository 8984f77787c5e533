"""Remove one named rule's vote for one project's versions: nothing else overrides a vote."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant
from pratique.core.decisions import Action, Vote, Waiver
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.events import new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ranges import VersionRange, parse_range, same_version
from pratique.rules.registry import RULES, TWO_PEOPLE
from pratique.services.changes import permit
from pratique.services.judge import authorise_on, decide_listing, decide_name, inquire, know, not_found
from pratique.services.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.services.purls import Named, read_purl
from pratique.services.sources import find_source
from pratique.services.version_ranges import read_versions
from pratique.services.visits import find_repository, visit_repository
from pratique.store import accounts, events, policy, revisions


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


class _Terms(msgspec.Struct, frozen=True):
    named: Named
    versions: VersionRange
    reason: str
    expires: Instant | None
    actor_kinds: frozenset[str]


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
        Invalid: unknown rule, actor kind or range, no reason, or an end that has passed.
        Forbidden: also where the rule needs two administrators and there is one.
    """
    named = read_purl(purl, ports.ecosystems)
    covered = read_versions(ports.ecosystems[named.key.ecosystem], named, versions)
    terms = _Terms(named, covered, reason, expires, frozenset(actor_kinds))
    _check(terms, rule, ports.clock.now())
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    authorise_on(visit, Operation.APPROVE, known, ports.clock.now())
    return await ports.db.write(_lay_down, visit.repository.id, terms, (rule,), actor, ports.clock.now())


async def approve(ports: Ports, repository: str, purl: str, reason: str, actor: Actor) -> Waived:
    """Let exactly this release through: a waiver of every rule that holds it now.

    Raises:
        Invalid: the purl names no version.
        Conflict: nothing holds it, or something denies it, which approval does not lift.
        NotFound: neither we nor any upstream has it.
    """
    named = read_purl(purl, ports.ecosystems)
    if named.version is None:
        raise Invalid(f"an approval is for one release: write {named.purl}@VERSION")
    visit = await visit_repository(ports, repository, named.key.ecosystem, actor)
    known = await know(ports, visit, named.key)
    authorise_on(visit, Operation.APPROVE, known, ports.clock.now())
    rules = await _holding_rules(ports, visit, known, named)
    terms = _Terms(named, parse_range(named.version), reason or "approved", None, frozenset())
    return await ports.db.write(_lay_down, visit.repository.id, terms, rules, actor, ports.clock.now())


async def withdraw(ports: Ports, repository: str, waiver: int, actor: Actor) -> None:
    """End a waiver. Raises NotFound if there is no such waiver in the repository."""
    permit(actor, Operation.APPROVE, ports.clock.now())
    place = await ports.db.read(find_repository, repository)
    found = await ports.db.read(_find_waiver, place.id, waiver)
    visit = await visit_repository(ports, repository, found.ecosystem, actor)
    authorise_on(visit, Operation.APPROVE, await know(ports, visit, _key(found)), ports.clock.now())
    await ports.db.write(_withdraw, place.id, found, actor, ports.clock.now())


async def _holding_rules(ports: Ports, visit: Visit, known: Knowledge, named: Named) -> tuple[str, ...]:
    """Names of the rules whose votes hold any file of the release, for people or for agents."""
    asking = [msgspec.structs.replace(inquire(ports, visit, known), actor=Actor(kind)) for kind in _ASKED_AS]
    for inquiry in asking:
        _refuse_denied(named, decide_name(inquiry).votes)
    source = await find_source(ports, visit, known)
    key = visit.ecosystem.version_key
    files = [file for file in source.view.files if same_version(named.version or "", file.version, key)]
    if not files:
        raise not_found(visit, known.key)
    votes = [
        vote
        for inquiry in asking
        for decisions in (decide_listing(inquiry, source.view),)
        for file in files
        for vote in decisions[file.filename].votes
    ]
    _refuse_denied(named, votes)
    holding = tuple(sorted({vote.rule for vote in votes if vote.action is Action.HOLD}))
    if not holding:
        raise Conflict(f"nothing holds {named.purl}; it needs no approval")
    return holding


_ASKED_AS = (ActorKind.USER, ActorKind.AGENT)


def _refuse_denied(named: Named, votes: Iterable[Vote]) -> None:
    denying = next((vote for vote in votes if vote.action is Action.DENY), None)
    if denying is not None:
        raise Conflict(
            f"{named.purl} {denying.why}: {denying.rule} denies it, and an approval lifts holds only; "
            f"`pratique waive {denying.rule} {named.purl} --reason ...` says what that takes"
        )


def _check(terms: _Terms, rule: str, now: Instant) -> None:
    if rule not in {one.name for one in RULES}:
        raise Invalid(f'there is no rule "{rule}"; there are: {", ".join(sorted(one.name for one in RULES))}')
    if not terms.reason.strip():
        raise Invalid("say why: the reason is kept with the waiver")
    if terms.expires is not None and terms.expires <= now:
        raise Invalid("the waiver would end before it begins")
    unknown = terms.actor_kinds - set(ActorKind)
    if unknown:
        raise Invalid(f"{', '.join(sorted(unknown))}: not a kind of actor; there are: {', '.join(ActorKind)}")


def _lay_down(
    connection: Connection, repository_id: int, terms: _Terms, rules: tuple[str, ...], actor: Actor, now: Instant
) -> Waived:
    """One transaction: waivers, events, revision. A second person's equal waiver confirms the first's."""
    pending = False
    numbers = []
    for rule in rules:
        number, waits = _one_waiver(connection, repository_id, terms, rule, actor, now)
        numbers.append(number)
        pending = pending or waits
    revisions.bump(connection, repository_id, terms.named.key)
    return Waived(terms.named.purl, str(terms.versions), tuple(numbers), rules, pending)


def _one_waiver(
    connection: Connection, repository_id: int, terms: _Terms, rule: str, actor: Actor, now: Instant
) -> tuple[int, bool]:
    body = {"rule": rule, "versions": str(terms.versions), "reason": terms.reason, "expires": terms.expires}
    if rule in TWO_PEOPLE:
        first = _waiting_for_second(connection, repository_id, terms, rule)
        if first is not None:
            _confirm(connection, first, actor)
            events.append(connection, new_event("waiver_confirmed", now, actor, terms.named.purl, body))
            return first.waiver.id, False
        if accounts.count_admins(connection) < 2:
            raise Forbidden(f"waiving {rule} needs two admins, and this server has {accounts.count_admins(connection)}")
    state = "pending" if rule in TWO_PEOPLE else "active"
    waiver = Waiver(
        0,
        rule,
        terms.named.key.ecosystem,
        terms.named.key.name,
        terms.versions,
        terms.actor_kinds,
        now,
        terms.expires,
        terms.reason,
    )
    number = policy.add_waiver(connection, repository_id, waiver, actor.name, state, now)
    events.append(connection, new_event("waived", now, actor, terms.named.purl, {**body, "state": state}))
    return number, state == "pending"


def _waiting_for_second(
    connection: Connection, repository_id: int, terms: _Terms, rule: str
) -> policy.StoredWaiver | None:
    return next(
        (
            one
            for one in policy.all_waivers(connection, repository_id)
            if one.state == "pending"
            and one.waiver.rule == rule
            and (one.waiver.ecosystem, one.waiver.name) == (terms.named.key.ecosystem, terms.named.key.name)
            and one.waiver.versions == terms.versions
        ),
        None,
    )


def _confirm(connection: Connection, first: policy.StoredWaiver, actor: Actor) -> None:
    if actor.account is None or first.by == actor.name:
        raise Forbidden(
            f"{first.by} asked for this waiver; another administrator, signed in as a person, must confirm it"
        )
    policy.confirm_waiver(connection, first.waiver.id, actor.name)


def _find_waiver(connection: Connection, repository_id: int, number: int) -> Waiver:
    found = next((one for one in policy.all_waivers(connection, repository_id) if one.waiver.id == number), None)
    if found is None or found.state == "withdrawn":
        raise NotFound(f"there is no waiver {number} to withdraw")
    return found.waiver


def _withdraw(connection: Connection, repository_id: int, waiver: Waiver, actor: Actor, now: Instant) -> None:
    policy.withdraw_waiver(connection, waiver.id)
    key = _key(waiver)
    events.append(connection, new_event("waiver_withdrawn", now, actor, key.purl(), {"waiver": waiver.id}))
    revisions.bump(connection, repository_id, key)


def _key(waiver: Waiver) -> ProjectKey:
    return ProjectKey(EcosystemId(waiver.ecosystem), waiver.name)
