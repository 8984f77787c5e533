"""Which releases take two people to decide on, and who may be one of them."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.clock import DAY, Instant
from pratique.core.errors import Forbidden
from pratique.core.names import ProjectKey
from pratique.services.governing.waive import KNOWN_FOR_HOURS, was_administrator
from pratique.services.ports import Ports
from pratique.store import accounts, downloads

_COUNTED_FOR = 30 * DAY


class WideUse(msgspec.Struct, frozen=True):
    """From when on a release counts as widely used.

    Attributes:
        downloads: from here within thirty days; 0: none ever does.
        popularity: rank of a name among the most used of its ecosystem.
    """

    downloads: int
    popularity: Callable[[ProjectKey], int | None]


def wide_use(ports: Ports) -> WideUse:
    """As this server is set."""
    return WideUse(ports.review_limits.two_people_from, ports.popularity)


def is_widely_used(
    connection: Connection, repository_id: int, key: ProjectKey, version: str, use: WideUse, now: Instant
) -> bool:
    """Whether so many would feel a wrong decision about the release that one person does not make it."""
    if not use.downloads:
        return False
    since = Instant(now - _COUNTED_FOR)
    fetched = downloads.how_many(connection, repository_id, key, version, since, use.downloads)
    return fetched >= use.downloads or use.popularity(key) is not None


def check_one_of_two(connection: Connection, actor: Actor, asked: Instant) -> None:
    """An account that was made for it would leave the other person alone.

    Args:
        connection: the transaction.
        actor: who decides.
        asked: when the release came into the queue.

    Raises:
        Forbidden: there is one administrator, it is no person of the server, or it became one too late.
    """
    if accounts.count_admins(connection) < 2:
        raise Forbidden(
            "this release is widely used: two administrators decide on it, and this server has "
            f"{accounts.count_admins(connection)}; `pratique revoke` refuses it at once, if need be"
        )
    if actor.account is None:
        raise Forbidden(
            "this release is widely used, and two people decide on it: do it with a token of an administrator "
            "(--server URL)"
        )
    if not was_administrator(connection, actor.account, asked):
        raise Forbidden(
            f"{actor.name} has been an administrator for less than {KNOWN_FOR_HOURS} hours: two people decide on a "
            "widely used release who were there before"
        )
