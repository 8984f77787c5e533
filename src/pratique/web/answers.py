"""Which questions have been answered, and by what, as far as the answers still stand.

A view is kept once for all who get the same; here stands only who that is, so that nobody has to find it out again.
"""

from __future__ import annotations

import functools
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from pratique.core.actors import Actor, ActorKind, TokenScope
from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.services.installing.file_answers import Cleared
from pratique.web.wire import WireHeads

MAX_BYTES = 32 << 20
"""Of what is remembered: some 25,000 questions of the usual length."""

QUESTIONS = 64
"""Questions that are remembered of one address: forms, encodings, and kinds of askers."""

LONGEST = 500
"""Characters of a question; longer ones are asked by no client that we know."""

_OVERHEAD = 1_000
"""Bytes that a question costs beside its text."""


class Asker(msgspec.Struct, frozen=True, cache_hash=True):
    """All of an actor that may make a listing of an upstream's project another one.

    Attributes:
        scope: without its end, which is looked at with every request.
    """

    kind: ActorKind
    admin: bool
    scope: TokenScope | None


class Question(msgspec.Struct, frozen=True, cache_hash=True):
    """What was asked of an address, to the letter.

    Attributes:
        account: of whoever asks for an own project, which may be for members only; None where that plays no part.
    """

    public_url: str
    accept: str
    encoding: str
    asker: Asker
    account: int | None


class StandingListing(msgspec.Struct, frozen=True):
    """Under which state of the server a question has which view for its answer.

    Attributes:
        view_address: where views for this question are kept.
        etag: of the one that was the answer; whoever rendered longer may have put an older one there since.
        heads: what is said before it.
        revision: the global counter before anything was read for it.
        since: no clock that was turned back makes an answer last longer.
        until: None: as long as nothing changes.
    """

    view_address: str
    etag: str
    heads: WireHeads
    repository_id: int
    key: ProjectKey
    revision: int
    since: Instant
    until: Instant | None

    def is_in_time(self, now: Instant) -> bool:
        """Whether it has not ended by time alone."""
        return self.since <= now and (self.until is None or now < self.until)


class StandingFile(msgspec.Struct, frozen=True):
    """Which stored bytes were the answer to a question.

    Attributes:
        headers: that said what policy warns of.
        head: what is said before all of the bytes.
    """

    cleared: Cleared
    headers: dict[str, str]
    head: bytes


Standing = StandingListing | StandingFile


class Answers:
    """The most recently asked addresses with the questions asked of them, bounded in bytes. One for each event loop."""

    def __init__(self, max_bytes: int = MAX_BYTES, questions: int = QUESTIONS) -> None:
        self._max_bytes, self._questions, self._bytes = max_bytes, questions, 0
        self._known: OrderedDict[str, OrderedDict[Question, Standing]] = OrderedDict()

    def of(self, path: str) -> Mapping[Question, Standing] | None:
        """What is known of an address, None for nothing."""
        known = self._known.get(path)
        if known is not None:
            self._known.move_to_end(path)
        return known

    def keep(self, path: str, question: Question, standing: Standing) -> None:
        """Remember an answer; the oldest question of its address goes, and the least recently asked addresses.

        What no client asks is not remembered: addresses with a query, text that is long or not plain ASCII.
        """
        text = path + question.accept + question.encoding
        if len(text) > LONGEST or "?" in path or not text.isascii():
            return
        known = self._known.setdefault(path, OrderedDict())
        self._forget(path, known, question)
        known[question] = standing
        self._bytes += _cost(path, question, standing)
        if len(known) > self._questions:
            self._forget(path, known, next(iter(known)))
        self._known.move_to_end(path)
        while self._bytes > self._max_bytes:
            gone, questions = self._known.popitem(last=False)
            self._bytes -= sum(_cost(gone, *one) for one in questions.items())

    def _forget(self, path: str, known: OrderedDict[Question, Standing], question: Question) -> None:
        forgotten = known.pop(question, None)
        if forgotten is not None:
            self._bytes -= _cost(path, question, forgotten)


def questions(public_url: str, accept: str, encoding: str, actor: Actor) -> tuple[Question, Question]:
    """What is asked of a project of an upstream, and what is asked of an own one, where it plays a part who asks."""
    asker = _asker(actor)
    everybodys = Question(public_url, accept, encoding, asker, None)
    return everybodys, msgspec.structs.replace(everybodys, account=actor.account)


@functools.lru_cache(maxsize=4_096)
def _asker(actor: Actor) -> Asker:
    scope = actor.scope and msgspec.structs.replace(actor.scope, expires=None)
    return Asker(actor.kind, actor.admin, scope)


def _cost(path: str, question: Question, standing: Standing) -> int:
    text = len(path) + len(question.accept) + len(question.encoding)
    if isinstance(standing, StandingListing):
        return _OVERHEAD + text + standing.heads.size
    said = sum(len(name) + len(value) for name, value in standing.headers.items())
    return _OVERHEAD + text + said + len(standing.head)
