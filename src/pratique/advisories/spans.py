"""Affected versions as spans: what range languages of clients can say."""

from __future__ import annotations

from collections.abc import Iterator

from pratique.advisories.affected import unpack
from pratique.advisories.evaluation import Bound, Prepared, Readable, covers_every_version, prepare
from pratique.core.advisories import VersionSpan
from pratique.core.ranges import VersionKey

EVERYTHING = (VersionSpan(),)


def spans(affected: str, version_key: VersionKey) -> tuple[VersionSpan, ...]:
    """The versions for which `evaluation.affects` says yes, as far as the order can read them.

    Where a bound cannot be read, that is every version: what cannot be told counts as affected. Versions that are
    listed stand for themselves, as the record spells them, also where the order cannot read them.

    Args:
        affected: text of `advisories.affected`.
        version_key: the ecosystem's order.
    """
    if covers_every_version(affected):
        return EVERYTHING
    prepared = prepare(affected, version_key)
    if prepared.unreadable:
        return EVERYTHING
    walked = [span for one in prepared.ranges for span in _walk(one)]
    if any(span.covers_all for span in walked):
        return EVERYTHING
    listed = [
        VersionSpan(version, version, end_included=True)
        for version in unpack(affected).versions
        if not _is_inside(version, prepared, version_key)
    ]
    return tuple(dict.fromkeys((*walked, *listed)))


def _walk(one: Readable) -> Iterator[VersionSpan]:
    """Open at what introduces, close at what ends, and nothing beyond the limit."""
    opened: Bound | None = None
    for bound in one.bounds:
        if bound.kind == "introduced":
            opened = opened or bound
        elif opened is not None:
            yield from _limited(opened, bound, one.limit)
            opened = None
    if opened is not None:
        yield from _limited(opened, None, one.limit)


def _limited(opened: Bound, closed: Bound | None, limit: Bound | None) -> Iterator[VersionSpan]:
    start = None if opened.key is None else opened.version
    if limit is not None and opened.key is not None and not opened.key < limit.key:
        return
    if limit is not None and (closed is None or not closed.key < limit.key):
        closed = limit
    if closed is None:
        yield VersionSpan(start)
    else:
        yield VersionSpan(start, closed.version, end_included=closed.kind == "last_affected")


def _is_inside(version: str, prepared: Prepared, version_key: VersionKey) -> bool:
    try:
        mine = version_key(version)
    except ValueError:
        return False
    return any(one.contains(mine) for one in prepared.ranges)
