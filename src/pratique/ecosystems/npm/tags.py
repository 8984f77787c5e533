"""Move dist-tags so that each names a version that may be installed."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping

from pratique.ecosystems.npm.versions import is_prerelease, version_key


def move_tags(tags: Mapping[str, str], listed: Iterable[str]) -> dict[str, str]:
    """Point every tag to a listed version.

    A tag whose target is listed stays. Another goes to the newest listed version not above its target, one
    that named a release never to a pre-release; without a candidate it disappears, except `latest`, which
    falls to the newest listed version of that kind.

    Args:
        tags: as the index states them; targets are versions.
        listed: the versions that are offered.

    Returns:
        Tags that point to listed versions only.
    """
    known = set(listed)
    everything = sorted(known, key=version_key)
    releases = [version for version in everything if not is_prerelease(version)]
    moved = {}
    for tag, target in tags.items():
        fitting = everything if is_prerelease(target) else releases
        if target in known:
            moved[tag] = target
        elif below := bisect_right(fitting, version_key(target), key=version_key):
            moved[tag] = fitting[below - 1]
        elif fitting and tag == "latest":
            moved[tag] = fitting[-1]
    return moved
