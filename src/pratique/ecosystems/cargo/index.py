"""Read an index file of crates: one line of JSON a release, believed no further than it can be true.

A line that cannot be read is left out, so it is not offered and cannot be downloaded; an answer in which no
line can be read is an error. Source: The Cargo Book, "Registry Index".
"""

from __future__ import annotations

import re
from typing import Any

import orjson

from pratique.core.artifacts import Digests, FileView, ProjectView
from pratique.core.clock import read_published
from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream, InvalidName
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.sentences import MAX_LINE, clean
from pratique.ecosystems.cargo import names, versions
from pratique.ecosystems.cargo.registries import is_index_address

CARGO_ID = EcosystemId("cargo")
_MOST_BRACKETS = 200
"""What has fewer cannot be nested more deeply than can be written again."""

REFUSED, HIDDEN = "_refused", "_hidden"
"""Fields of a line with the sentence, for a server of our own kind in front; cargo passes over unknown fields.
A line is the index's own: nothing of a crate's manifest gets into it under these names."""

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
    display = next((str(file.raw["name"]) for file in reversed(files.values())), "")
    return ProjectView(key=ProjectKey(CARGO_ID, name), files=tuple(files.values()), display=display)


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
        published=read_published(entry.get("pubtime")),
        yanked=_yanked(entry),
        # Only what links a native library is known to have a build script before its bytes are read.
        execution_points=("build.rs",) if entry.get("links") else (),
        raw=entry,
    )


def sentence_of(entry: dict[str, Any], field: str) -> str | None:
    """What an upstream that decides as we do says in one of its fields of a line, None if it says nothing."""
    said = entry.get(field)
    return clean(said)[:MAX_LINE] or None if isinstance(said, str) else None


def _yanked(entry: dict[str, Any]) -> str | None:
    """Why it is yanked, '' if nobody says; what an upstream refuses or hides is, whatever else it says."""
    said = sentence_of(entry, REFUSED) or sentence_of(entry, HIDDEN)
    return said or ("" if entry.get("yanked") else None)


def _is_about(entry: dict[str, Any], name: str) -> bool:
    stated = entry.get("name")
    if not isinstance(stated, str) or not versions.is_version(entry.get("vers")):
        return False
    try:
        return names.canonical(stated) == name
    except InvalidName:
        return False


def _is_resolvable(entry: dict[str, Any]) -> bool:
    """Whether what is written anew has the form that cargo itself demands of it.

    A dependency on a registry that is no web address would lead clients to files or programs of their machine.
    """
    dependencies, features, yanked = entry.get("deps") or [], entry.get("features"), entry.get("yanked")
    listed = isinstance(dependencies, list) and all(map(_is_dependency, dependencies))
    return listed and isinstance(features, dict | None) and isinstance(yanked, bool | None)


def _is_dependency(stated: object) -> bool:
    return isinstance(stated, dict) and (stated.get("registry") is None or is_index_address(stated["registry"]))


def _digests(checksum: Any) -> Digests:
    """The stated sha256; none if it is no such thing, so that a rule says why nobody gets the file."""
    if isinstance(checksum, str) and _SHA256.match(checksum.lower()):
        return Digests(sha256=checksum.lower())
    return Digests()
