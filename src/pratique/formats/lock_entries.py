"""What lockfiles of every client share: entries that come from no registry, and fields that must be text."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec

from pratique.core.errors import Invalid
from pratique.core.lockfiles import LockedFile, Lockfile, distinct, named_apart
from pratique.core.sentences import clean
from pratique.formats.web_addresses import is_meant_for_web

_LONGEST_NAME = 214


class Apart(msgspec.Struct, frozen=True):
    """An entry that comes from no registry.

    Attributes:
        kind: what it is instead: `git`, `folder`.
        addresses: all that its client may fetch it from.
    """

    name: str
    kind: str
    addresses: tuple[str, ...]

    def __str__(self) -> str:
        """Printable ASCII: names are strangers' text."""
        return clean(f"{self.name[:_LONGEST_NAME]} ({self.kind})")


def set_apart(name: str, kind: str, *addresses: str) -> Apart:
    """An entry that comes from no registry; what is given twice counts once, what is empty not at all."""
    return Apart(name, kind, tuple(dict.fromkeys(filter(None, addresses))))


def lockfile(entries: Iterable[LockedFile | Apart], mend: str, searched: Iterable[str] = ()) -> Lockfile:
    """A lockfile of these entries; what is locked twice alike counts once. Raises TooLarge."""
    found = distinct(entries)
    pins = tuple(one for one in found if isinstance(one, LockedFile))
    apart = [one for one in found if isinstance(one, Apart)]
    detours = tuple((one.name, address) for one in apart for address in one.addresses if is_meant_for_web(address))
    return Lockfile(pins, named_apart(str(one) for one in apart), tuple(dict.fromkeys(searched)), mend, detours)


def text(what: str, entry: dict[str, Any], field: str) -> str:
    """A field's text, empty where there is none. Raises Invalid if it is no text."""
    said = entry.get(field)
    if said is None:
        return ""
    if not isinstance(said, str):
        raise Invalid(f"this is no {what}: a `{field}` is no text")
    return said
