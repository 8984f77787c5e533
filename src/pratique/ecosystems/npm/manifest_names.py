"""What a package.json depends on. Source: npm's documentation of package.json and of package specifiers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.core.mentions import MAX_MENTIONS, Mention
from pratique.ecosystems.npm import names
from pratique.ecosystems.npm.lockfiles.pins import kind_of, split_name, unalias

MANIFESTS = ("package.json",)
MAX_BYTES = 4 << 20
_FIELDS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_PACKAGE = re.compile(r"(?:@[^/@>]+/)?[^/@>]+(?:@[^/>]*)?")
_OF_NO_REGISTRY = ("git", "folder", "an address of its own")


def read_manifest_names(_filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, in its order.

    Raises:
        Invalid: it is no package.json.
        TooLarge: it has more bytes or names than are read.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the package.json has {len(content)} bytes; at most {MAX_BYTES} are read")
    try:
        document = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise Invalid(f"this is no package.json: {str(error)[:200]}") from None
    if not isinstance(document, dict):
        raise Invalid("this is no package.json: it holds no object")
    found = tuple(dict.fromkeys(_mentions(document)))
    if len(found) > MAX_MENTIONS:
        raise TooLarge(f"the package.json names {len(found)} packages; at most {MAX_MENTIONS} are read")
    return found


def _mentions(document: dict[str, Any]) -> Iterator[Mention]:
    for field in _FIELDS:
        yield from _listed(document.get(field))
    yield from _listed(dict(_overridden(document)))


def _overridden(document: dict[str, Any]) -> Iterator[tuple[str, Any]]:
    """What is to stand in the place of what others depend on: npm's and pnpm's `overrides`, yarn's `resolutions`.

    Keys are names, with a range or without, or paths of them; npm's nest.
    """
    pnpm = document.get("pnpm")
    waiting = [document.get("overrides"), document.get("resolutions")]
    waiting += [pnpm.get("overrides")] if isinstance(pnpm, dict) else []
    while waiting:
        table = waiting.pop()
        for key, wanted in table.items() if isinstance(table, dict) else ():
            if isinstance(wanted, dict):
                waiting.append(wanted)
                wanted = wanted.get(".")
            for name in _names_in(key):
                yield name, wanted if isinstance(wanted, str) and not wanted.startswith("$") else ""


def _names_in(path: str) -> Iterator[str]:
    """The packages on a path: `a@1>b`, `**/@acme/a`, `a/**/b`."""
    for part in _PACKAGE.findall(path):
        name, _ = split_name(part)
        if name.strip(".*"):
            yield name


def _listed(listed: Any) -> Iterator[Mention]:
    for alias, wanted in listed.items() if isinstance(listed, dict) else ():
        real, specifier = unalias(alias, wanted) if isinstance(wanted, str) else (alias, "")
        try:
            name = names.canonical(real)
        except InvalidName:
            continue
        kind = kind_of(specifier) if any(char in specifier for char in ":/") else ""
        yield Mention(name, f"comes from {_whence(kind)}" if kind in _OF_NO_REGISTRY else "")


def _whence(kind: str) -> str:
    return f"a {kind}" if kind == "folder" else kind
