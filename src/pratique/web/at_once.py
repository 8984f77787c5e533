"""Listings and files that stand are given as soon as their request's bytes are there, before it is made a request.

It is `web.standing` by a shorter way: the same questions, the same answers, and the same looks at what has changed.
Whatever is not quite usual, whoever has to be asked about, and all that may have changed goes the longer way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from http import HTTPStatus
from typing import Any

import msgspec
import structlog
from aiohttp import web

from pratique.core.actors import Actor
from pratique.core.errors import PratiqueError, TooOften
from pratique.core.ports import BlobFile, ReadsInto
from pratique.services.accounts.sign_in import SignIn
from pratique.services.installing.file_answers import Stored
from pratique.services.installing.get_cleared import get_cleared
from pratique.services.ports import Ports
from pratique.web.answers import Answers, StandingFile, StandingListing
from pratique.web.documents import etag_matches
from pratique.web.heads import Head
from pratique.web.hosts import Hosts
from pratique.web.limits import WebLimits
from pratique.web.manners import Manner, Manners
from pratique.web.rates import Rates, whose
from pratique.web.rooms import Rooms
from pratique.web.standing_view import view_of
from pratique.web.turn import Turn
from pratique.web.wire import HSTS

_log = structlog.get_logger(__name__)

LARGEST = 256 << 10
"""Bytes of a body that is handed to the connection in one piece; of more, slow readers would hold too much."""

LARGEST_FILE = 1 << 20
"""The same of a file."""

_OK, _NOT_MODIFIED = HTTPStatus.OK.value, HTTPStatus.NOT_MODIFIED.value

_BY_TLS = f"Strict-Transport-Security: {HSTS}\r\n".encode()


class Given(msgspec.Struct, frozen=True):
    """An answer, and what the request log says of it.

    Attributes:
        parts: bytes for the connection, in their order.
        size: bytes of the body.
    """

    parts: list[bytes]
    status: int
    size: int
    path: str
    actor: Actor
    agent: str | None


class Coming(msgspec.Struct, frozen=True):
    """A stored file that was given before; whether it still may be is to be asked.

    Attributes:
        end: of the head that is said before it.
    """

    standing: StandingFile
    end: bytes
    path: str
    actor: Actor
    agent: str | None

    def given(self) -> Given:
        """Itself as an answer that was given, without the bytes."""
        return Given([], _OK, self.standing.cleared.size, self.path, self.actor, self.agent)


class AtOnce:
    """Answers the bytes of requests. One for each event loop."""

    def __init__(
        self, ports: Ports, sign_in: SignIn, hosts: Hosts, answers: Answers, limits: WebLimits, rates: Rates
    ) -> None:
        self._ports, self._sign_in, self._hosts, self._answers, self._rates = ports, sign_in, hosts, answers, rates
        # Behind proxies the address, the name and the protocol are in what these say, if they can be believed.
        self._is_open = not (limits.trusted_proxies or limits.only_by_proxy)
        self._manners, self._turn, self._rooms = Manners(hosts), Turn(ports), Rooms(LARGEST_FILE)
        self._under_way: set[asyncio.Task[None]] = set()

    def answer(self, head: Head, network: str, largest: int, *, secure: bool) -> Given | Coming | None:
        """The answer to a request that was answered before; None if it has to go the longer way.

        Args:
            head: the request.
            network: where it comes from, as `trust.networks.network_of` names it.
            largest: bytes that may be handed to the connection in one piece.
            secure: whether the client speaks TLS to this process.
        """
        known = self._answers.of(head.path)
        if known is None or not self._is_open:
            return None
        manner = self._manners.of(head)
        moment = self._turn.moment()
        if manner is None or moment is None:
            return None
        now, end = moment.now, moment.end
        actor = self._sign_in.known(manner.digest, now)
        if actor is None:
            return None
        if secure and self._hosts.is_known_elsewhere(manner.public_url):
            end = _BY_TLS + end
        for question in manner.questions(actor):
            standing = known.get(question)
            if isinstance(standing, StandingListing):
                view = view_of(self._ports, standing, now)
                if view is not None and view.size <= min(LARGEST, largest) and self._admits(actor, network):
                    return _given(head, standing, view.encoded.rendered.body, end, actor, manner.agent)
            elif (
                standing is not None
                and _is_for_all_of(standing, head, manner, largest)
                and self._admits(actor, network)
            ):
                return Coming(standing, end, head.path, actor, manner.agent)
        return None

    def _admits(self, actor: Actor, network: str) -> bool:
        """Count the request. Who asks too often is told so on the longer way."""
        try:
            self._rates.admit(whose(actor, network))
        except TooOften:
            return False
        return True

    async def open(self, coming: Coming) -> Stored | None:
        """The bytes of a file, whose download is recorded; None if all is to be decided again.

        It is to be let go by whoever gets it. What fails here is told by the longer way, which will meet it too.
        """
        try:
            return await self._recorded(coming)
        except PratiqueError:
            return None
        except Exception:  # noqa: BLE001 - the longer way meets it too, and says more of it
            _log.exception("whether a file still stands cannot be found out")
            return None

    async def _recorded(self, coming: Coming) -> Stored | None:
        answer = await get_cleared(self._ports, coming.standing.cleared, coming.actor)
        if answer is None or not isinstance(answer.body, Stored):
            return None
        try:
            await answer.record()  # all of the file is given, or nothing
        except BaseException:
            answer.body.let_go()
            raise
        return answer.body

    async def content(self, stored: Stored) -> memoryview:
        """All bytes of a file, in a room that is this one's until `was_written`.

        Raises:
            OSError: it cannot be read.
            EOFError: it is shorter than its size says.
        """
        size = stored.blob.size
        room = memoryview(self._rooms.take())[:size]
        if not isinstance(stored.blob, ReadsInto) or not stored.blob.read_ready_into(room):
            room[:] = await asyncio.to_thread(_all_of, stored.blob, size)
        return room

    def was_written(self, content: memoryview, transport: asyncio.WriteTransport) -> None:
        """Its bytes were handed to a connection."""
        room = content.obj
        if isinstance(room, bytearray):
            self._rooms.lend(room, transport)

    def begin(self, giving: Coroutine[Any, Any, None]) -> None:
        """Give something that takes a moment."""
        task = asyncio.create_task(giving)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def stop(self, patience: float) -> None:
        """Answer no more, as the process ends and connections are to be closed; what has begun gets so many seconds."""
        self._is_open = False
        if self._under_way:
            await asyncio.wait(self._under_way, timeout=patience)


AT_ONCE: web.AppKey[AtOnce] = web.AppKey("at_once", AtOnce)


def _given(head: Head, standing: StandingListing, body: bytes, end: bytes, actor: Actor, agent: str | None) -> Given:
    if head.none_match is not None and etag_matches(head.none_match, standing.etag):
        return Given([standing.heads.unchanged + end], _NOT_MODIFIED, 0, head.path, actor, agent)
    return Given([standing.heads.whole + end, body], _OK, len(body), head.path, actor, agent)


def _all_of(blob: BlobFile, size: int) -> bytes:
    content = blob.read_at(0, size)
    if len(content) != size:
        raise EOFError("the stored file is shorter than its size says")
    return content


def _is_for_all_of(standing: StandingFile, head: Head, manner: Manner, largest: int) -> bool:
    """Whether all of a file is asked for, and may be handed to the connection in one piece."""
    is_all = head.none_match is None and not manner.asks_for_parts
    return is_all and standing.cleared.size <= min(LARGEST_FILE, largest)
