"""What a release is compared with: the one before it in version order."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pratique.core.artifacts import FileView
from pratique.core.ranges import VersionKey


class ReleaseTraits(msgspec.Struct, frozen=True):
    """What all files of one release say together."""

    execution_points: frozenset[str]
    attested: bool


class Change(msgspec.Struct, frozen=True):
    """How a release differs from the one before it.

    Attributes:
        new_execution_points: install-time code the previous release did not have, sorted.
        weaker_evidence: the previous release named provenance, this one does not.
    """

    new_execution_points: tuple[str, ...] = ()
    weaker_evidence: bool = False


def changes(files: Iterable[FileView], version_key: VersionKey) -> dict[str, Change]:
    """Compare every release with the previous one in version order.

    A first release has nothing before it: all its execution points are new. A version that the
    ecosystem's order cannot read is compared with nothing, so all it has is new too.
    """
    traits = _traits(files)
    ordered: list[str] = []
    found: dict[str, Change] = {}
    for version, mine in traits.items():
        try:
            version_key(version)
        except ValueError:
            found[version] = Change(tuple(sorted(mine.execution_points)), weaker_evidence=False)
        else:
            ordered.append(version)
    ordered.sort(key=version_key)
    previous = ReleaseTraits(frozenset(), attested=False)
    for version in ordered:
        mine = traits[version]
        new_points = tuple(sorted(mine.execution_points - previous.execution_points))
        found[version] = Change(new_points, previous.attested and not mine.attested)
        previous = mine
    return found


def _traits(files: Iterable[FileView]) -> dict[str, ReleaseTraits]:
    traits: dict[str, ReleaseTraits] = {}
    for file in files:
        before = traits.get(file.version, ReleaseTraits(frozenset(), attested=False))
        traits[file.version] = ReleaseTraits(
            before.execution_points | frozenset(file.execution_points), before.attested or file.attested
        )
    return traits
