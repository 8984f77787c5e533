"""Index documents of upstreams: fetched once, believed while fresh, confirmed cheaply, kept for bad days."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from enum import Enum, auto
from typing import Any

import msgspec
import structlog
from isal import igzip
from yarl import URL

from pratique.core.artifacts import ProjectView
from pratique.core.clock import SECOND, Clock, Instant
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import BadUpstream, DiskFull, UpstreamRefused
from pratique.core.limits import Freshness
from pratique.core.names import ProjectKey
from pratique.upstream.access import Upstream
from pratique.upstream.answers import Fetched
from pratique.upstream.client import UpstreamClient
from pratique.upstream.locations import endpoint_of
from pratique.upstream.shelf import DocumentHead, DocumentShelf
from pratique.upstream.single_flight import SingleFlight
from pratique.upstream.view_cache import ProjectViewCache

_log = structlog.get_logger(__name__)
_DEFAULT_FRESHNESS = Freshness()
_LARGE = 2 << 20
_FAST = 1
_REMEMBERED = 10_000
_NEVER = Instant(0)
_BEHIND = SECOND
"""Milliseconds for which an old document answers without another look while it is being confirmed."""

OnChange = Callable[[Any, str, ProjectView | None, ProjectView, Instant | None], Awaitable[None]]
"""(upstream as it was handed in, name, view before or None, view now, when the view before was last confirmed).

