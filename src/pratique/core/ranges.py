"""Version ranges as lists, waivers and revocations write them: `*`, `1.2.3`, `>=1,<2 || 3.0`."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from pratique.core.errors import Invalid

VersionKey = Callable[[str], Any]
"""A version's sort key in its ecosystem; raises ValueError on what is no version there."""

_COMPARATOR = re.compile(r"(>=|<=|>|<|=)?\s*([^\s,|<>=*]+)\Z")


class Comparator(msgspec.Struct, frozen=True):
    """One bound, such as `>=1.0`."""

    operator: str
    version: str

    def holds(self, key: Any, bound: Any) -> bool:
        """Whether a version with this key satisfies the bound with that key."""
        return bool(
            {
                ">=": lambda: key >= bound,
                "<=": lambda: key <= bound,
                ">": lambda: key > bound,
                "<": lambda: key < bound,
                "=": lambda: key == bound,
            }[self.operator]()
        )


class VersionRange(msgspec.Struct, frozen=True):
    """Any of some groups of bounds; no groups at all means every version."""

    alternatives: tuple[tuple[Comparator, ...], ...] = ()

    @property
    def covers_all(self) -> bool:
        """Whether this is `*`."""
        return not self.alternatives

    def contains(self, version: str, key: VersionKey) -> bool:
        """Whether a version lies in the range, by its ecosystem's order.

        A version that the order cannot read is contained only by `*` and by itself, spelled alike.
        """
        if self.covers_all:
            return True
        if any(group == (Comparator("=", version),) for group in self.alternatives):
            return True
        try:
            mine = key(version)
            return any(all(c.holds(mine, key(c.version)) for c in group) for group in self.alternatives)
        except ValueError:
            return False

    def __str__(self) -> str:
        """The text form, which `parse_range` reads back."""
        if self.covers_all:
            return "*"
        groups = (
            ",".join(("" if c.operator == "=" else c.operator) + c.version for c in group)
            for group in self.alternatives
        )
        return " || ".join(groups)


ALL_VERSIONS = VersionRange()


def same_version(one: str, other: str, key: VersionKey) -> bool:
    """Whether two texts name one version: `1.0` and `1.0.0` do where the ecosystem's order says so.

    What the order cannot read is the same as itself only, spelled alike.
    """
    return VersionRange(((Comparator("=", one),),)).contains(other, key)


def parse_range(text: str) -> VersionRange:
    """Read a range.

    Raises:
        Invalid: the text is no range; the sentence shows the accepted forms.
    """
    if text.strip() == "*":
        return ALL_VERSIONS
    return VersionRange(tuple(_parse_group(part) for part in text.split("||")))


def _parse_group(text: str) -> tuple[Comparator, ...]:
    matches = [_COMPARATOR.match(part.strip()) for part in text.split(",")]
    if not all(matches):
        raise Invalid(f'"{text.strip()}" is not a version range; write `*`, `1.2.3` or `>=1.0,<2.0 || 3.0`')
    return tuple(Comparator(match[1] or "=", match[2]) for match in matches if match)
