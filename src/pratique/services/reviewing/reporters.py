"""Whose reports are trusted, and what came of everybody's."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.actors import Actor, Operation
from pratique.core.clock import Instant
from pratique.core.errors import Conflict
from pratique.services.accounts.accounts import account_named
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change, permit_everywhere
from pratique.services.ports import Ports
from pratique.store import reports
from pratique.store.reports import Record, Reporter

_MOST_SHOWN = 500


class ListReporters(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """List who reported, and whose reports are trusted."""


class TrustReporter(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Let an account's reports keep releases back for a time, or no longer.

    Attributes:
        name: of the account.
        trusted: false takes it back.
    """

    name: str
    trusted: bool = True


class ReporterShown(msgspec.Struct, frozen=True):
    """One reporter.

    Attributes:
        right: reports that were confirmed.
        wrong: reports of what people then cleared.
        open: reports on which nobody has decided.
    """

    name: str
    trusted: bool
    right: int
    wrong: int
    open: int = 0


class Reporters(msgspec.Struct, frozen=True):
    """Some of them, by name."""

    reporters: tuple[ReporterShown, ...]


async def list_reporters(ports: Ports, request: ListReporters, actor: Actor) -> Reporters:
    """Who reported. Raises Forbidden to all but administrators."""
    del request
    permit_everywhere(actor, Operation.APPROVE, ports.clock.now())
    found = await ports.db.read(reports.reporters, _MOST_SHOWN)
    return Reporters(tuple(map(_shown, found)))


async def trust_reporter(ports: Ports, request: TrustReporter, actor: Actor) -> ReporterShown:
    """Trust an account's reports, or no longer.

    Raises:
        NotFound: there is no such account.
        Conflict: it is so already.
        Forbidden, StepUpNeeded: the actor may not, or must give the password again.
    """
    now = ports.clock.now()
    permit_everywhere(actor, Operation.POLICY, now)
    return await write_as(ports.db, actor, now, _trust, request, actor, now)


def _trust(connection: Connection, request: TrustReporter, actor: Actor, now: Instant) -> ReporterShown:
    account = account_named(connection, request.name)
    if request.trusted:
        changed = reports.trust(connection, account.id, actor.name, now)
    else:
        changed = reports.distrust(connection, account.id)
    if not changed:
        raise Conflict(f"{account.name} is {'' if request.trusted else 'not '}trusted already")
    kind = "reporter_trusted" if request.trusted else "reporter_distrusted"
    note_change(connection, kind, f"account:{account.name}", {}, actor=actor, now=now)
    record: Record = reports.record_of(connection, account.id)
    return _shown(Reporter(account.name, record, 0))


def _shown(one: Reporter) -> ReporterShown:
    return ReporterShown(one.name, one.record.trusted, one.record.right, one.record.wrong, one.open)
