"""What of a lockfile its client fetches past this server, where no policy of ours can hold it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from pratique.core.ecosystem_verbs import ReadsLockfiles
from pratique.core.lockfiles import Leads, Lockfile
from pratique.core.sentences import clean
from pratique.formats.web_addresses import origin_of, read_address

_EXAMPLES = 3
_LONGEST = 214


class GoesRound(msgspec.Struct, frozen=True):
    """Another server that a lockfile sends its client to.

    Attributes:
        origin: scheme, host and port; what else an address holds may be secret.
        entries: how many releases, with what comes from no registry; 0 where the client is told to search there for
            all of them.
        examples: the first of them, `left@1.0.0`, or a name where there is no release.
    """

    origin: str
    entries: int
    examples: tuple[str, ...]


def goes_round(reader: ReadsLockfiles, lockfile: Lockfile, base_urls: Sequence[str]) -> tuple[GoesRound, ...]:
    """Where the lockfile leads past a server at these addresses, most entries first."""
    found: dict[str, dict[str, None]] = {}
    for pin in lockfile.pins:
        if reader.leads_to(pin, base_urls) in (Leads.PUBLIC, Leads.ELSEWHERE):
            # Not every way of a pin is past us: an index may be here, and the file elsewhere.
            ways = [way for way in (pin.source, pin.index) if way and not _is_below(way, base_urls)]
            origin = origin_of((ways or [pin.source])[0])
            found.setdefault(origin, {})[clean(f"{pin.name}@{pin.version}")] = None
    for name, address in lockfile.detours:
        if not _is_below(address, base_urls):
            found.setdefault(origin_of(address), {})[clean(name[:_LONGEST])] = None
    for place in lockfile.searched:
        if not reader.searches_here(place, base_urls):
            found.setdefault(origin_of(place), {})
    rows = [GoesRound(origin, len(names), tuple(names)[:_EXAMPLES]) for origin, names in found.items()]
    return tuple(sorted(rows, key=lambda row: (-row.entries, row.origin)))


def _is_below(way: str, base_urls: Sequence[str]) -> bool:
    address = read_address(way)
    return address is not None and any(address.below(base) is not None for base in base_urls)


def in_words(found: GoesRound) -> str:
    """`https://registry.example.test for 2 entries, e.g. left@1.0.0`."""
    if not found.entries:
        return f"{found.origin} is searched for every pin"
    many = "1 entry" if found.entries == 1 else f"{found.entries} entries"
    named = ", ".join(found.examples)
    return f"{found.origin} for {many}: {named}{', ...' if found.entries > len(found.examples) else ''}"
