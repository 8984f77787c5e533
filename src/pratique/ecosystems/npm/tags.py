"""Move dist-tags so that each names a version that may be installed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pratique.ecosystems.npm.versions import is_prerelease, newest_first, version_key


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
    candidates = newest_first(list(listed))
    moved = {tag: _target(tag, target, candidates) for tag, target in tags.items()}
    return {tag: target for tag, target in moved.items() if target is not None}


def _target(tag: str, target: str, candidates: list[str]) -> str | None:
    if target in candidates:
        return target
    fitting = candidates if is_prerelease(target) else [each for each in candidates if not is_prerelease(each)]
    bound = version_key(target)
    below = [each for each in fitting if version_key(each) <= bound]
    if below:
        return max(below, key=version_key)
    return max(fitting, key=version_key) if fitting and tag == "latest" else None
