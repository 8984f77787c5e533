"""yarn 1's yarn.lock, a form of its own.

yarn fetches from the address that stands there, whatever the registry is set to (measured with yarn 1.22).
Source: yarn's documentation of yarn.lock; `@yarnpkg/lockfile`, parse.js.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec
import orjson

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
_ASKED = re.compile(rf'    (?P<name>{_STRING}|[^\s",:]+) (?P<wanted>{_STRING}|\S+)\s*\Z')
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
    return lockfile(_read(lines), MEND)


class _Block(msgspec.Struct):
    """One entry: the patterns it is for, its own fields, and what its package asks for, by name and specifier."""

    patterns: list[str]
    fields: dict[str, str] = {}
    asked: list[tuple[str, str]] = []


def _read(lines: list[str]) -> Iterator[LockedFile | Apart]:
    patterns: set[str] = set()
    asked: dict[tuple[str, str], None] = {}
    for block in _blocks(lines):
        patterns.update(block.patterns)
        asked.update(dict.fromkeys(block.asked))
        yield from _entries(block.patterns, block.fields)
    for name, wanted in asked:
        if is_meant_for_web(wanted) and f"{name}@{wanted}" not in patterns:
            yield set_apart(name, kind_of(wanted), wanted)  # yarn goes there, frozen or not


def _blocks(lines: list[str]) -> Iterator[_Block]:
    block: _Block | None = None
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("#"):
            continue
        if not line.startswith(" "):
            if block is not None:
                yield block
            block = _Block(_patterns(line, number))
        elif block is None:
            raise Invalid(f"the {WHAT} has a field without an entry in line {number}")
        else:
            _take(block, line, number)
    if block is not None:
        yield block


def _take(block: _Block, line: str, number: int) -> None:
    """One line of an entry into it."""
    if (found := _FIELD.match(line)) is not None:
        said = _plain(found["value"], number)
        if block.fields.setdefault(found["field"], said) != said:
            raise Invalid(f"the {WHAT} says `{found['field']}` twice in line {number}")
    elif (found := _ASKED.match(line)) is not None:
        block.asked.append((_plain(found["name"], number), _plain(found["wanted"], number)))
    elif line.startswith("    ") or not line.rstrip().endswith(":"):
        raise Invalid(f"the {WHAT} has a line that is no field: line {number}")


def _patterns(line: str, number: int) -> list[str]:
    found = _KEY.match(line) if len(line) < 1 << 16 else None
    if found is None:
        raise Invalid(f"this is no {WHAT}: line {number} is no entry")
    return [_plain(one, number) for one in _PATTERN.findall(found["patterns"])]


def _plain(value: str, number: int) -> str:
    """A text as yarn reads it: in quotes it is JSON's."""
    if not value.startswith('"'):
        return value
    if "\\" not in value:
        return value[1:-1]
    try:
        return str(orjson.loads(value))
    except orjson.JSONDecodeError:
        raise Invalid(f"the {WHAT} has a text that is none in line {number}") from None


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
