"""Names that a public registry takes for one already there: the form of a name that each compares.

Source: npm's rule on punctuation (2017); Warehouse, `ultranormalize_name`; crates.io, `canon_crate_name`; rubygems.org,
`GemTypo`; NuGet, ids without case.
"""

from __future__ import annotations

_PLAIN = str.maketrans("", "", "._-")
_ULTRA = str.maketrans({".": "", "_": "", "-": "", "l": "1", "L": "1", "i": "1", "I": "1", "o": "0", "O": "0"})
_SPOKEN = {"npm": "npm", "pypi": "PyPI", "cargo": "crates.io", "rubygems": "RubyGems.org", "nuget": "NuGet"}


def compared(ecosystem: str, name: str) -> str | None:
    """What the registry compares; None where it compares names only as they are."""
    if ecosystem == "npm":
        return None if name.startswith("@") else name.translate(_PLAIN)
    if ecosystem == "pypi":
        return name.translate(_ULTRA).lower()
    if ecosystem == "cargo":
        return name.lower().replace("-", "_")
    if ecosystem == "rubygems":
        return name.upper().replace("-", "").replace("_", "")
    return name.lower() if ecosystem == "nuget" else None


def refused_by(ecosystem: str, typed: str, target: str) -> str:
    """The public registry that would refuse the typed name because of the target; empty where none would."""
    form = compared(ecosystem, typed)
    return _SPOKEN[ecosystem] if form is not None and form == compared(ecosystem, target) else ""
