"""How each file stands to its own release and to those below it: what must not be new where a fix passes early.

Everything here is about instants and about what was served, never about ages: it stays true while time passes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec

from pratique.core.clock import MINUTE, Instant
from pratique.core.ranges import VersionKey

UPLOAD_WINDOW = 15 * MINUTE
"""Files that follow the first of their release within this time are of one upload: a few dozen wheels take minutes.

What comes later waits its own cooldown, though it be honest: builds that upload for hours lose only the early pass.
The shorter it is, the less time is left to whoever holds a stolen upload token and waits for a fix to add a file to.
"""


_NONE: frozenset[str] = frozenset()


class Member(msgspec.Struct, frozen=True):
    """One file of a release, listed now or noted earlier.

    Attributes:
        execution_points: as in FileView.
        attested: as in FileView.
        stated: its publish time by the upstream's word, None if it says nothing.
        published: when it counts as published; None if nobody says.
        appeared: by our clock, if a copy was held that lacked it; None if it was there as long as we know.
        swapped: other bytes were listed under its name before.
        served: it was served here, and nothing that is known by now speaks against it.
    """

    version: str
    filename: str
    execution_points: tuple[str, ...] = ()
    attested: bool = False
    stated: Instant | None = None
    published: Instant | None = None
    appeared: Instant | None = None
    swapped: bool = False
    served: bool = False


class Change(msgspec.Struct, frozen=True):
    """What one file brings that was not there before it.

    Attributes:
        new_execution_points: install-time code that the newest lower release served here lacked, sorted.
        weaker_evidence: it names no provenance, and another file of its release or of a lower one does.
        joined_late: it came to its release after the others, or in place of other bytes.
    """

    new_execution_points: tuple[str, ...] = ()
    weaker_evidence: bool = False
    joined_late: bool = False


def changes(members: Iterable[Member], version_key: VersionKey) -> dict[str, Change]:
    """Compare every file with its release and with lower ones in version order.

    Execution points are compared with what ran here already: a lower release that nobody was served may be
    held itself, and published only to make the next one look harmless. Where nothing lower was served, all are
    new. Evidence is compared with everything lower, because one more comparison can only be stricter.
    Versions that are equal in the ecosystem's order are one release, however they are spelled: another spelling
    begins no release of its own. A version that the order cannot read has nothing below it, and counts as above
    all others for its evidence.

    Returns:
        By filename.
    """
    readable, unreadable = _in_order(_by_spelling(members), version_key)
    found: dict[str, Change] = {}
    served, attested = _NONE, False
    for release in readable:
        late = _joined_late(release)
        attested = attested or any(member.attested for member in release)
        found |= {one.filename: _change(one, served, attested=attested, late=late) for one in release}
        if any(member.served for member in release):
            # With what was served stands what came together with it, but nothing that was added later.
            served = _points(one for one in release if one.served or one.filename not in late)
    attested = attested or any(member.attested for release in unreadable for member in release)
    for release in unreadable:
        late = _joined_late(release)
        found |= {one.filename: _change(one, _NONE, attested=attested, late=late) for one in release}
    return found


def _by_spelling(members: Iterable[Member]) -> dict[str, list[Member]]:
    spelled: dict[str, list[Member]] = {}
    for member in members:
        spelled.setdefault(member.version, []).append(member)
    return spelled


def _in_order(
    spelled: dict[str, list[Member]], version_key: VersionKey
) -> tuple[list[list[Member]], list[list[Member]]]:
    """Releases in rising order, and those whose version has no place in it."""
    keyed: list[tuple[Any, list[Member]]] = []
    unreadable = []
    for version, members in spelled.items():
        try:
            keyed.append((version_key(version), members))
        except ValueError:
            unreadable.append(members)
    ordered = groupby(sorted(keyed, key=itemgetter(0)), key=itemgetter(0))
    return [[member for _, members in same for member in members] for _, same in ordered], unreadable


def _change(member: Member, served: frozenset[str], *, attested: bool, late: frozenset[str]) -> Change:
    new_points = tuple(sorted(set(member.execution_points) - served)) if member.execution_points else ()
    return Change(new_points, attested and not member.attested, member.filename in late)


def _points(members: Iterable[Member]) -> frozenset[str]:
    return frozenset(point for member in members for point in member.execution_points)


def _joined_late(release: Sequence[Member]) -> frozenset[str]:
    """Files that came more than an upload's time after the first of their release, by their dates or by our sight.

    Dates are compared with dates and sights with sights: an index that lags behind shows a whole release after its
    date, and that makes no file of it late. Whoever has a stolen token cannot choose the date of what he adds; an
    index that lies about it is caught by our sight. Files that left the index are among those that the others are
    measured by: deleting what was there makes nothing first.
    """
    if len(release) == 1:
        return _NONE if not release[0].swapped else frozenset((release[0].filename,))
    dated = _first(one.stated for one in release)
    seen = _first(_seen(one) for one in release)
    return frozenset(
        one.filename for one in release if one.swapped or _is_after(dated, one.stated) or _is_after(seen, one.appeared)
    )


def _seen(member: Member) -> Instant | None:
    return member.published if member.appeared is None else member.appeared


def _first(instants: Iterable[Instant | None]) -> Instant | None:
    return min((instant for instant in instants if instant is not None), default=None)


def _is_after(first: Instant | None, then: Instant | None) -> bool:
    return first is not None and then is not None and then > first + UPLOAD_WINDOW
