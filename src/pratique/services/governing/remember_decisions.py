"""Decisions that refuse or warn are stored, so that the page behind a refusal's address can explain it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from typing import Any

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.clock import HOUR, Instant
from pratique.core.decisions import Action, Decision, Mode, Vote
from pratique.core.errors import DiskFull
from pratique.core.names import ProjectKey
from pratique.store import decisions
from pratique.store.database import Database

_KNOWN_AT_MOST = 50_000

KEPT_VERSIONS = 10
"""Allowed versions that are kept with a decision; who has no use for the newest ten looks at the listing."""


log = structlog.get_logger(__name__)


class _Written(msgspec.Struct, frozen=True):
    """When a decision was last written from here, and what it said then."""

    at: Instant
    outcome: tuple[Any, ...]


class DecisionMemory:
    """Writes each decision once an hour at most from this process, and at once when time has changed what it says."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._written: OrderedDict[str, _Written] = OrderedDict()
        self._is_full = False

    async def remember(
        self,
        repository_id: int,
        key: ProjectKey,
        found: Iterable[Decision],
        now: Instant,
        allowed: tuple[str, ...] | None = None,
    ) -> None:
        """Store those that object to something, or would without a dry-run. Returns once they can be looked up.

        On a full disk they are not stored, and tried again the next time: what they refuse is refused all the same.

        Args:
            allowed: versions of the project that are allowed, newest first; None where they are not known.
        """
        named = None if allowed is None else allowed[:KEPT_VERSIONS]
        fresh = [one for one in found if is_kept(one) and self._is_due(one, named, now)]
        if not fresh:
            return
        try:
            await self._db.write(_store_all, repository_id, key, fresh, now, named, durable=False)
        except DiskFull as error:
            if not self._is_full:
                log.warning("decisions cannot be looked up while they cannot be stored", why=str(error))
            self._is_full = True
            return
        self._is_full = False
        for one in fresh:
            self._written[one.id] = _Written(now, (*_outcome(one), named))
            self._written.move_to_end(one.id)
        while len(self._written) > _KNOWN_AT_MOST:
            self._written.popitem(last=False)

    def _is_due(self, decision: Decision, allowed: tuple[str, ...] | None, now: Instant) -> bool:
        written = self._written.get(decision.id)
        if written is None or not 0 <= now - written.at < HOUR:
            return True
        return written.outcome != (*_outcome(decision), allowed)


def _outcome(decision: Decision) -> tuple[Any, ...]:
    """What time can change under one id. Not the words of a vote: they tell an age, another one every minute."""
    aside = tuple((one.by, _without_words(one.vote)) for one in decision.set_aside)
    return decision.action, tuple(_without_words(vote) for vote in decision.votes), aside


def _without_words(vote: Vote) -> tuple[Any, ...]:
    return vote.rule, vote.action, vote.until


def is_kept(decision: Decision) -> bool:
    """Whether it is stored, and so can be looked up: it objects to something, or would without a dry-run."""
    return decision.action > Action.ALLOW or any(aside.by == Mode.DRY_RUN.value for aside in decision.set_aside)


def _store_all(
    connection: Connection,
    repository_id: int,
    key: ProjectKey,
    found: list[Decision],
    now: Instant,
    allowed: tuple[str, ...] | None,
) -> None:
    for one in found:
        decisions.remember(connection, repository_id, key, one, now, allowed)
