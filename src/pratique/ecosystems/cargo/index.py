"""Read an index file of crates: one line of JSON a release, believed no further than it can be true.

A line that cannot be read is left out, so it is not offered and cannot be downloaded; an answer in which no
line can be read is an error. Source: The Cargo Book, "Registry Index".
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from pratique.core.artifacts import Digests, FileView, ProjectView
from pratique.core.clock import Instant, from_iso
from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, InvalidName
from pratique.core.names import EcosystemId, ProjectKey
from pratique.ecosystems.cargo import names, versions

CARGO_ID = EcosystemId("cargo")
_LATEST = Instant(253_402_300_799_999)
"""The last millisecond of the year 9999; a time zone can lead beyond it, and nothing could write that down."""

_MOST_BRACKETS = 200
"""What has fewer cannot be nested more deeply than can be written again."""

_SHA256 = re.compile(r"[0-9a-f]{64}\Z")


def upstream_listing(name: str) -> UpstreamRequest:
    """How to ask for a crate's index file."""
    return UpstreamRequest(path=names.index_path(name), headers={"Accept": "text/plain"})


def read_listing(name: str, content: bytes, _content_type: str, _url: str) -> ProjectView:
    """Read an index file.

    Args:
        name: canonical name that was asked for.
        content: the answer's body.

    Raises:
        BadUpstream: it is no index file, or one of another crate.
    """
    lines = [line for line in content.splitlines() if line.strip()]
    read = [_read_line(name, line) for line in lines]
    files = {file.filename: file for file in read if file is not None}
    if lines and not files:
        raise BadUpstream(f"the upstream's answer for {name} is no index file of that crate: no line can be read")
    return ProjectView(key=ProjectKey(CARGO_ID, name), files=tuple(files.values()))


def _read_line(name: str, line: bytes) -> FileView | None:
    """One release as a file, or None if it cannot be offered."""
    try:
        entry = orjson.loads(line)
        if line.count(b"[") + line.count(b"{") > _MOST_BRACKETS:
            orjson.dumps(entry)
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        return None
    if not isinstance(entry, dict) or not _is_about(entry, name) or not _is_resolvable(entry):
        return None
    return FileView(
        filename=names.crate_filename(entry["name"], entry["vers"]),
        version=entry["vers"],
        digests=_digests(entry.get("cksum")),
        published=_instant(entry.get("pubtime")),
        yanked="" if entry.get("yanked") else None,
        # Only what links a native library is known to have a build script before its bytes are read.
        execution_points=("build.rs",) if entry.get("links") else (),
        raw=entry,
    )


def _is_about(entry: dict[str, Any], name: str) -> bool:
    stated = entry.get("name")
    if not isinstance(stated, str) or not versions.is_version(entry.get("vers")):
        return False
    try:
        return names.canonical(stated) == name
    except InvalidName:
        return False


def _is_resolvable(entry: dict[str, Any]) -> bool:
    """Whether what is written anew has the form that cargo itself demands of it."""
    dependencies, yanked = entry.get("deps") or [], entry.get("yanked")
    listed = isinstance(dependencies, list) and all(isinstance(one, dict) for one in dependencies)
    return listed and isinstance(yanked, bool | None)


def _digests(checksum: Any) -> Digests:
    """The stated sha256; none if it is no such thing, so that a rule says why nobody gets the file."""
    if isinstance(checksum, str) and _SHA256.match(checksum.lower()):
        return Digests(sha256=checksum.lower())
    return Digests()


def _instant(text: Any) -> Instant | None:
    """The stated time; none if it is no time at which a crate can have appeared."""
    if not isinstance(text, str):
        return None
    try:
        stated = from_iso(text)
    except (ValueError, OverflowError):
        return None
    return stated if 0 <= stated <= _LATEST else None
