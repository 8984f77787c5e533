"""Releases that hold a name and nothing else. One function of what an archive lists and what its manifest says."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

PLACEHOLDER = "placeholder"
"""Kind of the finding."""

MOST_BYTES = 65_536
"""An artefact that is longer holds something; it need not be looked at."""

_LITTLE = 400
"""Bytes of code that say nothing by themselves: an empty module, what `cargo new --lib` writes."""

_ABOUT = re.compile(
    r"(^|/)(readme|licen[cs]e|copying|notice|changelog|authors|package\.json|pkg-info|setup\.(py|cfg)|pyproject\.toml|"
    r"manifest\.in|cargo\.(toml|toml\.orig|lock)|\.cargo_vcs_info\.json|\.gitignore|\.npmignore|\.editorconfig)[^/]*$"
    r"|\.(dist-info|egg-info)/",
    re.IGNORECASE,
)
"""Files about a package, by their paths."""

_SAYS_SO = re.compile(
    r"placeholder|name (is |has been )?reserv|reserv(e|ed|ing|ation)[^.]{0,20}\bname|coming soon|squat|"
    r"do not (use|install)|work in progress|nothing (here|to see)",
    re.IGNORECASE,
)
_TEXTS = ("description", "summary", "readme")
_NEEDS = {
    "npm": ("dependencies", "optionalDependencies", "peerDependencies", "bin"),
    "pypi": ("requires_dist",),
    "cargo": (),
}


def why_placeholder(ecosystem: str, members: Iterable[tuple[str, int]], fields: Mapping[str, Any]) -> str:
    """Why a release looks as if it only held its name, as a clause; empty where it does not.

    One that only brings others along (a package of dependencies) holds something.

    Args:
        ecosystem: id.
        members: path and bytes of every file of the artefact.
        fields: its manifest's.
    """
    if any(fields.get(field) for field in _NEEDS.get(ecosystem, ())) or _index(fields).get("deps"):
        return ""
    content = sum(size for path, size in members if not _ABOUT.search(path))
    if content == 0:
        return "holds no file but such as are about it"
    told = next((match[0] for match in map(_SAYS_SO.search, _said(fields)) if match), "")
    if content <= _LITTLE and told:
        return f'holds {content} bytes and says "{told.lower()}"'
    return ""


def _said(fields: Mapping[str, Any]) -> Iterable[str]:
    for place in (fields, _index(fields)):
        yield from (text[:20_000] for key in _TEXTS if isinstance(text := place.get(key), str))


def _index(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    found = fields.get("index")
    return found if isinstance(found, dict) else {}
