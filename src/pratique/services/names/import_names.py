"""Take in a list of names: what is new in it is known from then on; its ranks replace those imported before."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Forbidden, Invalid
from pratique.core.events import new_event
from pratique.naming.names_list import Listed, read_list
from pratique.naming.spelling import canonical_or_none
from pratique.services.changes import permit_everywhere
from pratique.services.name_globs import ecosystem_named
from pratique.services.ports import Ports
from pratique.store import events, name_forms, ranked_names, revisions
from pratique.store.database import Database
from pratique.store.ranked_names import Ranked

Progress = Callable[[str], None]
"""Told, in a few words, how far it has come."""

MOST_RANKED = 100_000
"""Popular names that are kept; those behind are known like all others."""

_CHUNK = 1 << 20
_BATCH = 2_000
_PAUSE = 0.05
"""Seconds between two batches: who waits for SQLite's lock looks every tenth of a second whether it is free."""
_NAMED = 10
"""Invalid names that are shown."""
_WIDE = 24
_TELL_EVERY = 20_000


class ImportNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Take in a list of names that exist in an ecosystem.

    Attributes:
        path: of the list, on the machine of the data folder.
    """

    ecosystem: str
    path: str


class NamesImported(msgspec.Struct, frozen=True):
    """What one import did.

    Attributes:
        names: in the list that the ecosystem can have.
        new: of these, those that were not known before.
        ranked: popular ones that are kept from it.
        invalid: how many the ecosystem cannot have, and the first of them.
    """

    ecosystem: str
    names: int
    new: int
    ranked: int
    invalid: int
    invalid_names: tuple[str, ...]


class _Counted(msgspec.Struct):
    """What a list holds."""

    names: int = 0
    invalid: int = 0
    invalid_names: list[str] = []
    ranked: list[tuple[int, Ranked]] = []


async def import_names(ports: Ports, request: ImportNames, actor: Actor, tell: Progress) -> NamesImported:
    """Read the list once as a whole, and only if it is one, write what is new in it.

    Raises:
        Forbidden: from afar; the server reads no path that somebody elsewhere has chosen.
        Forbidden, StepUpNeeded: the actor may not change what policy looks at.
        Invalid: there is no such ecosystem, the file cannot be read, or is no list of names; nothing was changed.
        Conflict: the file changed while it was read.
    """
    permit_everywhere(actor, Operation.POLICY, ports.clock.now())
    ecosystem = ecosystem_named(ports.ecosystems, request.ecosystem).id
    if actor.kind is not ActorKind.OPERATOR:
        raise Forbidden("lists of names are read by the command on the data folder only")
    return await asyncio.to_thread(_take_in, ports.db, ecosystem, Path(request.path), actor, ports.clock.now(), tell)


def _take_in(db: Database, ecosystem: str, path: Path, actor: Actor, now: Instant, tell: Progress) -> NamesImported:
    try:
        before = path.stat()
        counted = _count(ecosystem, _read(path, before.st_size, "looking", tell))
        names = (name for one in _read(path, before.st_size, "writing", tell) if (name := _canonical(ecosystem, one)))
        new = _write(db, ecosystem, names)
        after = path.stat()
    except OSError as error:
        raise Invalid(f'"{path}" cannot be read: {error.strerror or error}') from error
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise Conflict(f'"{path}" changed while it was read; import it again')
    ranked = [one for _, one in sorted(counted.ranked, key=lambda pair: pair[0])][:MOST_RANKED]
    done = NamesImported(ecosystem, counted.names, new, len(ranked), counted.invalid, tuple(counted.invalid_names))
    db.write_now(_conclude, done, ranked, actor, now)
    return done


def _count(ecosystem: str, listed: Iterator[Listed]) -> _Counted:
    """Go through the whole list. Raises Invalid if it is none, or holds no name of the ecosystem."""
    counted = _Counted()
    for one in listed:
        name = _canonical(ecosystem, one)
        if name is None:
            counted.invalid += 1
            if len(counted.invalid_names) < _NAMED:
                counted.invalid_names.append(ascii(one.name[:80])[1:-1])
            continue
        counted.names += 1
        if one.rank is not None and one.rank <= MOST_RANKED and len(counted.ranked) < 2 * MOST_RANKED:
            counted.ranked.append((one.rank, Ranked(name, one.downloads)))
    if not counted.names:
        first = f"; the first one is {counted.invalid_names[0]}" if counted.invalid_names else ""
        raise Invalid(f"the list holds no name that {ecosystem} can have{first}")
    return counted


def _canonical(ecosystem: str, one: Listed) -> str | None:
    return canonical_or_none(ecosystem, one.name)


def _write(db: Database, ecosystem: str, names: Iterator[str]) -> int:
    """Write in batches, each a transaction, so that others write between them; how many names were new."""
    new = 0
    while batch := list(islice(names, _BATCH)):
        written = db.write_now(name_forms.remember, name_forms.EVERYWHERE, ecosystem, batch, durable=False)
        new += written
        if written and db.sleeps_for_its_turn:
            time.sleep(_PAUSE)
    return new


def _conclude(connection: Connection, done: NamesImported, ranked: list[Ranked], actor: Actor, now: Instant) -> None:
    kept = len(ranked)
    if ranked:
        kept = ranked_names.put_first(connection, done.ecosystem, ranked, MOST_RANKED)
        revisions.bump_everywhere(connection)
    ranked_names.note_import(connection, done.ecosystem, done.names, kept, now)
    body = {"names": done.names, "new": done.new, "ranked": done.ranked, "invalid": done.invalid}
    events.append(connection, new_event("names_imported", now, actor, done.ecosystem, body))


def _read(path: Path, size: int, doing: str, tell: Progress) -> Iterator[Listed]:
    with path.open("rb") as file:
        chunks = iter(lambda: file.read(_CHUNK), b"")
        for number, one in enumerate(read_list(chunks), 1):
            yield one
            if number % _TELL_EVERY == 0:
                tell(f"{doing}  {_bar(file.tell(), size)}  {number:,} names")


def _bar(done: int, size: int) -> str:
    share = min(done / size, 1.0) if size else 1.0
    filled = round(share * _WIDE)
    return f"[{'#' * filled}{'.' * (_WIDE - filled)}] {share:4.0%}"
