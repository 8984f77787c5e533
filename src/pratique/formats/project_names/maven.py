"""Names of Maven projects: `group:artifact`, each part as it is written.

Source: Maven, "Guide to naming conventions"; `DefaultModelValidator` (ids are `[A-Za-z0-9_.-]+`); Central's
namespaces are a domain turned round, so a new group has at least two parts.
"""

from __future__ import annotations

import re

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_LENGTH = 255
_PART = re.compile(r"[A-Za-z0-9_.-]+\Z")
_OTHER = re.compile(r"[^A-Za-z0-9_.:-]+")


def canonical(name: str) -> str:
    """The name itself, if it is a group and an artifact.

    Raises:
        InvalidName: it is not; the sentence says why and what was perhaps meant.
    """
    problem = _problem(name)
    if problem:
        raise InvalidName(_sentence(name, problem))
    return name


def twin_key(name: str) -> str:
    """What names share that a file system without case would lay on one another: small letters."""
    return name.lower()


def check_new_name(name: str) -> None:
    """Refuse what nobody may publish under from now on: a group that is no domain turned round. Raises InvalidName."""
    refuse_new(canonical(name))


def refuse_new(name: str) -> None:
    """The same of a name that is canonical already. Raises InvalidName."""
    group = name.partition(":")[0]
    if "." not in group:
        reason = "a new group is a domain turned round that its owner has proved, such as `com.example`"
        raise InvalidName(_sentence(name, reason))


def _problem(name: str) -> str:
    if len(name) > MAX_LENGTH:
        return f"it has {len(name)} characters, at most {MAX_LENGTH} are allowed"
    parts = name.split(":")
    if len(parts) != 2 or not all(parts):
        return "write a group and an artifact, as in `com.example:library`"
    if not all(_PART.match(part) for part in parts):
        return "only ASCII letters, digits, `-`, `_` and `.` are allowed on either side of the colon"
    if any(not step for part in parts for step in part.split(".")):
        return "no part between two dots may be empty"
    return ""


def _sentence(name: str, problem: str) -> str:
    shown = ascii(name if len(name) <= 80 else name[:77] + "...")
    guess = _OTHER.sub("-", fold(name).strip()).strip("-")
    usable = guess != name and not _problem(guess)
    return f"{shown} is no Maven project: {problem}." + (f' Did you mean "{guess}"?' if usable else "")