Awaited before the new document is stored and before anybody is answered from it, so that what it records
is never behind what is served. A project that is gone has a view without files. One that comes back is told
with the view it had before it went, and with the time when it was last missed; a name that was only ever
asked for in vain has no view before, as a 404 is no copy of anything. It may be called again with the same
change after a crash.
"""

Key = tuple[int, str]


class DocumentAnswer(msgspec.Struct, frozen=True):
    """What is held of a project's document.

    Attributes:
        head: all but the bytes; its status tells whether the upstream has the project.
        stale: the upstream could not be asked just now, and this is what it said earlier.
        until: when this is to be looked at again; in the past where nothing was asked to be believed so long.
    """

    head: DocumentHead
    stale: bool = False
    until: Instant = _NEVER


class ProjectDocument(msgspec.Struct, frozen=True):
    """A project as an upstream lists it.

    Attributes:
        view: the document as a value.
        sha256: of the document it was read from.
        checked: when the upstream last confirmed it.
        stale: as in DocumentAnswer; what it lacks may exist by now.
        until: as in DocumentAnswer.
    """

    view: ProjectView
    sha256: str
    checked: Instant
    stale: bool = False
    until: Instant = _NEVER


class _Need(Enum):
    NOTHING = auto()
    REFRESH_BEHIND = auto()
    REFRESH_FIRST = auto()


class Documents:
    """Answers from the shelf, and asks upstreams when `Freshness` says so. One per process."""

    def __init__(
        self,
        client: UpstreamClient,
        shelf: DocumentShelf,
        clock: Clock,
        on_change: OnChange,
        freshness: Freshness = _DEFAULT_FRESHNESS,
    ) -> None:
        self._client, self._shelf, self._clock = client, shelf, clock
        self._on_change, self._freshness = on_change, freshness
        self._refreshes: SingleFlight[Key, DocumentHead] = SingleFlight()
        self._readings: SingleFlight[tuple[Key, str], ProjectDocument | None] = SingleFlight()
        self._views = ProjectViewCache(freshness.cached_views)
        self._large = asyncio.Lock()
        self._failed: dict[Key, Instant] = {}
        self._unreadable: dict[Key, Instant] = {}
        self._refused: dict[Key, Instant] = {}

    async def get(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, *, max_age: int | None = None
    ) -> DocumentAnswer:
        """What the upstream says about a project, as fresh as needed.

        Args:
            upstream: whom to ask.
            ecosystem: how to ask and how to read the answer.
            name: canonical.
            max_age: milliseconds; a document confirmed longer ago is confirmed first. By default the
                settings decide, and a project in use is refreshed behind the answer.

        Raises:
            BadUpstream: the upstream gave no right answer, and nothing held may stand in for it.
            UpstreamRefused: the upstream decides as we do, and refuses.
        """
        key = (upstream.id, name)
        held = await self._shelf.head(*key) if key not in self._refused else None
        need = self._need(held, max_age)

        async def refresh() -> DocumentHead:
            return await self._refresh(upstream, ecosystem, name)

        if held is not None and need is not _Need.REFRESH_FIRST:
            if need is _Need.REFRESH_BEHIND and not self._failed_lately(key):
                self._refreshes.begin(key, refresh)
            return self._answer(held, grace=_BEHIND if need is _Need.REFRESH_BEHIND else 0)
        if held is not None and self._may_stand_in(held) and self._failed_lately(key):
            return self._answer(held, grace=self._stale_grace, stale=True)
        if held is None or not self._may_stand_in(held):
            return self._answer(await self._refreshes.run(key, refresh))
        try:
            return self._answer(await self._confirmed_soon(key, refresh))
        except (BadUpstream, DiskFull):
            return self._answer(held, grace=self._stale_grace, stale=True)

    async def _confirmed_soon(self, key: Key, refresh: Callable[[], Awaitable[DocumentHead]]) -> DocumentHead:
        """What the upstream says within our patience; after that it is asked on behind whoever is waiting."""
        self._refreshes.begin(key, refresh)
        try:
            async with asyncio.timeout(self._freshness.patience / SECOND):
                return await self._refreshes.run(key, refresh)
        except TimeoutError:
            _remember(self._failed, key, self._clock.now())
            raise BadUpstream("the upstream has not answered yet") from None

    @property
    def _stale_grace(self) -> int:
        return min(_BEHIND, self._freshness.retry_after)

    def _answer(self, head: DocumentHead, *, grace: int = 0, stale: bool = False) -> DocumentAnswer:
        """What is believed though it is old is looked at again after a grace, and not by all who ask meanwhile."""
        until = max(head.checked + self._freshness.fresh_for, self._clock.now() + grace)
        return DocumentAnswer(head, stale, Instant(until))

    async def view(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, *, max_age: int | None = None
    ) -> ProjectDocument | None:
        """The project as the upstream lists it, None if it has nothing of that name. Otherwise as `get`."""
        answer = await self.get(upstream, ecosystem, name, max_age=max_age)
        if answer.head.status != 200:
            return None
        key, head = (upstream.id, name), answer.head
        view = self._views.get(*key, _identity(head))
        if view is not None:
            return ProjectDocument(view, head.sha256, head.checked, answer.stale, answer.until)
        try:
            document = await self._readings.run((key, head.sha256), lambda: self._read_stored(key, ecosystem))
        except BadUpstream as error:
            document = await self._fetch_anew(upstream, ecosystem, name, error)
        if document is None:
            return None
        return msgspec.structs.replace(document, stale=answer.stale, until=answer.until)

    async def _fetch_anew(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, error: BadUpstream
    ) -> ProjectDocument | None:
        """Replace what is damaged here, or what an earlier version of ours could read and this one cannot."""
        key = (upstream.id, name)
        _log.warning("stored document unreadable", ecosystem=ecosystem.id, project=name, error=str(error))
        _remember(self._unreadable, key, self._clock.now())
        await self._refreshes.run(key, lambda: self._refresh(upstream, ecosystem, name))
        return await self._read_stored(key, ecosystem)

    def _need(self, held: DocumentHead | None, max_age: int | None) -> _Need:
        if held is None:
            return _Need.REFRESH_FIRST
        age = abs(self._clock.now() - held.checked)  # a time ahead of ours is no better than one long past
        if max_age is not None:
            return _Need.NOTHING if age <= max_age else _Need.REFRESH_FIRST
        if held.status != 200:
            return _Need.NOTHING if age <= self._freshness.missing_for else _Need.REFRESH_FIRST
        if age <= self._freshness.fresh_for:
            return _Need.NOTHING
        return _Need.REFRESH_BEHIND if age <= self._freshness.wait_after else _Need.REFRESH_FIRST

    def _may_stand_in(self, held: DocumentHead) -> bool:
        return held.status == 200 and abs(self._clock.now() - held.checked) <= self._freshness.stale_if_error

    def _failed_lately(self, key: Key) -> bool:
        failed = self._failed.get(key)
        return failed is not None and abs(self._clock.now() - failed) <= self._freshness.retry_after

    async def _refresh(self, upstream: Upstream, ecosystem: Ecosystem, name: str) -> DocumentHead:
        """Ask the upstream and keep what it says. The one piece of work per document at a time."""
        key = (upstream.id, name)
        try:
            head = await self._ask(upstream, ecosystem, name)
        except (BadUpstream, DiskFull) as error:
            _remember(self._failed, key, self._clock.now())
            _log.warning("upstream document not refreshed", ecosystem=ecosystem.id, project=name, error=str(error))
            raise
        except UpstreamRefused:
            # What is held answers nobody until the upstream allows it; on a full disk at least nobody here.
            _remember(self._refused, key, self._clock.now())
            with suppress(DiskFull):
                await self._shelf.refuse(*key)
            raise
        self._failed.pop(key, None)
        self._refused.pop(key, None)
        self._unreadable.pop(key, None)
        return head

    async def _ask(self, upstream: Upstream, ecosystem: Ecosystem, name: str) -> DocumentHead:
        held = await self._shelf.head(upstream.id, name)
        readable = held if (upstream.id, name) not in self._unreadable else None
        usable = readable if readable is not None and readable.status == 200 else None
        fetched = await self._client.document(
            upstream.url,
            ecosystem.upstream_listing(name),
            etag=usable.etag if usable else None,
            last_modified=usable.last_modified if usable else None,
        )
        if fetched.status == 304 and usable is not None:
            return await self._confirm(upstream, name, usable, fetched.etag)
        if fetched.status == 404:
            return await self._note_missing(upstream, ecosystem, name, held)
        async with self._turn(len(fetched.content)):
            view, sha256, packed = await asyncio.to_thread(_digest, ecosystem, name, fetched)
        head = _head(fetched, sha256, self._clock.now())
        if usable is not None and _identity(usable) == _identity(head):
            return await self._confirm(upstream, name, usable, fetched.etag)
        await self._announce(upstream, ecosystem, name, readable, view)
        await self._shelf.store(upstream.id, name, head, packed)
        self._views.put(upstream.id, name, _identity(head), head.size, view)
        return head

    async def _confirm(self, upstream: Upstream, name: str, held: DocumentHead, etag: str | None) -> DocumentHead:
        now = self._clock.now()
        with suppress(
            DiskFull
        ):  # it holds, whether that can be noted or not; the next who asks asks the upstream again
            await self._shelf.confirm(upstream.id, name, now, etag or held.etag)
        return msgspec.structs.replace(held, checked=now, etag=etag or held.etag)

    async def _note_missing(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, held: DocumentHead | None
    ) -> DocumentHead:
        if held is not None and held.status == 200:
            await self._announce(upstream, ecosystem, name, held, ProjectView(ProjectKey(ecosystem.id, name), ()))
        now = self._clock.now()
        await self._shelf.missing(upstream.id, name, now)
        if held is not None:
            return msgspec.structs.replace(held, status=404, checked=now)
        return DocumentHead(404, None, None, "", "", "", 0, now, now)

    async def _announce(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, held: DocumentHead | None, view: ProjectView
    ) -> None:
        """Tell what changes before it can be seen."""
        before = await self._view_before(upstream, ecosystem, name, held) if held is not None else None
        if before is None and held is not None and held.status != 200 and held.size:
            before = ProjectView(view.key, ())  # what was held before it went cannot be read: all of it is new
        confirmed = max(held.checked, held.fetched) if held is not None and before is not None else None
        await self._on_change(upstream, name, before, view, confirmed)

    async def _view_before(
        self, upstream: Upstream, ecosystem: Ecosystem, name: str, held: DocumentHead
    ) -> ProjectView | None:
        """The copy held, also where the upstream said since that it has nothing; None if there is none to read."""
        cached = self._views.get(upstream.id, name, _identity(held))
        if cached is not None:
            return cached
        try:
            stored = await self._shelf.content(upstream.id, name)
            if stored is None or not stored[0].size:
                return None
            return (await self._read((upstream.id, name), ecosystem, *stored)).view
        except BadUpstream as error:
            _log.warning("stored document unreadable", ecosystem=ecosystem.id, project=name, error=str(error))
            return None

    async def _read_stored(self, key: Key, ecosystem: Ecosystem) -> ProjectDocument | None:
        stored = await self._shelf.content(*key)
        return await self._read(key, ecosystem, *stored) if stored is not None and stored[0].status == 200 else None

    async def _read(self, key: Key, ecosystem: Ecosystem, head: DocumentHead, content: bytes) -> ProjectDocument:
        async with self._turn(head.size):
            view = await asyncio.to_thread(ecosystem.read_listing, key[1], content, head.content_type, head.url)
        self._views.put(*key, _identity(head), head.size, view)
        return ProjectDocument(view, head.sha256, head.checked)

    def _turn(self, size: int) -> AbstractAsyncContextManager[None]:
        """Large documents are parsed one after the other: 40 MB take several hundred while they are read."""
        return self._large if size > _LARGE else nullcontext()

    async def close(self) -> None:
        """Stop what is under way."""
        await self._refreshes.close()
        await self._readings.close()


def _digest(ecosystem: Ecosystem, name: str, fetched: Fetched) -> tuple[ProjectView, str, bytes]:
    """Read a document before it is kept, so that what cannot be read is never stored."""
    try:
        view = ecosystem.read_listing(name, fetched.content, fetched.content_type, fetched.url)
    except BadUpstream as error:
        raise BadUpstream(f"{error} (upstream {endpoint_of(URL(fetched.url))})") from error
    return view, hashlib.sha256(fetched.content).hexdigest(), igzip.compress(fetched.content, _FAST)


def _head(fetched: Fetched, sha256: str, now: Instant) -> DocumentHead:
    return DocumentHead(
        status=200,
        etag=fetched.etag,
        last_modified=fetched.last_modified,
        content_type=fetched.content_type,
        url=fetched.url,
        sha256=sha256,
        size=len(fetched.content),
        fetched=now,
        checked=now,
    )


def _identity(head: DocumentHead) -> str:
    """What a view depends on: the bytes, how they are to be read, and where relative links lead."""
    return f"{head.sha256} {head.url} {head.content_type}"


def _remember(known: dict[Key, Instant], key: Key, now: Instant) -> None:
    if len(known) >= _REMEMBERED:
        known.pop(next(iter(known)))
    known[key] = now
