"""Names of crates: identity, twins, place in the index, and the file of a release.

Source: The Cargo Book, "Registry Index" (index files).
"""

from __future__ import annotations

import re
from itertools import chain, product

from pratique.formats.project_names.cargo import MAX_LENGTH, canonical, check_new_name, twin_key

__all__ = [
    "MAX_LENGTH",
    "canonical",
    "check_new_name",
    "crate_filename",
    "index_path",
    "twin_key",
    "twins",
]

_MOST_DASHES = 6
_DASH = re.compile(r"[-_]")


def twins(name: str) -> tuple[str, ...] | None:
    """The other spellings of a canonical name, of which an index can hold one: each dash as `-` or `_`.

    None where they are too many to ask for.
    """
    parts = _DASH.split(name)
    joints = len(parts) - 1
    if joints > _MOST_DASHES:
        return None
    choices = product("-_", repeat=joints)
    spelled = ("".join(chain.from_iterable(zip(("", *dashes), parts, strict=True))) for dashes in choices)
    return tuple(one for one in spelled if one != name)


def index_path(name: str) -> str:
    """Where an index keeps a crate: `1/a`, `2/ab`, `3/a/abc`, `ab/cd/abcd`.

    Args:
        name: canonical.
    """
    if len(name) <= 2:
        return f"{len(name)}/{name}"
    return f"3/{name[0]}/{name}" if len(name) == 3 else f"{name[:2]}/{name[2:4]}/{name}"


def crate_filename(name: str, version: str) -> str:
    """The file of a release, as cargo itself calls it."""
    return f"{name}-{version}.crate"
