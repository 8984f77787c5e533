"""The commands and plug-ins that a wheel declares: names that become file names on the installer's side.

Source: entry points specification, "File format" and "Use for scripts".
"""

from __future__ import annotations

import configparser
import re

MAX_ENTRY_POINTS = 1 << 20
"""Bytes; the longest known have a few hundred thousand."""

_NAME = re.compile(r"[\w.-]+")
_DOTS = re.compile(r"\.+")
_NO_SECTION = "\n"
"""No group can be called so: to installers `DEFAULT` is a group like any other."""

_SCRIPTS = ("console_scripts", "gui_scripts")


class _Exact(configparser.ConfigParser):
    """Names keep their case, and only `=` ends one."""

    def __init__(self) -> None:
        super().__init__(delimiters=("=",), interpolation=None, strict=True, default_section=_NO_SECTION)

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def objection_to_entry_points(content: bytes, where: str) -> str | None:
    """Why a wheel with these entry points may not be published, None if it may.

    Args:
        content: the bytes of `entry_points.txt`, empty where there is none.
        where: its path, for sentences.
    """
    if len(content) > MAX_ENTRY_POINTS:
        return f"{where} has {len(content)} bytes; at most {MAX_ENTRY_POINTS} are read"
    read = _Exact()
    try:
        read.read_string(content.decode())
    except (UnicodeDecodeError, configparser.Error):
        return f"{where} cannot be read: groups in brackets, lines `name = module:object`, in UTF-8"
    for group in read.sections():
        for name, target in read.items(group):
            if not _NAME.fullmatch(name):
                return f"{where} declares {name[:80]!a}; letters, digits, `_`, `.` and `-` are allowed in names"
            if group in _SCRIPTS and (_DOTS.fullmatch(name) or "\n" in target):
                return f"{where} declares the command {name[:80]!a}, which no system can install"
    return None
