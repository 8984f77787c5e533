"""bun's bun.lock: JSON with comments and commas before closing brackets.

bun fetches from the address that stands there; an empty one stands for the configured registry (measured with
bun 1.4). Source: bun's documentation of its lockfile.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
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

_KEY_PART = re.compile(r"(?:@[^/]*/)?[^/]+")
"""Of `a/@acme/b`: one name in another."""

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
    asked = Counter((_outermost(key), name) for key, entry in packages.items() for name in _needs(entry))
    inside = {key for key in packages if _is_inside(key, packages, asked)}
    return lockfile((_entry(key, entry, is_inside=key in inside) for key, entry in packages.items()), MEND)


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


def _entry(key: str, entry: Any, *, is_inside: bool) -> LockedFile | Apart:
    if not isinstance(entry, list) or not entry or not isinstance(entry[0], str):
        raise Invalid(f"this is no {WHAT}: {key[:80]!a} has no locator")
    name, reference = split_name(entry[0])
    is_address = ":" in reference or "/" in reference
    if is_inside and not is_address and not (len(entry) > 1 and entry[1]):
        return set_apart(name, "inside another package")
    if len(entry) < _OF_A_REGISTRY or is_address:
        return set_apart(
            name, kind_of(reference), *(part for part in (reference, *entry[1:2]) if isinstance(part, str))
        )
    source, checksum = entry[1], entry[3]
    if not isinstance(source, str):
        raise Invalid(f"this is no {WHAT}: the address of {key[:80]!a} is no text")
    return pin(WHAT, name, reference, integrity=checksum, source=source)


def _asks(entry: Any) -> dict[str, Any]:
    """What an entry says of its package: what it asks for, whether it came along with another."""
    return next((part for part in entry if isinstance(part, dict)), {}) if isinstance(entry, list) else {}


def _is_inside(key: str, packages: dict[str, Any], asked: Counter[tuple[str, str]]) -> bool:
    """Whether bun leaves what is said to be bundled to the package around it: if that asks for it, and nobody else.

    Args:
        key: of what may be said to be bundled.
        packages: all entries.
        asked: how many packages below an outermost one, that included, ask for a name.
    """
    if not _asks(packages[key]).get("bundled"):
        return False
    parts = _KEY_PART.findall(key)
    outside, name = "/".join(parts[:-1]), "".join(parts[-1:])
    if f"{outside}/{name}" != key:
        return False
    return asked[_outermost(key), name] == 1 and _asks_for(packages.get(outside), name)


def _outermost(key: str) -> str:
    return next(iter(_KEY_PART.findall(key)), "")


def _asks_for(entry: Any, name: str) -> bool:
    return any(name in names for names in _asked(entry))


def _asked(entry: Any) -> list[dict[str, Any]]:
    fields = (_asks(entry).get(field) for field in ("dependencies", "optionalDependencies", "peerDependencies"))
    return [names for names in fields if isinstance(names, dict)]


def _needs(entry: Any) -> Iterator[str]:
    """The names that a package asks for, each once."""
    return iter(dict.fromkeys(name for names in _asked(entry) for name in names))
