"""PyPI's JSON API: a project, or one release, with its files, its metadata and advisories about it.

What nobody here knows is null, as that API writes it. Source: the documentation of PyPI's JSON API.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import orjson
from packaging.utils import InvalidWheelFilename, parse_wheel_filename

from pratique.core.advisories import ProjectAdvisory
from pratique.core.artifacts import FileView
from pratique.core.clock import to_iso
from pratique.core.ecosystem import Listing, Rendered
from pratique.core.ecosystem_verbs import ProjectDescription
from pratique.core.errors import Invalid, TooLarge
from pratique.core.sentences import one_line, refusal_line
from pratique.ecosystems.pypi.filenames import SDIST, WHEEL
from pratique.ecosystems.pypi.metadata import parse_metadata
from pratique.ecosystems.pypi.names import normalise

_TEXTS = (
    "author",
    "author_email",
    "description",
    "description_content_type",
    "download_url",
    "home_page",
    "license",
    "license_expression",
    "maintainer",
    "maintainer_email",
    "requires_python",
    "summary",
)
_LISTS = ("classifiers", "dynamic", "license_files", "provides_extra", "requires_dist")
_DIGESTS = ("blake2b_256", "md5", "sha256")


def write_project(project: ProjectDescription) -> Rendered:
    """The document; of one release it has no `releases`, as on PyPI."""
    listing = project.listing
    files = [_file(listing, one) for one in project.files]
    document: dict[str, Any] = {
        "info": _info(project, files),
        "urls": files,
        "vulnerabilities": [_vulnerability(one) for one in project.advisories],
    }
    if project.whole:
        releases: dict[str, list[dict[str, Any]]] = {}
        for one in project.offered:
            releases.setdefault(one.version, []).append(_file(listing, one))
        document["releases"] = releases
    return Rendered(orjson.dumps(document), "application/json")


def _info(project: ProjectDescription, files: list[dict[str, Any]]) -> dict[str, Any]:
    """What the release says of itself; without that, what its files' entries in the index say."""
    said = project.said
    name = project.listing.view.key.name
    page = f"{project.listing.base_url}/simple/{name}/"
    keywords = said.get("keywords")
    withdrawn = all(one["yanked"] for one in files)
    reasons = [one["yanked_reason"] for one in files if one["yanked_reason"]] if withdrawn else []
    return {
        **{field: said.get(field) for field in (*_TEXTS, *_LISTS)},
        "classifiers": said.get("classifiers", []),
        "requires_python": one_line(said.get("requires_python") or "") or _requires_python(project.files),
        "keywords": ",".join(keywords) if isinstance(keywords, list) else None,
        "name": said["name"] if normalise(said.get("name", "")) == name else name,
        "package_url": page,
        "platform": ",".join(said["platforms"]) if said.get("platforms") else None,
        "project_url": page,
        "project_urls": said.get("project_urls"),
        "release_url": page,
        "version": project.version,
        "yanked": withdrawn,
        "yanked_reason": reasons[0] if reasons else None,
    }


def read_said(content: bytes) -> dict[str, Any]:
    """The fields of core metadata; none where it cannot be read, which is its publisher's business."""
    try:
        return parse_metadata(content, "METADATA")
    except (Invalid, TooLarge):
        return {}


def _requires_python(files: tuple[FileView, ...]) -> str | None:
    stated = (one.raw.get("requires-python") for one in files)
    return next((one for one in stated if isinstance(one, str)), None)


def _file(listing: Listing, file: FileView) -> dict[str, Any]:
    stated = file.raw.get("requires-python")
    time = None if file.published is None else to_iso(file.published)
    reason = _withdrawn(listing, file)
    return {
        "digests": {name: value for name in _DIGESTS if (value := getattr(file.digests, name))},
        "filename": file.filename,
        "has_sig": False,
        "md5_digest": file.digests.md5,
        "packagetype": WHEEL if file.filename.endswith(".whl") else SDIST,
        "python_version": _python_version(file.filename),
        "requires_python": stated if isinstance(stated, str) else None,
        "size": file.size,
        "upload_time": time.partition(".")[0] if time else None,
        "upload_time_iso_8601": time,
        "url": f"{listing.base_url}/files/{listing.view.key.name}/{quote(file.filename, safe='+!')}",
        "yanked": reason is not None,
        "yanked_reason": reason or None,
    }


def _withdrawn(listing: Listing, file: FileView) -> str | None:
    """Why resolvers should pass it over: policy's sentence, or the publisher's reason; None if they need not."""
    decision = listing.decisions[file.filename]
    if decision.action.leaves_listing:
        return refusal_line(decision, listing.allowed, listing.explain_url(decision.id))
    return file.yanked


def _python_version(filename: str) -> str:
    """The first tag of a wheel (`py3`, `cp311`); `source` for everything else."""
    if not filename.endswith(".whl"):
        return "source"
    try:
        parse_wheel_filename(filename)
    except InvalidWheelFilename:
        return "any"
    return filename.split("-")[-3]


def _vulnerability(one: ProjectAdvisory) -> dict[str, Any]:
    return {
        "aliases": list(one.aliases),
        "details": one.details or one.title,
        "fixed_in": list(one.fixed),
        "id": one.id,
        "link": one.url,
        "source": "osv",
        "summary": one.title,
        "withdrawn": None,
    }
