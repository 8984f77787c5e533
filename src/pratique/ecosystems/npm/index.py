"""Read a packument, npm's index document of one project, without believing more of it than can be true.

A version that cannot be read is left out, so it is not offered and cannot be downloaded; a document that is
no packument at all is an error. Source: npm's registry documentation, "package-metadata.md".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin, urlsplit

import orjson

from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import read_published
from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream
from pratique.core.names import EcosystemId, ProjectKey
from pratique.ecosystems.npm import names, versions
from pratique.ecosystems.npm.hidden import HIDDEN, is_hidden, read_hidden, unmarked
from pratique.ecosystems.npm.integrity import read_dist
from pratique.ecosystems.npm.scripts import execution_points
from pratique.formats import large_json

NPM_ID = EcosystemId("npm")
_FILENAME = re.compile(r"[A-Za-z0-9_!~*'()+-][A-Za-z0-9_.!~*'()+-]{0,511}")
_PLAIN_URL = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]{1,4})?(?:/[A-Za-z0-9_~!*'()@+-][A-Za-z0-9_.~!*'()@+-]*)+", re.ASCII
)
"""Nearly every address; taken as it is, because taking apart and joining 10,000 of them costs a second."""

_HIDDEN_UPSTREAM = "hidden by the policy of the upstream"

_NOT_RAW = frozenset({"versions", "dist-tags", "time", "_attachments", "stagedVersions", HIDDEN})
"""Fields that are read, or that would let clients see a version past its decision."""


def upstream_listing(name: str) -> UpstreamRequest:
    """How to ask for the full packument; a scope's slash is escaped, as npm does it."""
    return UpstreamRequest(path=name.replace("/", "%2f"), headers={"Accept": "application/json"})


def read_listing(name: str, content: bytes, content_type: str, url: str) -> ProjectView:
    """Read a full or abbreviated packument.

    Args:
        name: canonical name that was asked for.
        content: the answer's body.
        content_type: its declared type.
        url: where it came from; relative tarball addresses are resolved against it.

    Raises:
        BadUpstream: it is no packument, or one of another project.
    """
    document = _document(name, content, content_type)
    entries = document.get("versions", {})
    tags = document.get("dist-tags", {})
    if not isinstance(entries, dict) or not isinstance(tags, dict):
        raise _bad(name, "`versions` and `dist-tags` are not objects")
    times = document["time"] if isinstance(document.get("time"), dict) else {}
    hidden, hidden_times = read_hidden(document)
    dated = hidden_times | times
    offered = {version: unmarked(entry) for version, entry in entries.items()}
    read = [_read_version(name, version, entry, dated, url) for version, entry in (offered | hidden).items()]
    return ProjectView(
        key=ProjectKey(NPM_ID, name),
        files=tuple(file for file in read if file is not None),
        tags={tag: target for tag, target in tags.items() if versions.is_version(target)},
        raw=_project_fields(document, times),
    )


def _document(name: str, content: bytes, content_type: str) -> dict[str, Any]:
    if content.lstrip()[:1] == b"<" or content_type.lower().startswith("text/html"):
        raise _bad(name, "it is a web page; a login page, a proxy or a wrong address answers in its place")
    try:
        document = large_json.loads(content)
    except orjson.JSONDecodeError as error:
        raise _bad(name, f"it is no JSON ({error.msg})") from error
    if not isinstance(document, dict):
        raise _bad(name, "it is no JSON object")
    if "name" not in document and "versions" not in document:
        raise _bad(name, "it has neither `name` nor `versions`")
    if document.get("name", name) != name:
        raise _bad(name, f"it is about {str(document['name'])[:80]!a}")
    return document


def _bad(name: str, why: str) -> BadUpstream:
    return BadUpstream(f"the upstream's answer for {name} is no npm package document: {why}")


def _project_fields(document: dict[str, Any], times: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: times[key] for key in ("created", "modified") if isinstance(times.get(key), str)}
    if not kept and isinstance(document.get("modified"), str):
        kept = {"modified": document["modified"]}
    fields = {key: value for key, value in document.items() if key not in _NOT_RAW}
    return {**fields, "time": kept} if kept else fields


def _read_version(name: str, version: str, entry: Any, times: Mapping[str, Any], url: str) -> FileView | None:
    """One version as a file, or None if it cannot be offered."""
    if not isinstance(entry, dict) or not versions.is_version(version):
        return None
    if entry.get("version", version) != version or entry.get("name", name) != name:
        return None
    dist = entry.get("dist")
    tarball = _absolute(dist.get("tarball"), url) if isinstance(dist, dict) else None
    if not isinstance(dist, dict) or tarball is None:
        return None
    try:
        digests = read_dist(dist)
    except ValueError:
        return None
    return FileView(
        # One version is one file, and this is its name here: an upstream that renames it changes nothing.
        filename=names.tarball_name(name, version),
        version=version,
        url=tarball,
        digests=digests,
        published=read_published(times.get(version)),
        yanked=_HIDDEN_UPSTREAM if is_hidden(entry) else None,
        attested=bool(dist.get("attestations")),
        execution_points=execution_points(entry),
        raw=entry,
    )


def _absolute(tarball: Any, url: str) -> str | None:
    """An address to fetch from, without credentials or fragment; None for anything else."""
    if not isinstance(tarball, str) or not tarball or not tarball.isprintable() or " " in tarball:
        return None
    if _PLAIN_URL.fullmatch(tarball):
        return tarball
    try:
        absolute = urljoin(url, tarball)
        parts = urlsplit(absolute)
        parts.port  # noqa: B018, a broken port is noticed only when it is asked for
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts._replace(fragment="").geturl()
