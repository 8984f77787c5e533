"""Names of Python projects: canonical form, what is valid, and what nobody may newly take.

Source: PEP 503 "Normalized Names"; core metadata specification, "Name".
"""

from __future__ import annotations

import re
import sys

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_LENGTH = 200
"""Longer names leave no room for version and tags in a file name of 255 bytes."""

_VALID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?\Z")
_SEPARATORS = re.compile(r"[-_.]+")
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")

_FORMER_MODULES = frozenset(
    {
        "aifc",
        "asynchat",
        "asyncore",
        "audioop",
        "binhex",
        "cgi",
        "cgitb",
        "chunk",
        "crypt",
        "distutils",
        "dummy_threading",
        "formatter",
        "imghdr",
        "imp",
        "lib2to3",
        "macpath",
        "mailcap",
        "msilib",
        "nis",
        "nntplib",
        "ossaudiodev",
        "parser",
        "pipes",
        "smtpd",
        "sndhdr",
        "spwd",
        "sunau",
        "symbol",
        "telnetlib",
        "uu",
        "xdrlib",
        "annotationlib",
        "compression",
    }
)
"""Modules of other Python versions than the one that runs this."""

_FILES_MISTAKEN_FOR_NAMES = frozenset(
    {"requirements-txt", "rrequirements-txt", "pyproject-toml", "setup-py", "setup-cfg"}
)
"""`pip install requirements.txt` with the `-r` forgotten must never install something."""


def normalise(name: str) -> str:
    """Lower case, every run of `-`, `_`, `.` one `-` (PEP 503)."""
    if "_" in name or "." in name or "--" in name:
        name = _SEPARATORS.sub("-", name)
    return name.lower()


def canonical(name: str) -> str:
    """The canonical form of a project name.

    Raises:
        InvalidName: not a name; the sentence says why and offers the nearest valid one.
    """
    if len(name) <= MAX_LENGTH and _VALID.match(name):
        return normalise(name)
    raise InvalidName(_explain(name))


def check_new_name(name: str) -> None:
    """Refuse names that would mislead if somebody took them now.

    Raises:
        InvalidName: not a name, a module of Python's standard library, or a file that people forget a `-r` before.
    """
    refuse_new(canonical(name))


def refuse_new(key: str) -> None:
    """The same of a name that is canonical already. Raises InvalidName."""
    if key in _RESERVED_MODULES:
        raise InvalidName(
            f'"{key}" is a module of Python\'s standard library; a project of that name would mislead. '
            f'Choose another, such as "{key}-extras"'
        )
    if key in _FILES_MISTAKEN_FOR_NAMES:
        raise InvalidName(f'"{key}" is what people type when they forget `-r` or a path; choose another name')


_RESERVED_MODULES = frozenset(
    normalise(module.strip("-_.")) for module in sys.stdlib_module_names | _FORMER_MODULES if module.strip("-_.")
)


def _explain(name: str) -> str:
    shown = ascii(name if len(name) <= 80 else name[:77] + "...")
    if not name:
        return "a project name is missing; write it as the index shows it"
    if len(name) > MAX_LENGTH:
        return f"{shown} is no project name: it has {len(name)} characters, at most {MAX_LENGTH} are allowed"
    why = "only ASCII letters, digits, `-`, `_` and `.` are allowed, and a letter or digit at both ends"
    suggestion = _nearest(name)
    return f"{shown} is no project name: {why}." + (f' Did you mean "{suggestion}"?' if suggestion else "")


def _nearest(name: str) -> str:
    """The name with accents and look-alike widths folded and other characters made into `-`; empty if none is left."""
    return normalise(_OTHER.sub("-", fold(name))).strip("-")
