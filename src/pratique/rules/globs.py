"""Which projects a glob means, in list entries, reservations and rules' exemptions."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pratique.core.clock import Instant
from pratique.core.decisions import EntryKind, ListEntry, Reservation
from pratique.core.globs import glob_matches
from pratique.core.names import ProjectKey


def matches(glob: str, project: ProjectKey) -> bool:
    """Whether a glob over canonical names means this project.

    `acme-*` means it in every ecosystem, `npm:@acme/*` only in npm. Case counts: canonical names
    are compared with what a person wrote, after the ecosystem has brought both to one form.
    """
    name = project.name
    return glob_matches(glob, name) or glob_matches(glob, f"{project.ecosystem}:{name}")


TwinKey = Callable[[str], str]
"""The ecosystem's; a `*` stays what it is under it."""


def entries_about(project: ProjectKey, entries: Iterable[ListEntry], twin_key: TwinKey) -> tuple[ListEntry, ...]:
    """The list entries that name the project, expired ones included; the value of `LIST_ENTRIES`.

    A denial names all twins of a name. What permits names one spelling: nobody permitted the others.
    """
    return tuple(
        entry for entry in entries if entry.ecosystem == project.ecosystem and _names(entry, project, twin_key)
    )


def _names(entry: ListEntry, project: ProjectKey, twin_key: TwinKey) -> bool:
    if glob_matches(entry.name, project.name):
        return True
    return entry.kind is EntryKind.DENY and glob_matches(twin_key(entry.name), twin_key(project.name))


def reservation_of(project: ProjectKey, reservations: Iterable[Reservation], twin_key: TwinKey) -> Reservation | None:
    """The reservation that holds this name or a twin of it, the most exact one; the value of `RESERVATION`."""
    twin = twin_key(project.name)
    holding = [
        reservation
        for reservation in reservations
        if reservation.ecosystem == project.ecosystem and glob_matches(twin_key(reservation.pattern), twin)
    ]
    return max(holding, key=lambda reservation: (len(reservation.pattern), -reservation.id), default=None)


def in_force(entries: tuple[ListEntry, ...], kind: EntryKind, now: Instant) -> tuple[ListEntry, ...]:
    """The entries of one kind that have not expired."""
    return tuple(entry for entry in entries if entry.kind is kind and (entry.expires is None or now < entry.expires))


def last_end(ends: Iterable[Instant | None]) -> Instant | None:
    """When the last of them ends; None if one of them never does."""
    known = list(ends)
    return None if None in known else max(end for end in known if end is not None)
