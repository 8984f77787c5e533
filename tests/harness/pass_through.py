"""Compare an upstream's document with the one that Pratique serves of it: field by field, unknown fields too.

What must differ: addresses of files, `_rev` where the upstream has none, times written to the millisecond, the API
version. What may: a version that policy refuses, if the document says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Set
from datetime import datetime
from typing import Any

JSON = dict[str, Any]
ABSENT = "(absent)"


def packument_changes(theirs: JSON, ours: JSON, tarball: Callable[[str], str]) -> list[str]:
    """Everything that was lost, added or changed and should not have been.

    Args:
        tarball: version -> where its file is served here.
    """
    refused = set(ours.get("policyRestrictions", {}).get("versions", []))
    offered = [version for version in theirs["versions"] if version not in refused]
    tags = {tag: version for tag, version in theirs["dist-tags"].items() if version not in refused}
    changed = list(
        _changes("", theirs, ours, except_for={"versions", "time", "dist-tags", "_rev", "policyRestrictions"})
    )
    if list(ours["versions"]) != offered:
        changed.append(f"versions: {sorted(set(offered) ^ set(ours['versions']))[:20]}")
    changed += _changes("dist-tags.", tags, {tag: ours["dist-tags"].get(tag) for tag in tags})
    for version in ours["versions"]:
        entry = {**theirs["versions"][version]}
        entry["dist"] = {**entry["dist"], "tarball": tarball(version)}
        changed += _changes(f"{version}.", entry, ours["versions"][version])
    stated = {key: theirs["time"].get(key, ours["time"].get(key)) for key in ("created", "modified", *offered)}
    changed += [
        f"time.{key}: {said!r} became {ours['time'].get(key)!r}"
        for key, said in stated.items()
        if _instant(said) != _instant(ours["time"].get(key))
    ]
    return changed


def page_changes(theirs: JSON, ours: JSON, url: Callable[[str], str]) -> list[str]:
    """As above, of a simple page in JSON; a file that policy refuses is listed as yanked.

    Args:
        url: file name -> where it is served here.
    """
    changed = list(_changes("", theirs, ours, except_for={"meta", "files", "versions"}))
    if sorted(theirs["versions"]) != sorted(ours["versions"]):  # in no particular order (PEP 700)
        changed.append(f"versions: {sorted(set(theirs['versions']) ^ set(ours['versions']))[:20]}")
    changed += _changes("meta.", theirs["meta"], ours["meta"], except_for={"api-version"})
    if [file["filename"] for file in theirs["files"]] != [file["filename"] for file in ours["files"]]:
        return [*changed, "files: other names or another order"]
    for before, after in zip(theirs["files"], ours["files"], strict=True):
        refused = {"yanked"} if str(after.get("yanked")).startswith("Blocked by policy") else set()
        expected = {**before, "url": url(before["filename"])}
        changed += _changes(f"{before['filename']}.", expected, after, except_for=refused)
    return changed


def _changes(where: str, before: JSON, after: JSON, except_for: Set[str] = frozenset()) -> Iterator[str]:
    for key in (before.keys() | after.keys()) - except_for:
        was, now = before.get(key, ABSENT), after.get(key, ABSENT)
        if was != now:
            yield f"{where}{key}: {str(was)[:120]} became {str(now)[:120]}"


def _instant(said: str | None) -> int | None:
    """Milliseconds; registries write more digits or fewer."""
    return None if said is None else int(datetime.fromisoformat(said).timestamp() * 1000)
