"""How often clients may ask: 429 for what no honest one does, and a line in the log that names who did."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from enum import StrEnum

import structlog
from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.clock import SECOND, in_words
from pratique.core.ecosystem import UseCase
from pratique.core.errors import NotFound, PratiqueError, TooOften
from pratique.core.refused import NowhereRefused
from pratique.trust.networks import network_of
from pratique.trust.rates import Buckets
from pratique.web.client_address import client_address
from pratique.web.keys import ACTOR
from pratique.web.limits import RateLimits
from pratique.web.once_a_minute import OnceAMinute

_log = structlog.get_logger(__name__)

Who = int | str
"""An account's id, a token's without account as a negative number, else the network that it came from."""


class Limit(StrEnum):
    """What is counted, by the name of its setting."""

    REQUESTS = "requests"
    ANONYMOUS = "anonymous"
    FAILED_CREDENTIALS = "failed_credentials"
    MISSING = "missing"
    DECISIONS = "decisions"
    SEARCHES = "searches"
    AUDITS = "audits"
    NAME_CHECKS = "name_checks"
    UPLOADS = "uploads"
    REPORTS = "reports"


_WORDS = {
    Limit.REQUESTS: "requests",
    Limit.ANONYMOUS: "requests without a token",
    Limit.FAILED_CREDENTIALS: "wrong credentials",
    Limit.MISSING: "requests for what does not exist",
    Limit.DECISIONS: "requests that had to be decided anew",
    Limit.SEARCHES: "searches",
    Limit.AUDITS: "audits",
    Limit.NAME_CHECKS: "checks of names",
    Limit.UPLOADS: "uploads",
    Limit.REPORTS: "reports of releases",
}

_LOOKS = {
    UseCase.LIST_PROJECT,
    UseCase.GET_FILE,
    UseCase.GET_METADATA,
    UseCase.SHOW_RELEASE,
    UseCase.DESCRIBE_PROJECT,
}
"""What makes an upstream be asked about names."""

_COSTS = {
    **dict.fromkeys(_LOOKS, Limit.DECISIONS),
    UseCase.SEARCH: Limit.SEARCHES,
    UseCase.LIST_PROJECTS: Limit.SEARCHES,
    UseCase.AUDIT: Limit.AUDITS,
    UseCase.PUBLISH: Limit.UPLOADS,
}


class Rates:
    """The buckets of one process. Each look-up takes less than a microsecond and no more memory than the last one."""

    def __init__(self, limits: RateLimits, clock: Callable[[], float] = time.monotonic) -> None:
        allowed = {limit: getattr(limits, limit) for limit in Limit}
        self._buckets = {limit: Buckets(number) for limit, number in allowed.items() if number}
        self._of_accounts = Limit.REQUESTS, self._buckets.get(Limit.REQUESTS)
        self._of_nobody = Limit.ANONYMOUS, self._buckets.get(Limit.ANONYMOUS)
        self._clock = clock
        self._told = OnceAMinute(clock)

    def admit(self, who: Who) -> None:
        """Count a request, of whatever kind. Raises TooOften."""
        limit, buckets = self._of_nobody if isinstance(who, str) else self._of_accounts
        if buckets is not None and (wait := buckets.take(who, self._clock())):
            raise self._too_often(limit, who, wait)

    def count(self, limit: Limit, who: Who) -> None:
        """Count one of these. Raises TooOften."""
        buckets = self._buckets.get(limit)
        wait = buckets.take(who, self._clock()) if buckets is not None else 0.0
        if wait:
            raise self._too_often(limit, who, wait)

    def check(self, limit: Limit, who: Who) -> None:
        """Refuse who has had too many of these, and count nothing. Raises TooOften."""
        buckets = self._buckets.get(limit)
        wait = buckets.wait(who, self._clock()) if buckets is not None else 0.0
        if wait:
            raise self._too_often(limit, who, wait)

    def note(self, limit: Limit, who: Who) -> None:
        """Count one that cannot be refused any more."""
        buckets = self._buckets.get(limit)
        if buckets is not None:
            buckets.take(who, self._clock())

    def _too_often(self, limit: Limit, who: Who, wait: float) -> TooOften:
        self._tell(limit, who)
        seconds = max(1, math.ceil(wait))
        whose = "address" if isinstance(who, str) else "account" if who >= 0 else "token"
        return TooOften(
            f"too many {_WORDS[limit]} from this {whose}: {self._buckets[limit].a_minute} a minute are answered; ask "
            f"again in {in_words(seconds * SECOND)}, or ask the operator for more (setting limits.{limit})",
            retry_after=seconds,
        )

    def _tell(self, limit: Limit, who: Who) -> None:
        times = self._told.times((limit, who))
        if times:
            _log.warning("a limit was reached", limit=f"limits.{limit}", who=in_log(who), refused=times)


RATES: web.AppKey[Rates] = web.AppKey("rates", Rates)


def in_log(who: Who) -> str:
    """`account 3`, `token 5` or `address 192.0.2.1`."""
    if isinstance(who, str):
        return f"address {who}"
    return f"account {who}" if who >= 0 else f"token {-who}"


def whose(actor: Actor, network: str) -> Who:
    """Whose bucket a request takes from: the account's, whatever tokens it uses; the network's for nobody."""
    if actor.account is not None:
        return actor.account
    return -actor.token if actor.token is not None else network


def who_counts(request: web.Request, actor: Actor) -> Who:
    """Whose bucket a request takes from."""
    is_nobody = actor.account is None and actor.token is None
    return whose(actor, network_of(client_address(request)) if is_nobody else "")


def count_cost(request: web.Request, actor: Actor, use_case: UseCase) -> None:
    """Count what costs more than most, and keep names from upstreams for whom nothing but missing ones is found.

    Raises:
        TooOften: the asker has had a minute's worth of it.
    """
    limit = _COSTS.get(use_case)
    if limit is None:
        return
    rates, who = request.app[RATES], who_counts(request, actor)
    if use_case in _LOOKS:
        rates.check(Limit.MISSING, who)
    rates.count(limit, who)


def count_failed_credential(request: web.Request) -> None:
    """Count a credential that is none. Good ones go on beside them, so that nobody shuts a colleague out.

    Raises:
        TooOften: it is the last straw.
    """
    request.app[RATES].count(Limit.FAILED_CREDENTIALS, network_of(client_address(request)))


def note_answer(request: web.Request, error: PratiqueError) -> None:
    """Remember that what was asked for does not exist."""
    actor = request.get(ACTOR)
    if actor is not None and isinstance(error, NotFound | NowhereRefused):
        request.app[RATES].note(Limit.MISSING, who_counts(request, actor))
