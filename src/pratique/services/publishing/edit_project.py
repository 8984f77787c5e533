"""Take a project's whole document back from a client, and do exactly what it wants changed, or refuse it.

Nothing is published, hidden or taken away because a document leaves it out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import cast

from sqlalchemy import Connection

from pratique.core.account_verbs import Purpose
from pratique.core.actors import Operation
from pratique.core.artifacts import Origin, ProjectView
from pratique.core.clock import Instant
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid, PratiqueError
from pratique.core.names import ProjectKey
from pratique.core.project_verbs import EditsDocuments, ProjectChange, SentDocument
from pratique.services.accounts.project_proof import write_proved
from pratique.services.accounts.sign_in import write_as
from pratique.services.judging.edition import check_edition
from pratique.services.judging.judge import authorise_on, know
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.sources import own_view
from pratique.services.ports import Ports, Visit
from pratique.services.publishing.deprecate import record_messages
from pratique.services.publishing.membership import record_owners
from pratique.services.publishing.own_project import Asked, asked_by, find_own, find_release
from pratique.services.publishing.unpublish import Terms, record_unpublished, terms

_EDITING = (Operation.DEPRECATE, Operation.MEMBERS, Operation.UNPUBLISH)


async def read_to_edit(ports: Ports, visit: Visit, name: str) -> Rendered | None:
    """The document with all that its publishers may change; None for whoever may change nothing of it."""
    known = await know(ports, visit, visit.key(name))
    if known.origin is not Origin.OWN:
        return None
    try:
        _authorise_any(visit, known, _EDITING, ports.clock.now())
    except PratiqueError:
        return None
    view = await ports.db.read(_editable, visit, known)
    return await asyncio.to_thread(cast("EditsDocuments", visit.ecosystem).write_to_edit, view, visit.base_url)


async def authorise_editor(ports: Ports, visit: Visit, name: str) -> None:
    """Turn away who may change nothing of the project, before a body is read.

    Raises:
        Unauthorised, Forbidden, StepUpNeeded: in the same words whether it is hidden from the actor or not there.
    """
    _authorise_any(visit, await know(ports, visit, visit.key(name)), _EDITING, ports.clock.now())


async def edit_as_sent(
    ports: Ports, visit: Visit, name: str, edition: str, read: Callable[[], Awaitable[bytes]]
) -> str:
    """Read the document that is sent to the address of an edition, in one of the uploads' slots, and do what it wants.

    Args:
        name: from the address, as is the edition.
        read: gives the body; who may change nothing is turned away before.

    Raises:
        TooLarge: the document is over a limit.
        Unavailable: too many uploads are under way, of this account or of all.
        As `authorise_editor` and `edit_project`.
    """
    await authorise_editor(ports, visit, name)
    async with ports.uploads.slot(visit.actor.account or visit.actor.name):
        speech = cast("EditsDocuments", visit.ecosystem)
        sent = await ports.uploads.run(speech.read_document, await read(), name, edition)
        return await edit_project(ports, visit, name, sent)


async def edit_project(ports: Ports, visit: Visit, name: str, sent: SentDocument) -> str:
    """Do what a document wants changed; what was done, in words.

    Raises:
        Invalid, InvalidName: it wants something changed that cannot be changed so, or several things at once.
        NotFound: there is no such own project, release or account.
        Conflict: it was made from another edition, the project is an upstream's, or would be left without an owner.
        Unauthorised, Forbidden, StepUpNeeded, CodeNeeded: the actor may not, or not without a one-time code.
    """
    key, now = visit.key(name), ports.clock.now()
    if visit.key(sent.name) != key:
        raise Invalid(f"the address names {key.name}, the document itself {sent.name}; they must agree")
    known = await know(ports, visit, key)
    _authorise_any(visit, known, _EDITING, now)
    asked = asked_by(visit, key, now)
    view = await ports.db.read(_current, visit, known, asked, sent.edition)
    speech = cast("EditsDocuments", visit.ecosystem)
    change = await asyncio.to_thread(speech.find_change, view, visit.base_url, sent)
    for operation in _operations(change):
        authorise_on(visit, operation, known, now)
    recording = (_record, asked, change, terms(ports, visit, sent.edition))
    purpose = _purpose(change)
    if purpose is None:
        await write_as(ports.db, visit.actor, now, *recording)
    else:
        await write_proved(ports, visit, key, purpose, *recording)
    return _in_words(key, change)


def _authorise_any(visit: Visit, known: Knowledge, operations: Sequence[Operation], now: Instant) -> None:
    """Return if the actor may do one of them. Raises what is said of the first."""
    for operation in operations[1:]:
        try:
            authorise_on(visit, operation, known, now)
        except PratiqueError:
            continue
        return
    authorise_on(visit, operations[0], known, now)


def _current(connection: Connection, visit: Visit, known: Knowledge, asked: Asked, edition: str) -> ProjectView:
    check_edition(connection, find_own(connection, asked), edition)
    return _editable(connection, visit, known)


def _editable(connection: Connection, visit: Visit, known: Knowledge) -> ProjectView:
    """The view without what is gone for good; what policy refuses can still be spoken of and taken away."""
    view = own_view(connection, visit, known)
    kept = tuple(file for file in view.files if file.unpublished is None)
    return ProjectView(view.key, kept, view.tags, view.raw)


def _operations(change: ProjectChange) -> tuple[Operation, ...]:
    wanted = (
        (Operation.DEPRECATE, bool(change.messages)),
        (Operation.UNPUBLISH, change.unpublished is not None),
        (Operation.MEMBERS, change.owners is not None),
    )
    return tuple(operation for operation, is_wanted in wanted if is_wanted)


def _purpose(change: ProjectChange) -> Purpose | None:
    """What a code is demanded for where owners demand any; None where nothing changes.

    A message is more than words: resolvers prefer releases of which nothing is said, also older ones.
    """
    if change.owners is not None:
        return Purpose.MEMBERS
    if change.unpublished is not None:
        return Purpose.UNPUBLISH
    return Purpose.MESSAGES if change.messages else None


def _record(connection: Connection, asked: Asked, change: ProjectChange, under: Terms) -> None:
    """All of it or nothing, in one transaction with the look at whether it is still the edition that was changed."""
    project = find_own(connection, asked)
    if under.edition is not None:
        check_edition(connection, project, under.edition)
    record_messages(connection, asked, project, change.messages)
    if change.unpublished is not None:
        release = find_release(connection, project, change.unpublished)
        record_unpublished(connection, asked, project, release, under)
    if change.owners is not None:
        record_owners(connection, asked, change.owners)


def _in_words(key: ProjectKey, change: ProjectChange) -> str:
    if change.unpublished is not None:
        return f"{key.name}@{change.unpublished} is unpublished; its version is never used again"
    if change.owners is not None:
        return f"{key.name} is owned by {', '.join(change.owners)}"
    if not change.messages:
        return f"nothing about {key.name} changed"
    said = sorted(change.messages)
    return f"the message of {', '.join(said[:5])}{' and others' if len(said) > 5 else ''} of {key.name} is changed"
