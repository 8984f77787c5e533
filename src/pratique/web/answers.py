"""Which questions have been answered, and by what, as far as the answers still stand.

A view is kept once for all who get the same; here stands only who that is, so that nobody has to find it out again.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from pratique.core.actors import ActorKind, TokenScope
from pratique.core.clock import Instant
from pratique.core.names import ProjectKey
from pratique.services.installing.file_answers import Cleared

PATHS = 20_000
"""Addresses that are remembered."""

QUESTIONS = 64
"""Questions that are remembered of one address: forms, encodings, and kinds of askers."""

LONGEST = 1_000
"""Characters of a question; longer ones are asked by no client that we know."""


class Asker(msgspec.Struct, frozen=True):
    """All of an actor that may make a listing of an upstream's project another one.

    Attributes:
        scope: without its end, which is looked at with every request.
    """

    kind: ActorKind
    admin: bool
    scope: TokenScope | None


class Question(msgspec.Struct, frozen=True):
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
        view_address: of the view.
        revision: the global counter before anything was read for it.
        until: None: as long as nothing changes.
    """

    view_address: str
    repository_id: int
    key: ProjectKey
    revision: int
    until: Instant | None


class StandingFile(msgspec.Struct, frozen=True):
    """Which stored bytes were the answer to a question, and the headers that said what policy warns of."""

    cleared: Cleared
    headers: dict[str, str]


Standing = StandingListing | StandingFile


class Answers:
    """The most recently asked addresses with the questions asked of them. One for each event loop."""

    def __init__(self, paths: int = PATHS, questions: int = QUESTIONS) -> None:
        self._paths, self._questions = paths, questions
        self._known: OrderedDict[str, OrderedDict[Question, Standing]] = OrderedDict()

    def of(self, path: str) -> Mapping[Question, Standing] | None:
        """What is known of an address, None for nothing."""
        known = self._known.get(path)
        if known is not None:
            self._known.move_to_end(path)
        return known

    def keep(self, path: str, question: Question, standing: Standing) -> None:
        """Remember an answer; the least recently asked address goes, and the oldest question of this one."""
        if len(path) + len(question.accept) + len(question.encoding) > LONGEST:
            return
        known = self._known.setdefault(path, OrderedDict())
        known[question] = standing
        known.move_to_end(question)
        if len(known) > self._questions:
            known.popitem(last=False)
        self._known.move_to_end(path)
        if len(self._known) > self._paths:
            self._known.popitem(last=False)
