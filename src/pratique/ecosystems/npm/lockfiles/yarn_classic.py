"""yarn 1's yarn.lock, a form of its own.

yarn fetches from the address that stands there, whatever the registry is set to (measured with yarn 1.22).
Source: yarn's documentation of yarn.lock; `@yarnpkg/lockfile`, parse.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from pratique.core.errors import Invalid, TooLarge
from pratique.core.lockfiles import LockedFile, Lockfile
from pratique.ecosystems.npm.lockfiles.pins import MAX_BYTES, MAX_PARTS, kind_of, pin, split_name, unalias
from pratique.formats.lock_entries import Apart, lockfile, set_apart
from pratique.formats.web_addresses import is_meant_for_web, read_address

WHAT = "yarn.lock"
MEND = "rm yarn.lock && yarn install"

MAX_ESCAPES = 50_000
"""Backslashes: names and addresses have none."""

_STRING = r'"(?:[^"\\]|\\.)*+"'
_KEY = re.compile(rf"(?P<patterns>(?:{_STRING}|[^\s\",:][^\s\",]*)(?:, ?(?:{_STRING}|[^\s\",:][^\s\",]*))*):\s*\Z")
_FIELD = re.compile(rf"  (?P<field>[A-Za-z]+) (?P<value>{_STRING}|\S+)\s*\Z")
_PATTERN = re.compile(rf"{_STRING}|[^\s\",]+")


def read(content: bytes) -> Lockfile:
    """What it pins. Raises Invalid, TooLarge."""
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the {WHAT} has {len(content)} bytes; at most {MAX_BYTES} are read")
    if content.count(b"\n") > MAX_PARTS:
        raise TooLarge(f"the {WHAT} has more than {MAX_PARTS} lines; no more are read")
    try:
        lines = content.decode().split("\n")
    except UnicodeDecodeError:
        raise Invalid(f"the {WHAT} is no UTF-8 text") from None
    if content.count(b"\\") > MAX_ESCAPES:
        raise TooLarge(f"the {WHAT} has more than {MAX_ESCAPES} backslashes; no more are read")
    return lockfile((one for patterns, fields in _blocks(lines) for one in _entries(patterns, fields)), MEND)


def _blocks(lines: list[str]) -> Iterator[tuple[list[str], dict[str, str]]]:
    """Each entry: the patterns it is for, and its own fields; those of deeper blocks are left out."""
    patterns: list[str] = []
    fields: dict[str, str] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            if patterns:
                yield patterns, fields
            patterns, fields = _patterns(line, number), {}
        elif not patterns:
            raise Invalid(f"the {WHAT} has a field without an entry in line {number}")
        elif (found := _FIELD.match(line)) is not None:
            if fields.setdefault(found["field"], _plain(found["value"])) != _plain(found["value"]):
                raise Invalid(f"the {WHAT} says `{found['field']}` twice in line {number}")
        elif not line.startswith("    ") and not line.rstrip().endswith(":"):
            raise Invalid(f"the {WHAT} has a line that is no field: line {number}")
    if patterns:
        yield patterns, fields


def _patterns(line: str, number: int) -> list[str]:
    found = _KEY.match(line) if len(line) < 1 << 16 else None
    if found is None:
        raise Invalid(f"this is no {WHAT}: line {number} is no entry")
    return [_plain(one) for one in _PATTERN.findall(found["patterns"])]


def _plain(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value


def _entries(patterns: list[str], fields: dict[str, str]) -> Iterator[LockedFile | Apart]:
    """What a block pins, under each of the names that it is asked for by: yarn fetches one file for all of them."""
    if not fields.get("version"):
        raise Invalid(f"the {WHAT} pins {split_name(patterns[0])[0][:100]!a} without a version")
    for one in dict.fromkeys(_asked(pattern) for pattern in patterns):
        yield _entry(*one, fields)


def _asked(pattern: str) -> tuple[str, str, str]:
    """The name in the project, the real one, and whence if from no registry."""
    alias, specifier = split_name(pattern)
    name, wanted = unalias(alias, specifier)
    return alias, name, wanted if ":" in wanted or "/" in wanted else ""


def _entry(alias: str, name: str, whence: str, fields: dict[str, str]) -> LockedFile | Apart:
    resolved = fields.get("resolved", "")
    address, _, fragment = resolved.partition("#")
    if whence:
        kind = kind_of(whence)
        is_fetched = kind == "folder" and is_meant_for_web(address)
        return set_apart(alias, kind_of(address) if is_fetched else kind, whence, address)
    if resolved and read_address(address) is None:
        # Yarn's offline mirror writes a file's name alone. What has none at all is asked of the registry.
        is_mirrored = ":" not in address and address.endswith(".tgz")
        return set_apart(alias, "file of an offline mirror" if is_mirrored else kind_of(resolved or "file:"), address)
    return pin(WHAT, name, fields["version"], integrity=fields.get("integrity"), sha1=fragment, source=address)
