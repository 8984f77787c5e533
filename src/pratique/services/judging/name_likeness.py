"""What a new project's name would be taken for: the same for whoever publishes it and whoever asks before.

Names of own projects that the asker may not know of count when something is published, so that nobody takes what only
others can see; they are told to nobody but administrators. Whoever only asks learns nothing of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind
from pratique.core.clock import Instant
from pratique.core.errors import InvalidName
from pratique.core.events import new_event
from pratique.core.likeness import Likeness, NameReview, ReviewState
from pratique.core.names import ProjectKey
from pratique.naming.check import At, Outcome, Verdict, check
from pratique.naming.elsewhere import LEADING, SPOKEN, WITH_PLAIN_NAMES, known_elsewhere, lies_in
from pratique.naming.exemptions import NameException, Standing
from pratique.naming.keys import keys_asked, spell
from pratique.services.judging.corpora import as_likeness
from pratique.services.judging.knowledge import Knowledge
from pratique.services.ports import Ports, Visit
from pratique.store import events, name_exceptions, name_forms, name_reviews, policy, projects
from pratique.trust.permissions import Role, Visibility

KEPT_HERE = "its name could be taken for one that is kept here"
"""Said in the place of what not everybody may know of."""

_OWNING = frozenset({Role.OWNER.value, Role.MAINTAINER.value})


class NewName(msgspec.Struct, frozen=True):
    """The answer for one name.

    Attributes:
        likeness: what a person has to look at, told to administrators; None if nobody has to.
        told: the same for everybody.
        alike: names with the same form that were here when it was judged.
    """

    likeness: Likeness | None
    told: str
    alike: tuple[str, ...]

    @property
    def review(self) -> NameReview | None:
        """What keeps the new project back; None if nothing does."""
        return None if self.likeness is None else NameReview(ReviewState.WAITING, self.told)


class _Around(msgspec.Struct, frozen=True):
    """What is here that a new name is held against.

    Attributes:
        alike: names with the same form.
        private: those of them that not everybody may know of.
        hidden: those that the asker may not know of.
        standing: whose name it is.
        namespaces: of other ecosystems, reserved here, in which it seems to lie and of which the asker owns nothing.
        mine: ecosystems in which the asker owns a project of this very name.
    """

    alike: tuple[str, ...]
    private: frozenset[str]
    hidden: frozenset[str]
    standing: Standing
    namespaces: tuple[tuple[str, str], ...]
    mine: frozenset[str]


async def judge_new_name(ports: Ports, visit: Visit, known: Knowledge, name: str) -> NewName:
    """What the name would be taken for, if the actor founded a project so called.

    Args:
        ports: the parts.
        visit: who founds it, and where.
        known: of the name; it is nobody's.
        name: as it is written.
    """
    around = await ports.db.read(_look_around, ports, visit.actor, known, ports.clock.now())
    return await ports.names.run(_judge, ports, known.key, name, around, ports.clock.now())


async def judge_for_asker(ports: Ports, actor: Actor, known: Knowledge, name: str, at: At) -> Verdict:
    """The same for who only asks: what the asker may not know of counts for nothing."""
    around = await ports.db.read(_look_around, ports, actor, known, ports.clock.now())
    return await ports.names.run(_check, ports, known.key, name, around, ports.clock.now(), at)


def names_alike(
    connection: Connection, repository_id: int, key: ProjectKey, account_id: int | None = None
) -> tuple[str, ...]:
    """Names here and in imported lists that share a form with this one, other than itself and the account's own."""
    forms = keys_asked(spell(key.ecosystem, key.name), scoped=True)
    found = name_forms.find(connection, repository_id, key.ecosystem, forms, account_id)
    return tuple(one for one in found if one != key.name)


def begin_review(connection: Connection, known: Knowledge, name: NewName, actor: Actor, now: Instant) -> None:
    """Put a new project's name into the queue, in the transaction that founds it."""
    likeness = name.likeness
    if likeness is None:
        return
    name_reviews.open_review(connection, known.repository_id, known.key, likeness, name.told, actor.name, now)
    body = {"verdict": likeness.verdict, "kind": likeness.kind, "targets": list(likeness.targets), "why": likeness.why}
    events.append(connection, new_event("name_to_review", now, actor, known.key.purl(), body))


