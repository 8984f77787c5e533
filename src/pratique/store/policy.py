"""What people lay down: list entries, reservations, rule settings, waivers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Digests
from pratique.core.clock import Instant
from pratique.core.decisions import Action, EntryKind, ListEntry, Mode, Reservation, RuleSetting, Waiver
from pratique.core.errors import Conflict
from pratique.core.names import ProjectKey
from pratique.core.ranges import parse_range
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import list_entry, reservation, rule_setting, waiver

PENDING, ACTIVE, WITHDRAWN = "pending", "active", "withdrawn"
"""States of a waiver; a pending one waits for a second person."""


class StoredWaiver(msgspec.Struct, frozen=True):
    """A waiver with its history: who asked, who confirmed, in which state it is."""

    waiver: Waiver
    by: str
    confirmed_by: str | None
    state: str
    created: Instant


def list_entries(c: sa.Connection, repository_id: int, ecosystem: str | None = None) -> tuple[ListEntry, ...]:
    """Every entry that was not removed; whether one has expired or its glob matches is for the rules."""
    wanted = sa.select(list_entry).where(list_entry.c.repository_id == repository_id, list_entry.c.removed.is_(None))
    if ecosystem is not None:
        wanted = wanted.where(list_entry.c.ecosystem == ecosystem)
    return tuple(_entry(row) for row in c.execute(wanted.order_by(list_entry.c.id)).mappings())


def count_list_entries(c: sa.Connection, repository_id: int) -> int:
    """How many entries of a repository were not removed."""
    kept = (list_entry.c.repository_id == repository_id, list_entry.c.removed.is_(None))
    return int(c.execute(sa.select(sa.func.count()).select_from(list_entry).where(*kept)).scalar_one())


def add_list_entry(c: sa.Connection, repository_id: int, entry: ListEntry, by: str, now: Instant) -> int:
    """Keep an entry (its own id is ignored) and give it an id."""
    values = {
        "repository_id": repository_id,
        "kind": entry.kind.value,
        "ecosystem": entry.ecosystem,
        "name": entry.name,
        "versions": str(entry.versions),
        "action": entry.action.word,
        "reason": entry.reason,
        "by": by,
        "created": now,
        "expires": entry.expires,
    }
    return int(c.execute(list_entry.insert().values(values).returning(list_entry.c.id)).scalar_one())


def remove_list_entry(c: sa.Connection, entry_id: int, now: Instant) -> bool:
    """Take an entry out of force. False if there is none of this id in force."""
    removed = list_entry.update().where(list_entry.c.id == entry_id, list_entry.c.removed.is_(None))
    return c.execute(removed.values(removed=now)).rowcount == 1


def reservations(c: sa.Connection, repository_id: int, ecosystem: str | None = None) -> tuple[Reservation, ...]:
    """Every reserved name, prefix and scope."""
    wanted = sa.select(reservation).where(reservation.c.repository_id == repository_id)
    if ecosystem is not None:
        wanted = wanted.where(reservation.c.ecosystem == ecosystem)
    return many(c.execute(wanted.order_by(reservation.c.id)), Reservation)


def add_reservation(c: sa.Connection, repository_id: int, new: Reservation, by: str, now: Instant) -> int:
    """Keep a reservation (its own id is ignored) and give it an id.

    Raises:
        Conflict: the pattern is reserved already.
    """
    row = insert(c, reservation).values(
        repository_id=repository_id,
        ecosystem=new.ecosystem,
        pattern=new.pattern,
        reason=new.reason,
        by=by,
        created=now,
    )
    made = c.execute(row.on_conflict_do_nothing().returning(reservation.c.id)).scalar_one_or_none()
    if made is None:
        raise Conflict(f'"{new.pattern}" is reserved in {new.ecosystem} already')
    return int(made)


def remove_reservation(c: sa.Connection, reservation_id: int) -> bool:
    """Give a reserved name free. False if there is no such reservation."""
    return c.execute(reservation.delete().where(reservation.c.id == reservation_id)).rowcount == 1


def rule_settings(c: sa.Connection, repository_id: int) -> tuple[RuleSetting, ...]:
    """The rules that were set here; every other rule keeps its default."""
    wanted = sa.select(rule_setting).where(rule_setting.c.repository_id == repository_id).order_by(rule_setting.c.rule)
    return tuple(
        RuleSetting(
            rule=row["rule"],
            mode=Mode(row["mode"]),
            until=row["until"],
            options=msgspec.json.decode(row["options"], type=dict[str, Any]),
            version=row["version"],
        )
        for row in c.execute(wanted).mappings()
    )


def set_rule(c: sa.Connection, repository_id: int, setting: RuleSetting) -> None:
    """Set a rule; its version counts the changes, whatever the given one says."""
    changed = {
        "mode": setting.mode.value,
        "until": setting.until,
        "options": msgspec.json.encode(setting.options, order="sorted").decode(),
    }
    row = insert(c, rule_setting).values(repository_id=repository_id, rule=setting.rule, version=1, **changed)
    c.execute(
        row.on_conflict_do_update(
            index_elements=["repository_id", "rule"], set_={**changed, "version": rule_setting.c.version + 1}
        )
    )


def waivers(
    c: sa.Connection, repository_id: int, key: ProjectKey, states: Collection[str] = (ACTIVE,)
) -> tuple[Waiver, ...]:
    """Active waivers for a project, or those in some states; whether one runs at the moment is for the rules."""
    wanted = sa.select(waiver).where(
        waiver.c.repository_id == repository_id,
        waiver.c.ecosystem == key.ecosystem,
        waiver.c.name == key.name,
        waiver.c.state.in_(states),
    )
    return tuple(_waiver(row) for row in c.execute(wanted.order_by(waiver.c.id)).mappings())


def add_waiver(c: sa.Connection, repository_id: int, new: Waiver, by: str, state: str, now: Instant) -> int:
    """Keep a waiver (its own id is ignored) as `pending` or `active`, and give it an id."""
    values = {
        "repository_id": repository_id,
        "rule": new.rule,
        "ecosystem": new.ecosystem,
        "name": new.name,
        "versions": str(new.versions),
        "actor_kinds": msgspec.json.encode(sorted(new.actor_kinds)).decode(),
        "reason": new.reason,
        "by": by,
        "state": state,
        "created": now,
        "starts": new.starts,
        "expires": new.expires,
        "files": msgspec.json.encode(new.files, order="sorted").decode(),
    }
    return int(c.execute(waiver.insert().values(values).returning(waiver.c.id)).scalar_one())


def confirm_waiver(c: sa.Connection, waiver_id: int, confirmed_by: str) -> bool:
    """Make a pending waiver active. False if none of this id is pending, or the same person asked for it."""
    confirmed = waiver.update().where(waiver.c.id == waiver_id, waiver.c.state == PENDING, waiver.c.by != confirmed_by)
    return c.execute(confirmed.values(state=ACTIVE, confirmed_by=confirmed_by)).rowcount == 1


def withdraw_waiver(c: sa.Connection, waiver_id: int) -> bool:
    """Take a waiver out of force. False if there is none of this id, or it was withdrawn before."""
    withdrawn = waiver.update().where(waiver.c.id == waiver_id, waiver.c.state != WITHDRAWN)
    return c.execute(withdrawn.values(state=WITHDRAWN)).rowcount == 1


def all_waivers(c: sa.Connection, repository_id: int) -> tuple[StoredWaiver, ...]:
    """Every waiver there ever was, in the order of their creation."""
    rows = c.execute(sa.select(waiver).where(waiver.c.repository_id == repository_id).order_by(waiver.c.id))
    return tuple(
        StoredWaiver(_waiver(row), row["by"], row["confirmed_by"], row["state"], Instant(row["created"]))
        for row in rows.mappings()
    )


def _entry(row: sa.RowMapping) -> ListEntry:
    return ListEntry(
        id=row["id"],
        kind=EntryKind(row["kind"]),
        ecosystem=row["ecosystem"],
        name=row["name"],
        versions=parse_range(row["versions"]),
        action=Action[row["action"].upper()],
        reason=row["reason"],
        expires=row["expires"],
    )


def _waiver(row: sa.RowMapping) -> Waiver:
    return Waiver(
        id=row["id"],
        rule=row["rule"],
        ecosystem=row["ecosystem"],
        name=row["name"],
        versions=parse_range(row["versions"]),
        actor_kinds=msgspec.json.decode(row["actor_kinds"], type=frozenset[str]),
        starts=Instant(row["starts"]),
        expires=row["expires"],
        reason=row["reason"],
        files=msgspec.json.decode(row["files"], type=dict[str, Digests]),
    )
