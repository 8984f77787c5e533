"""Which versions a list entry or waiver is about: a range that its ecosystem can read, or nothing would match."""

from __future__ import annotations

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid
from pratique.core.ranges import ALL_VERSIONS, Comparator, VersionRange, parse_range
from pratique.services.purls import Named

MAX_RANGE = 2_000
"""Characters. Every version of a listing is held against each bound of it."""


def read_versions(ecosystem: Ecosystem, named: Named, versions: str | None) -> VersionRange:
    """The range, the purl's one version, or every version.

    Raises:
        Invalid: no range; a bound that is no version here, as `^1.0` is none; or versions named twice.
    """
    if versions is not None and named.version is not None:
        raise Invalid("name the versions once: in the purl or as a range")
    text = named.version if versions is None else versions
    if text is None:
        return ALL_VERSIONS
    if len(text) > MAX_RANGE:
        raise Invalid(f"a range of {len(text):,} characters; at most {MAX_RANGE:,} are kept: name fewer versions")
    groups = parse_range(text).alternatives
    return VersionRange(tuple(tuple(_readable(ecosystem, bound) for bound in group) for group in groups))


def _readable(ecosystem: Ecosystem, bound: Comparator) -> Comparator:
    """The bound as the ecosystem can compare it: `1.0` is `1.0.0` where versions have three parts."""
    for version in (bound.version, f"{bound.version}.0", f"{bound.version}.0.0"):
        try:
            ecosystem.version_key(version)
        except ValueError:
            continue
        return Comparator(bound.operator, version)
    # Old releases have versions that no order reads; such a one can be named, and nothing compared with it.
    if bound.operator == "=" and bound.version[0].isalnum():
        return bound
    raise Invalid(f'"{bound.version}" is no version of {ecosystem.id}; write ranges like `>=1.0,<2.0 || 3.0`')