def _look_around(connection: Connection, ports: Ports, actor: Actor, known: Knowledge, now: Instant) -> _Around:
    key, place = known.key, known.repository_id
    alike = names_alike(connection, place, key, actor.account)
    own = projects.own_among(connection, place, key.ecosystem, alike, actor.account)
    private = frozenset(name for name, one in own.items() if one.visibility != Visibility.PUBLIC)
    known_of = {name for name in private if actor.admin or own[name].role is not None}
    owned = {name for name, one in own.items() if one.role in _OWNING}
    mine = frozenset(_ecosystems_of(connection, ports, place, key, actor))
    return _Around(
        alike,
        private,
        private - known_of,
        Standing(frozenset(owned), exceptions=tuple(_exceptions(connection, known, actor))),
        tuple(_foreign_namespaces(connection, place, key, mine)),
        mine,
    )


def _exceptions(connection: Connection, known: Knowledge, actor: Actor) -> Iterable[NameException]:
    """For who could publish here; others learn neither what is reserved nor what was allowed."""
    if actor.kind is ActorKind.NOBODY:
        return
    for one in name_exceptions.of_name(connection, known.repository_id, known.key):
        yield NameException(one.name, one.reason, _moment(one.expires), one.target)
    if known.reservation is not None:
        pattern = f" ({known.reservation.pattern})" if actor.admin else ""
        yield NameException(known.key.name, f"it is kept for projects of this repository{pattern}")


def _ecosystems_of(connection: Connection, ports: Ports, place: int, key: ProjectKey, actor: Actor) -> Iterable[str]:
    """Ecosystems in which the actor owns a project of this name."""
    for other in ports.ecosystems.values():
        if other.id == key.ecosystem or actor.account is None:
            continue
        try:
            theirs = other.canonical(key.name)
        except InvalidName:
            continue
        found = projects.own_among(connection, place, other.id, (theirs,), actor.account)
        if any(one.role in _OWNING for one in found.values()):
            yield other.id


def _foreign_namespaces(
    connection: Connection, place: int, key: ProjectKey, mine: frozenset[str]
) -> Iterable[tuple[str, str]]:
    for one in policy.reservations(connection, place):
        if one.ecosystem != key.ecosystem and one.ecosystem not in mine and lies_in(one.pattern, key.name):
            yield one.ecosystem, one.pattern


def _judge(ports: Ports, key: ProjectKey, name: str, around: _Around, now: Instant) -> NewName:
    public = _check(ports, key, name, msgspec.structs.replace(around, hidden=around.private), now)
    whole = _check(ports, key, name, msgspec.structs.replace(around, hidden=frozenset()), now)
    if around.namespaces and not whole.waits and not _is_excepted(around, key, now):
        whole = _in_foreign_namespace(name, around.namespaces)
    return NewName(as_likeness(whole), public.why if public.waits else KEPT_HERE, around.alike)


def _check(ports: Ports, key: ProjectKey, name: str, around: _Around, now: Instant, at: At = At.PUBLISH) -> Verdict:
    alike = [one for one in around.alike if one not in around.hidden]
    snapshot = ports.names.snapshot(key.ecosystem)
    verdict = check(snapshot, name, at, around.standing, _moment(now), alike)
    if at is At.PUBLISH and verdict.verdict is Outcome.OK and not _is_excepted(around, key, now):
        return _noted_elsewhere(key, name, around.mine) or verdict
    return verdict


def _is_excepted(around: _Around, key: ProjectKey, now: Instant) -> bool:
    moment = _moment(now)
    return any(
        one.name == key.name and not one.target and (one.until is None or (moment is not None and moment < one.until))
        for one in around.standing.exceptions
    )


def _noted_elsewhere(key: ProjectKey, name: str, mine: frozenset[str]) -> Verdict | None:
    """A remark where the name is well known in another ecosystem; never more, as most of these are honest ports."""
    known = known_elsewhere(key.ecosystem, key.name, LEADING, WITH_PLAIN_NAMES)
    found = [one for one in known if one.ecosystem not in mine]
    if not found:
        return None
    first = found[0]
    why = f"{SPOKEN[first.ecosystem]} has a package of this name, number {first.rank} of the most used there"
    return Verdict(
        name, Outcome.NOTE, 0.2, tuple(f"{one.ecosystem}:{one.name}" for one in found), "other_registry", why
    )


def _in_foreign_namespace(name: str, namespaces: tuple[tuple[str, str], ...]) -> Verdict:
    ecosystem, pattern = namespaces[0]
    why = f"names that begin so belong to an owner in {SPOKEN[ecosystem]}, where {pattern} is reserved"
    targets = tuple(f"{one}:{its}" for one, its in namespaces)
    return Verdict(name, Outcome.REVIEW, 0.35, targets, "foreign_namespace", why)


def _moment(instant: Instant | None) -> datetime | None:
    return None if instant is None else datetime.fromtimestamp(instant / 1_000, UTC)
