"""The commands and plug-ins that a wheel declares: names that become file names on the installer's side.

Installers read the file in two ways: as a configuration file, or line by line. A line is looked at as either would.

Source: entry points specification, "File format" and "Use for scripts".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

MAX_ENTRY_POINTS = 256 << 10
"""Bytes."""

MAX_LINE = 10_000
"""Characters; names and targets have some dozens."""

_NAME = re.compile(r"[\w.-]+")
_NO_COMMAND = re.compile(r"-.*|.*\.|(con|prn|aux|nul|com[0-9]|lpt[0-9])(\..*)?", re.IGNORECASE)
"""What shells and tools take for an option; what Windows drops the end of (`..` is a folder everywhere); its devices,
whatever ending they have."""

_GROUP = re.compile(r"\[([^\[\]]+)\]")

_SCRIPTS = ("console_scripts", "gui_scripts")


class _Entry(msgspec.Struct, frozen=True):
    """One line that declares something.

    Attributes:
        group: without its brackets.
        continues: the name of the entry before it, whose target it is a part of to those who read a configuration
            file; empty for none.
    """

    group: str
    name: str
    continues: str


def objection_to_entry_points(content: bytes, where: str) -> str | None:
    """Why a wheel with these entry points may not be published, None if it may.

    Args:
        content: the bytes of `entry_points.txt`, empty where there is none.
        where: its path, for sentences.
    """
    if len(content) > MAX_ENTRY_POINTS:
        return f"{where} has {len(content)} bytes; at most {MAX_ENTRY_POINTS} are read"
    try:
        lines = content.decode().splitlines()
        if any(len(line) > MAX_LINE for line in lines):
            return f"{where} has a line of more than {MAX_LINE} characters"
        return next((found for entry in _entries(lines) if (found := _objection(entry, where))), None)
    except ValueError:
        return f"{where} cannot be read: groups in brackets, lines `name = module:object`, in UTF-8"


def _objection(entry: _Entry, where: str) -> str | None:
    if entry.group in _SCRIPTS and entry.continues:
        return f"{where} declares the command {entry.continues[:80]!a}, which no system can install"
    if not _NAME.fullmatch(entry.name):
        return f"{where} declares {entry.name[:80]!a}; letters, digits, `_`, `.` and `-` are allowed in names"
    if entry.group in _SCRIPTS and _NO_COMMAND.fullmatch(entry.name):
        return (
            f"{where} declares the command {entry.name[:80]!a}, which not every system can install or call: "
            "no leading `-`, no closing `.`, no name of a Windows device"
        )
    return None


def _entries(lines: list[str]) -> Iterator[_Entry]:
    """What the lines declare. Raises ValueError for one that declares nothing, and for what stands there twice."""
    group, before, depth = "", "", 0
    seen: set[tuple[str, str]] = set()
    for line in lines:
        text = line.strip()
        if not text or _is_comment(text):
            continue
        indent = len(line) - len(line.lstrip())
        deeper = bool(before) and indent > depth
        name, equals, _ = text.partition("=")
        name = name.rstrip()
        if text.startswith("[") and not deeper:
            group, name, before = _group(text), "", ""
        elif not group or not (equals or deeper):
            raise ValueError(text)
        else:
            yield _Entry(group, name, before if deeper else "")
            before, depth = (before, depth) if deeper else (name, indent)
        if (group, name) in seen:
            raise ValueError(text)
        seen.add((group, name))


def _group(text: str) -> str:
    found = _GROUP.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found[1].strip()


def _is_comment(text: str) -> bool:
    """Those who read line by line know `#` only: what looks like an entry is one to them."""
    return text.startswith("#") or (text.startswith(";") and "=" not in text)
