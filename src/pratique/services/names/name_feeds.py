"""Feeds of names that models are known to invent: read on schedule and on demand, each whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.actors import OPERATOR, Actor, Operation
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import BadUpstream, Invalid, NotOffered, PratiqueError, TooLarge
from pratique.core.events import new_event
from pratique.naming.feeds import MAX_BYTES, read_feed
from pratique.services.advisories.import_advisories import source_name
from pratique.services.changes import permit_everywhere
from pratique.services.ports import Ports
from pratique.store import events, invented_names, revisions
from pratique.store.invented_names import InventedName

FEEDS_JOB = "import_name_feeds"
PATIENCE = 300
"""Seconds that one feed may take."""

_log = structlog.get_logger(__name__)


class ShowNameFeeds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Ask which feeds of invented names there are, and how old they are."""


class ImportNameFeeds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Read the feeds of the settings now."""


class NameFeedShown(msgspec.Struct, frozen=True):
    """One feed.

    Attributes:
        taken_in: when it was last read whole, RFC 3339; None if that never worked.
        failed: when it was tried after that and failed, RFC 3339.
        why: the sentence of that failure.
    """

    feed: str
    taken_in: str | None
    names: int
    failed: str | None
    why: str


class NameFeeds(msgspec.Struct, frozen=True):
    """All feeds."""

    feeds: tuple[NameFeedShown, ...]


async def show_name_feeds(ports: Ports, request: ShowNameFeeds, actor: Actor) -> NameFeeds:
    """Which there are. Raises Unauthorised, Forbidden to all but administrators."""
    del request
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    return await _shown(ports)


async def import_name_feeds(ports: Ports, request: ImportNameFeeds, actor: Actor) -> NameFeeds:
    """Read all of the settings; one that fails keeps nothing back, and what it held stays.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: the actor may not change what policy looks at.
        NotOffered: the settings name none.
    """
    del request
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    if not ports.name_feeds:
        raise NotOffered("the settings name no feed of invented names (`names.hallucinated`)")
    await import_feeds(ports, ports.name_feeds, actor)
    return await _shown(ports)


async def import_each_feed(ports: Ports, feeds: Sequence[str]) -> None:
    """The scheduled import. A job, idempotent. Raises BadUpstream if some failed; then it is tried again."""
    failures = await import_feeds(ports, feeds, OPERATOR)
    if failures:
        raise BadUpstream(f"names that models invent: {'; '.join(failures)}")


async def import_feeds(ports: Ports, feeds: Sequence[str], actor: Actor) -> list[str]:
    """Read every feed and forget those that are in the settings no more; the sentences of those that failed."""
    failures: list[str] = []
    for feed in feeds:
        name = source_name(feed)
        try:
            async with asyncio.timeout(PATIENCE):
                await _import(ports, feed, actor)
        except (PratiqueError, TimeoutError) as error:
            why = str(error) or f"it was not read within {PATIENCE} seconds"
            failures.append(f"{name}: {why}")
            _log.warning("a feed of invented names was not taken in", feed=name, why=why)
            await ports.db.write(invented_names.note_failure, name, why, ports.clock.now())
    await ports.db.write(_forget, [source_name(feed) for feed in feeds])
    return failures


async def _import(ports: Ports, feed: str, actor: Actor) -> None:
    before, equals, rest = feed.partition("=")
    ecosystem = before if equals and before in ports.ecosystems else None
    content = await _content(ports, feed if ecosystem is None else rest)
    named = await asyncio.to_thread(read_feed, content, ecosystem)
    rows = [
        InventedName(whose, ports.ecosystems[whose].twin_key(name), name)
        for whose, name in named
        if whose in ports.ecosystems
    ]
    await ports.db.write(_record, source_name(feed), rows, actor, ports.clock.now())


def _record(connection: Connection, feed: str, rows: list[InventedName], actor: Actor, now: Instant) -> None:
    changed = invented_names.replace(connection, feed, rows, now)
    if changed:
        revisions.bump_everywhere(connection)
        body = {"names": len(rows), "changed": changed}
        events.append(connection, new_event("invented_names_imported", now, actor, feed, body))


def _forget(connection: Connection, kept: list[str]) -> None:
    if invented_names.forget_others(connection, kept):
        revisions.bump_everywhere(connection)


async def _content(ports: Ports, source: str) -> bytes:
    if "://" not in source:
        return await asyncio.to_thread(_read, Path(source))
    base = urlsplit(source)._replace(query="", fragment="").geturl()
    stream = await ports.upstream.open_file(base, source)
    content = bytearray()
    try:
        async for chunk in stream.chunks():
            content += chunk
            if len(content) > MAX_BYTES:
                raise TooLarge(f"the list has more than {MAX_BYTES} bytes")
    finally:
        stream.close()
    return bytes(content)


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise Invalid(f"{path} cannot be read: {error.strerror}") from None


async def _shown(ports: Ports) -> NameFeeds:
    known = {one.feed: one for one in await ports.db.read(invented_names.feeds)}
    never = {name: invented_names.NameFeed(name, None, 0, None, "") for name in map(source_name, ports.name_feeds)}
    return NameFeeds(
        tuple(
            NameFeedShown(one.feed, _time(one.taken_in), one.names, _time(one.failed), one.why)
            for one in {**never, **known}.values()
        )
    )


def _time(at: Instant | None) -> str | None:
    return None if at is None else to_iso(at)
