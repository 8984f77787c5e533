"""Names of gems: as they are written; two that differ only in case cannot both exist.

Source: rubygems.org, lib/patterns.rb, lib/name_format_validator.rb, app/models/gem_typo.rb.
"""

from __future__ import annotations

import re

from pratique.core.errors import InvalidName
from pratique.formats.lookalikes import fold

MAX_LENGTH = 255
_VALID = re.compile(r"[A-Za-z0-9._-]+\Z")
_LETTER = re.compile(r"[A-Za-z]")
_OTHER = re.compile(r"[^A-Za-z0-9._-]+")
_FILE_ENDINGS = (".gem", ".json", ".html", ".gemspec")


def canonical(name: str) -> str:
    """The name itself, if a gem could have it.

    Raises:
        InvalidName: no gem can have it; the sentence says why and what was perhaps meant.
    """
    problem = _problem(name)
    if problem:
        raise InvalidName(_sentence(name, problem))
    return name


def twin_key(name: str) -> str:
    """What names share of which only one can exist: small letters."""
    return name.lower()


def check_new_name(name: str) -> None:
    """Refuse names that nobody may take from now on. Raises InvalidName."""
    refuse_new(canonical(name))


def refuse_new(name: str) -> None:
    """The same of a name that is canonical already. Raises InvalidName."""
    problem = _problem_if_new(name)
    if problem:
        raise InvalidName(_sentence(name, problem))


def _problem(name: str) -> str:
    if not name:
        return "the name is empty"
    if len(name) > MAX_LENGTH:
        return f"it has {len(name)} characters, at most {MAX_LENGTH} are allowed"
    if not _VALID.match(name):
        return "only ASCII letters, digits, `-`, `_` and `.` are allowed"
    return ""


def _problem_if_new(name: str) -> str:
    if not _LETTER.search(name):
        return "it has no letter in it"
    if name[0] in "._-" or name[-1] in "._-":
        return "it must not begin or end with `.`, `_` or `-`"
    if name.lower().endswith(_FILE_ENDINGS):
        return "it ends like the name of a file"
    return ""


def _sentence(name: str, problem: str) -> str:
    shown = ascii(name if len(name) <= 80 else name[:77] + "...")
    guess = _OTHER.sub("-", fold(name).strip()).strip("._-")
    usable = guess != name and not _problem(guess) and not _problem_if_new(guess)
    return f"{shown} is no gem's name: {problem}." + (f' Did you mean "{guess}"?' if usable else "")
