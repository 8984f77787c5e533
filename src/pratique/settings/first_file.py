"""The settings file of a new data folder: what was found out, and every other setting with its default."""

from __future__ import annotations

import inspect
import re
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from pratique.settings.quantities import Duration, Size, in_units
from pratique.settings.values import RepositorySettings, Settings

_HEAD = """\
# The settings of this Pratique. What is commented out shows the default.
# Sizes: 512, "64 MB", "1.5 GB". Times: 30 (seconds), "500 ms", "10 min", "48 h", "7 d".
# Each setting can also come from the environment: PRATIQUE_PORT=8000, PRATIQUE_UPSTREAM__SILENCE="10 s".
# Restart Pratique after a change; unknown names are refused.
"""

_ENTRY = re.compile(r"^ {4}(\w+): (.*)$")


def first_file(upstreams: Mapping[str, Sequence[str]]) -> str:
    """The text of `pratique.toml` for a new data folder.

    Args:
        upstreams: ecosystem to the public registry's base URLs, as found on this machine.
    """
    lines = [_HEAD]
    tables: list[tuple[str, type[msgspec.Struct]]] = []
    lines += _entries(Settings, "", tables)
    lines += ["", "# A repository has its own releases, upstreams in order, and a policy.", "[repositories.main]"]
    lines += _comments(RepositorySettings, "anonymous_read")
    lines.append("# anonymous_read = true")
    lines += _comments(RepositorySettings, "upstreams")
    lines.append("[repositories.main.upstreams]")
    lines += [f"{ecosystem} = {_toml(list(urls))}" for ecosystem, urls in upstreams.items()]
    for name, kind in tables:
        lines += ["", f"[{name}]", *_entries(kind, f"{name}.", tables)]
    lines += ["", *_ACCESS]
    return "\n".join(lines) + "\n"


_ACCESS = [
    "# How to reach an upstream that asks for a password, by its URL. Without a user the password is a bearer token.",
    '# [upstream.access."https://packages.example.test/npm"]',
    '# user = "me"',
    '# password = "secret"',
    '# file_hosts = ["files.internal"]',
]


def _entries(kind: type[msgspec.Struct], prefix: str, tables: list[tuple[str, type[msgspec.Struct]]]) -> list[str]:
    lines = []
    for field in msgspec.structs.fields(kind):
        if isinstance(field.default, msgspec.Struct):
            tables.append((prefix + field.name, type(field.default)))
        elif field.default is not msgspec.NODEFAULT:
            lines += [*_comments(kind, field.name), f"# {field.name} = {_toml(field.default)}"]
    return lines


def _comments(kind: type[msgspec.Struct], name: str) -> list[str]:
    """What is said about a setting by the docstring of the struct that declares it, as comment lines."""
    declares = next(base for base in kind.__mro__ if name in base.__annotations__)
    found: list[str] = []
    for line in (inspect.getdoc(declares) or "").splitlines():
        entry = _ENTRY.match(line)
        if entry:
            if found:
                break
            if entry[1] == name:
                found.append(entry[2])
        elif found and line.strip():
            found.append(line.strip())
    if found:
        found[0] = found[0][:1].upper() + found[0][1:]
    return [f"# {line}" for line in found]


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Size | Duration):
        return in_units(value)
    if isinstance(value, int):
        return str(value)
    return msgspec.json.format(msgspec.json.encode(value), indent=-1).decode()
