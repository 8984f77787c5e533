"""An upstream's listing as a project view, and own files and projects in the same form.

Source: PEP 691, PEP 503, PEP 700, PEP 714, PEP 792.
"""

from __future__ import annotations

from typing import Any

import msgspec
import orjson

from pratique.core.artifacts import FileView, Manifest, OwnFile, ProjectView
from pratique.core.clock import to_iso
from pratique.core.ecosystem import UpstreamRequest
from pratique.core.errors import BadUpstream
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.sentences import one_line
from pratique.ecosystems.pypi.index_entry import MAX_NESTING, is_shallow, read_entry
from pratique.ecosystems.pypi.index_html import read_page
from pratique.ecosystems.pypi.names import normalise
from pratique.ecosystems.pypi.status import read_status
from pratique.ecosystems.pypi.versions import canonical_version
from pratique.formats import large_json

PYPI_ID = EcosystemId("pypi")

_ACCEPT = "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.2, text/html;q=0.01"
_HTML_TYPES = ("text/html", "application/vnd.pypi.simple.v1+html", "application/xhtml+xml")
_JSON_TYPES = ("application/vnd.pypi.simple.v1+json", "application/json")


def upstream_listing(name: str) -> UpstreamRequest:
    """How to ask for a project, relative to a base URL that ends in `/simple/`."""
    return UpstreamRequest(path=f"{normalise(name)}/", headers={"Accept": _ACCEPT})


def read_listing(name: str, content: bytes, content_type: str, url: str) -> ProjectView:
    """Read an upstream's project page.

    Args:
        name: canonical name that was asked for.
        content: body, uncompressed.
        content_type: as the upstream states it.
        url: where the document came from, after redirects; relative URLs start there.

    Raises:
        BadUpstream: no index document, of another major version, or of another project.
    """
    document = _document(content, content_type, url)
    meta, entries = document.get("meta"), document.get("files")
    if not isinstance(meta, dict) or not isinstance(entries, list):
        raise BadUpstream("the upstream's document is no project page: `meta` or `files` is missing (PEP 691)")
    version = meta.get("api-version")
    if not isinstance(version, str) or not version.startswith("1."):
        raise BadUpstream(
            f"the upstream speaks version {ascii(version)[:40]} of the index format; only 1.x is understood"
        )
    stated = document.get("name", name)
    if not isinstance(stated, str) or normalise(stated) != name:
        raise BadUpstream(f"the upstream answered for another project than {name}; it is not used")
    files: dict[str, FileView] = {}
    for entry in entries:
        file = read_entry(entry, name, url)
        if file is not None:
            files.setdefault(file.filename, file)
    raw = {key: value for key, value in document.items() if key != "files" and is_shallow(value, MAX_NESTING)}
    status = read_status(raw.get("project-status"))
    return ProjectView(ProjectKey(PYPI_ID, name), tuple(files.values()), raw=raw, status=status)


def _document(content: bytes, content_type: str, url: str) -> dict[str, Any]:
    media_type = content_type.partition(";")[0].strip().lower()
    if media_type in _HTML_TYPES:
        return read_page(content, url)
    if media_type not in _JSON_TYPES:
        raise BadUpstream(f"the upstream answered with {ascii(media_type)[:60]}, which is no form of a package index")
    try:
        document = large_json.loads(content)
    except orjson.JSONDecodeError:
        what = "a web page" if content.lstrip()[:1] == b"<" else "broken JSON"
        raise BadUpstream(f"the upstream answered with {what} where an index document should be") from None
    if not isinstance(document, dict):
        raise BadUpstream("the upstream's document is no project page (PEP 691)")
    return document


_REQUIRES_PYTHON = "requires_python"


def indexed(manifest: Manifest) -> Manifest:
    """The only field that a listing states. The metadata file has its own place and stays as it is."""
    kept = {field: value for field, value in manifest.fields.items() if field == _REQUIRES_PYTHON}
    return msgspec.structs.replace(manifest, fields=kept)


def own_file(file: OwnFile) -> FileView:
    """An own file as the index lists it."""
    yanked = None if file.yanked is None else one_line(file.yanked)
    raw: dict[str, Any] = {
        "filename": file.filename,
        "hashes": {"sha256": file.digests.sha256} if file.digests.sha256 else {},
        "size": file.size,
        "upload-time": to_iso(file.published),
        "yanked": False if yanked is None else yanked or True,
    }
    requires_python = file.manifest.fields.get(_REQUIRES_PYTHON)
    if isinstance(requires_python, str):
        raw["requires-python"] = one_line(requires_python)
    if file.metadata is not None:
        stated = {"sha256": file.metadata.sha256} if file.metadata.sha256 else True
        raw["core-metadata"] = raw["dist-info-metadata"] = stated
    return FileView(
        filename=file.filename,
        version=canonical_version(file.version),
        digests=file.digests,
        size=file.size,
        published=file.published,
        yanked=yanked,
        execution_points=file.manifest.execution_points,
        metadata=file.metadata,
        raw=raw,
    )


def own_project(key: ProjectKey, files: tuple[FileView, ...], tags: dict[str, str]) -> ProjectView:
    """An own project around its files; `tags` have no place in this format."""
    return ProjectView(key, files, raw={"meta": {}, "name": key.name, "project-status": {}})
