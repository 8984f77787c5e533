"""bun's bun.lock: JSON with comments and commas before closing brackets.

bun fetches from the address that stands there; an empty one stands for the configured registry (measured with
bun 1.4). Source: bun's documentation of its lockfile.
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, kind_of, pin, split_name
from pratique.formats.lock_entries import Apart, lockfile, set_apart

WHAT = "bun.lock"
MEND = "rm -rf node_modules bun.lock && bun install"

_COMMENT = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)|//[^\n]*+|/\*(?:[^*]|\*(?!/))*+(?:\*/)?')
_LAST_COMMA = re.compile(r'("(?:[^"\\\n]|\\.)*+"?)|,(?=[ \t\r\n]*+[}\]])')
"""Both go on to the end where a text or comment has none, and never look at anything twice."""

MAX_QUOTES = 1_000_000
"""A package has some twenty."""

_OF_A_REGISTRY = 4
"""Parts of an entry: locator, address, what it asks for, checksum."""


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    if content.count(b'"') > MAX_QUOTES:
        raise TooLarge(f"the {WHAT} has more than {MAX_QUOTES} quotes; no more are read")
    document = _document(content)
    packages = document.get("packages", {})
    if not isinstance(packages, dict):
        raise Invalid(f"this is no {WHAT}: `packages` is no mapping")
    return lockfile((_entry(key, entry) for key, entry in packages.items()), MEND)


def _document(content: bytes) -> dict[str, Any]:
    try:
        bare = _LAST_COMMA.sub(r"\1", _COMMENT.sub(r"\1", content.decode()))
        document = orjson.loads(bare)
    except UnicodeDecodeError:
        raise Invalid(f"the {WHAT} is no UTF-8 text") from None
    except orjson.JSONDecodeError as error:
        raise Invalid(f"the {WHAT} is no readable JSON: {error.msg}") from None
    if not isinstance(document, dict) or "lockfileVersion" not in document:
        raise Invalid(f"this is no {WHAT}: it has no `lockfileVersion`")
    return document


def _entry(key: str, entry: Any) -> LockedFile | Apart:
    if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
        raise Invalid(f"this is no {WHAT}: {key[:80]!a} has no locator")
    name, reference = split_name(entry[0])
    asks = next((part for part in entry if isinstance(part, dict)), {})
    is_address = ":" in reference or "/" in reference
    if asks.get("bundled") and not is_address and not (len(entry) > 1 and entry[1]):
        # With an address bun fetches it all the same.
        return set_apart(name, "inside another package")
    if len(entry) < _OF_A_REGISTRY or is_address:
        return set_apart(
            name, kind_of(reference), *(part for part in (reference, *entry[1:2]) if isinstance(part, str))
        )
    source, checksum = entry[1], entry[3]
    if not isinstance(source, str):
        raise Invalid(f"this is no {WHAT}: the address of {key[:80]!a} is no text")
    return pin(WHAT, name, reference, integrity=checksum, source=source)
