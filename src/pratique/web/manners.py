"""What the headers of a request say of who asks and how, found out once for all requests that send the same ones."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from pratique.core.actors import Actor
from pratique.core.errors import Unauthorised
from pratique.services.accounts.sign_in import digest_of
from pratique.upstream import chain
from pratique.web.answers import Question, questions
from pratique.web.heads import ALIKE, USUAL, Head
from pratique.web.hosts import Hosts, UnknownHost

_ABOUT_PARTS = frozenset({"range", "if-range", "if-modified-since", "if-match", "if-unmodified-since"})

_LONGER_WAY = frozenset({chain.VIA.lower(), "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto"})
"""Who sends these is a server of ours, or stands behind a proxy."""


class Manner(msgspec.Struct):
    """How somebody asks, whatever it is that he asks for.

    Attributes:
        digest: of the token; empty without one.
        asks_for_parts: not for all of a file, or only if it changed.
    """

    public_url: str
    accept: str
    encoding: str
    digest: str
    agent: str | None
    asks_for_parts: bool
    _asked: tuple[Actor, tuple[Question, Question]] | None = None

    def questions(self, actor: Actor) -> tuple[Question, Question]:
        """As `answers.questions`; the same values as long as the same actor asks."""
        if self._asked is None or self._asked[0] is not actor:
            self._asked = actor, questions(self.public_url, self.accept, self.encoding, actor)
        return self._asked[1]


class Manners:
    """The manners of clients that were here lately. Of tokens only digests are in them. One for each event loop."""

    def __init__(self, hosts: Hosts) -> None:
        self._hosts = hosts
        self._known: dict[bytes, Manner] = {}

    def of(self, head: Head) -> Manner | None:
        """The manner of a request; None if it has to go the longer way."""
        found = self._known.get(head.lines)
        if found is None:
            found = self._read(head.headers)
            if found is not None and len(head.lines) <= USUAL:
                if len(self._known) >= ALIKE:
                    self._known.clear()
                self._known[head.lines] = found
        return found

    def _read(self, headers: Mapping[str, str]) -> Manner | None:
        if not _LONGER_WAY.isdisjoint(headers):
            return None
        try:
            public_url = self._hosts.public_url(headers.get("host", ""))
            digest = digest_of(headers.get("authorization"))
        except (UnknownHost, Unauthorised):
            return None
        return Manner(
            public_url,
            headers.get("accept", ""),
            headers.get("accept-encoding", ""),
            digest,
            headers.get("user-agent"),
            not _ABOUT_PARTS.isdisjoint(headers),
        )
