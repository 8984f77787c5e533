"""Ids of NuGet packages: case means nothing; new ids are ASCII words joined by `.` or `-`.

Source: NuGetGallery, PackageIdValidator.cs.
"""

from __future__ import annotations

import re

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_LENGTH = 128
_VALID = re.compile(r"\w+(?:[.-]\w+)*\Z")
_VALID_IF_NEW = re.compile(r"[A-Za-z0-9_]+(?:[.-][A-Za-z0-9_]+)*\Z")
_OTHER = re.compile(r"[^A-Za-z0-9_.]+")
_JOINTS = re.compile(r"[.-]{2,}")


def canonical(name: str) -> str:
    """The id in small letters, as every URL has it.

    Raises:
        InvalidName: no package can have it; the sentence says why and what was perhaps meant.
    """
    problem = _problem(name)
    if problem:
        raise InvalidName(_sentence(name, problem))
    return name.lower()


def twin_key(name: str) -> str:
    """What ids share of which only one can exist: small letters."""
    return name.lower()


def check_new_name(name: str) -> None:
    """Refuse ids that nobody may take from now on: letters outside ASCII are for packages of long ago.

    Raises:
        InvalidName: with the reason and what was perhaps meant.
    """
    canonical(name)
    refuse_new(name)


def refuse_new(name: str) -> None:
    """The same of an id that is canonical already. Raises InvalidName."""
    if not _VALID_IF_NEW.match(name):
        raise InvalidName(_sentence(name, "new ids have ASCII letters, digits and `_`, joined by single `.` or `-`"))


def _problem(name: str) -> str:
    if not name:
        return "the id is empty"
    if len(name) > MAX_LENGTH:
        return f"it has {len(name)} characters, at most {MAX_LENGTH} are allowed"
    if not _VALID.match(name):
        return "an id is words of letters, digits and `_`, joined by single `.` or `-`"
    return ""


def _sentence(name: str, problem: str) -> str:
    shown = ascii(name if len(name) <= 80 else name[:77] + "...")
    guess = _JOINTS.sub("-", _OTHER.sub("-", fold(name).strip())).strip(".-")
    usable = guess != name and len(guess) <= MAX_LENGTH and _VALID_IF_NEW.match(guess)
    return f"{shown} is no package id: {problem}." + (f' Did you mean "{guess}"?' if usable else "")
