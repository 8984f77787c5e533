"""Public packages under reserved names, found in what is known already: no upstream hears of a reserved name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.clock import DAY, Instant, to_iso
from pratique.core.decisions import Reservation
from pratique.core.events import Event, new_event
from pratique.core.names import EcosystemId, ProjectKey
from pratique.naming.private_names import is_known, known_like
from pratique.services.ports import Ports
from pratique.store import events, policy, public_names, repositories
from pratique.store.repositories import Repository

WATCH_JOB = "watch_reserved_names"

APPEARED = "public_under_reserved"
"""Kind of the event; its subject is the public package's purl."""

MOST = 20
"""Packages told of one reservation at once; the next ones an hour later."""

_TOGETHER = 200
"""Packages looked at in one go."""

_log = structlog.get_logger(__name__)


ALERTED_FOR = 30 * DAY
"""So long one stands in the list of what waits for people, while its name is reserved."""

_ALERTS = 200
"""Of all repositories, the newest, that are looked at for that list."""


class PublicPackage(msgspec.Struct, frozen=True):
    """A public package under a reserved name, and whence that is known."""

    purl: str
    whence: str


class PublicAlert(msgspec.Struct, frozen=True):
    """A public package that came to be known under a reserved name: nothing of it is served where that is reserved.

    Attributes:
        pattern: as it was reserved.
        at: when it was told, RFC 3339.
    """

    purl: str
    pattern: str
    whence: str
    at: str


def find_public(connection: Connection, ecosystem: str, pattern: str) -> tuple[PublicPackage, ...]:
    """The first public packages that a pattern covers, as far as anybody here knows without asking.

    Looked at are projects that an upstream of any repository here had, the names that imported advisories are about,
    and well-known names, of a prefix or scope only those by which it is known.
    """
    return tuple(_package(ecosystem, *one) for one in _page(connection, ecosystem, pattern, MOST, ""))


def _page(connection: Connection, ecosystem: str, pattern: str, most: int, after: str) -> list[tuple[str, str]]:
    """Names behind one, in their order, each with whence it is known.

    Each source gives its first ones, so the first ones of all together are among them.
    """
    seen = public_names.had_upstream(connection, ecosystem, pattern, most, after)
    found = {name: f"the repository {repository} has had it from an upstream" for name, repository in seen}
    for name in public_names.advised(connection, ecosystem, pattern, most, after):
        found.setdefault(name, "an advisory is about it")
    known = [pattern] if is_known(ecosystem, pattern) and pattern > after else []
    for name in known_like(ecosystem, pattern, most, after) if "*" in pattern else known:
        found.setdefault(name, "it is among the most used ones")
    return sorted(found.items())[:most]


def _package(ecosystem: str, name: str, whence: str) -> PublicPackage:
    return PublicPackage(ProjectKey(EcosystemId(ecosystem), name).purl(), whence)


async def watch_reserved(ports: Ports) -> int:
    """Tell of each public package that came to be known under a reserved name, once; how many. A job, idempotent."""
    told = 0
    for repository in await ports.db.read(repositories.repositories):
        for one in await ports.db.read(policy.reservations, repository.id):
            told += await ports.db.write(_tell_new, repository, one, ports.clock.now())
    return told


def _tell_new(connection: Connection, repository: Repository, reservation: Reservation, now: Instant) -> int:
    new: list[PublicPackage] = []
    after = ""
    while len(new) < MOST:
        page = _page(connection, reservation.ecosystem, reservation.pattern, _TOGETHER, after)
        found = [_package(reservation.ecosystem, *one) for one in page]
        told = _told(connection, repository.name, [one.purl for one in found])
        new += [one for one in found if one.purl not in told]
        if len(page) < _TOGETHER:
            break
        after = page[-1][0]
    tell_public(connection, repository.name, reservation.pattern, new[:MOST], now)
    return len(new[:MOST])


def read_alerts(connection: Connection, repository: Repository, now: Instant) -> tuple[PublicAlert, ...]:
    """What was told lately of what is reserved still, the newest first."""
    reserved = {(one.ecosystem, one.pattern) for one in policy.reservations(connection, repository.id)}
    found = []
    for one in events.recent(connection, _ALERTS, {APPEARED}):
        body, ecosystem = _body(one), one.subject.removeprefix("pkg:").partition("/")[0]
        lately = now < one.at + ALERTED_FOR
        if lately and body["repository"] == repository.name and (ecosystem, body["pattern"]) in reserved:
            found.append(PublicAlert(one.subject, body["pattern"], body["whence"], to_iso(one.at)))
    return tuple(found)


def _told(connection: Connection, repository: str, purls: Sequence[str]) -> set[str]:
    """Those of some packages that were told of in this repository: another one has other people who read it."""
    told = events.of_subjects(connection, purls, APPEARED)
    return {one.subject for one in told if _body(one)["repository"] == repository}


def _body(event: Event) -> dict[str, Any]:
    body: dict[str, Any] = msgspec.json.decode(event.canonical)["body"]
    return body


def tell_public(
    connection: Connection, repository: str, pattern: str, found: Sequence[PublicPackage], now: Instant
) -> None:
    """Write an event for each, and a line in the log."""
    for one in found:
        body = {"repository": repository, "pattern": pattern, "whence": one.whence}
        events.append(connection, new_event(APPEARED, now, OPERATOR, one.purl, body))
        _log.warning("a public package stands under a reserved name", purl=one.purl, **body)
