"""Where Python's clients go for what a lockfile pins: here, past this server, or to another file of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import unquote

from pratique.core.lockfiles import Leads, LockedFile
from pratique.formats.web_addresses import WebAddress, host_is_one_of, read_address

_PUBLIC = frozenset(
    {
        "a4aa2ac280bb8d1a0ce7a1be5a7bfb10292b49fe9435ad5cff19f421f3c70e41",
        "c899567ee906851741bf7f3bde17a33777859ff9f53ff54d6f0ea54cf31ad636",
    }
)
"""SHA-256 of the hosts of PyPI's index and files, which are not written down here."""

_FILE = re.compile(r"/files/([^/?]+)/([^/?]+)\Z")
_INDEX = re.compile(r"/simple/?\Z")
_STRICTEST = (Leads.ASTRAY, Leads.ELSEWHERE, Leads.PUBLIC, Leads.HERE)


def leads_to(pin: LockedFile, base_urls: Sequence[str]) -> Leads:
    """Where a client goes for a pin: for its file, and for the page of the project if the lockfile names an index.

    Args:
        pin: as read.
        base_urls: each `https://host/{repository}/pypi`.
    """
    ways = {_to_index(pin.index, base_urls), _to_file(pin, base_urls)}
    return next(one for one in _STRICTEST if one in ways)


def searches_here(address: str, base_urls: Sequence[str]) -> bool:
    """Whether an index that a lockfile names is this server's."""
    return _to_index(address, base_urls) is Leads.HERE


def _to_index(said: str, base_urls: Sequence[str]) -> Leads:
    if not said:
        return Leads.HERE
    address = read_address(said)
    below = _below(address, base_urls)
    return Leads.HERE if below is not None and _INDEX.match(below) else _outside(address)


def _to_file(pin: LockedFile, base_urls: Sequence[str]) -> Leads:
    if not pin.source:
        return Leads.HERE
    address = read_address(pin.source)
    below = _below(address, base_urls)
    if below is None:
        return _outside(address)
    found = _FILE.match(below)
    same = found is not None and (unquote(found[1]), unquote(found[2])) == (pin.name, pin.filename)
    return Leads.HERE if same else Leads.ASTRAY


def _below(address: WebAddress | None, base_urls: Sequence[str]) -> str | None:
    if address is None:
        return None
    return next((path for base in base_urls if (path := address.below(base)) is not None), None)


def _outside(address: WebAddress | None) -> Leads:
    is_public = address is not None and host_is_one_of(address.host, _PUBLIC)
    return Leads.PUBLIC if is_public else Leads.ELSEWHERE
