"""Write the listing a client reads: refused files stay listed, yanked, with the sentence as reason.

A yanked file is skipped by resolvers, and pip, uv and poetry show its reason; a left-out file only looks
like a spelling mistake. Source: PEP 592; measured with pip, uv and poetry.
"""

from __future__ import annotations

from collections.abc import Container
from typing import Any
from urllib.parse import quote

import orjson
from packaging.version import Version

from pratique.core.artifacts import Digests, FileView, ProjectStatus, ProjectView
from pratique.core.clock import Instant, to_iso
from pratique.core.ecosystem import Listing, Rendered
from pratique.core.sentences import one_line, refusal_line
from pratique.ecosystems.pypi.index_entry import REFUSED, refusal_of
from pratique.ecosystems.pypi.listing_html import write_page
from pratique.ecosystems.pypi.negotiation import CONTENT_TYPES, JSON
from pratique.ecosystems.pypi.status import write_status
from pratique.ecosystems.pypi.versions import version_key

FULL_VERSION, BARE_VERSION = "1.4", "1.0"
"""1.1 and later promise a size for every file; where an upstream states none we promise less."""

_NOT_PASSED_ON = frozenset({"alternate-locations", "files", "versions", "meta", "project-status"})
"""Project fields left out or written anew: other places to fetch from would lead around every decision."""

_REWRITTEN = frozenset(
    {
        "filename",
        "url",
        "hashes",
        "size",
        "upload-time",
        "requires-python",
        "yanked",
        "core-metadata",
        "dist-info-metadata",
        "provenance",
        "gpg-sig",
        REFUSED,
    }
)
"""File fields written anew or checked; `gpg-sig` promises a file beside ours that we do not serve."""

_ALGORITHMS = ("sha256", "sha512", "sha1", "md5")


def write_listing(listing: Listing, form: str) -> Rendered:
    """The document in the form that `negotiate` chose."""
    document = _document(listing)
    body = orjson.dumps(document) if form == JSON else write_page(document)
    return Rendered(body=body, content_type=CONTENT_TYPES[form])


def _document(listing: Listing) -> dict[str, Any]:
    view = listing.view
    complete = all(file.size is not None for file in view.files)
    meta = view.raw.get("meta")
    kept = {key: value for key, value in meta.items() if key != "tracks"} if isinstance(meta, dict) else {}
    status = view.status or ProjectStatus()
    return {
        "meta": kept | {"api-version": FULL_VERSION if complete else BARE_VERSION},
        **{key: value for key, value in view.raw.items() if key not in _NOT_PASSED_ON},
        **_status(view, status),
        "name": view.key.name,
        "versions": _versions(view),
        "files": [] if status.is_quarantined else [_entry(listing, file) for file in view.files],
    }


def _status(view: ProjectView, status: ProjectStatus) -> dict[str, Any]:
    """Not where an upstream says nothing of it: what it does not promise is not promised for it."""
    stated = view.raw.get("project-status")
    return {} if stated is None else {"project-status": write_status(status, stated)}


def _versions(view: ProjectView) -> list[str]:
    """Every version, in order; then what else an upstream counts among them, though it lists no file we offer."""
    mine = sorted({file.version for file in view.files}, key=version_key)
    stated = view.raw.get("versions")
    theirs = [one for one in stated if isinstance(one, str)] if isinstance(stated, list) else []
    known = {version_key(one) for one in mine}
    return mine + [one for one in dict.fromkeys(theirs) if not _is_among(one, known)]


def _is_among(version: str, known: Container[Version]) -> bool:
    """`1.0.0` is where `1.0` is."""
    try:
        return version_key(version) in known
    except ValueError:
        return False


def _entry(listing: Listing, file: FileView) -> dict[str, Any]:
    entry: dict[str, Any] = {key: value for key, value in file.raw.items() if key not in _REWRITTEN}
    entry["filename"] = file.filename
    entry["url"] = f"{listing.base_url}/files/{listing.view.key.name}/{quote(file.filename, safe='+!')}"
    entry["hashes"] = _hashes(file)
    if file.size is not None:
        entry["size"] = file.size
    if file.published is not None:
        entry["upload-time"] = _upload_time(file.raw.get("upload-time"), file.published)
    entry |= {key: file.raw[key] for key in ("requires-python", "provenance") if isinstance(file.raw.get(key), str)}
    if file.metadata is not None:
        entry["core-metadata"] = entry["dist-info-metadata"] = _known(file.metadata) or True
    refused = _refused(listing, file)
    entry["yanked"] = refused or _yanked(listing, file)
    return entry | ({REFUSED: refused} if refused else {})


def kept_back(view: ProjectView, filename: str) -> str | None:
    """The upstream's sentence about a file whose bytes it refuses, None if it refuses them not."""
    file = view.file(filename)
    return refusal_of(file.raw) if file is not None else None


def _upload_time(stated: Any, published: Instant) -> str:
    """The time as the index wrote it, with all its digits; ours if it left the zone out."""
    return stated if isinstance(stated, str) and stated.endswith("Z") else to_iso(published)


def _known(digests: Digests) -> dict[str, str]:
    return {name: value for name in _ALGORITHMS if (value := getattr(digests, name))}


def _hashes(file: FileView) -> dict[str, str]:
    stated = file.raw.get("hashes")
    others = {key: value for key, value in stated.items() if isinstance(value, str)} if isinstance(stated, dict) else {}
    return others | _known(file.digests)


def _refused(listing: Listing, file: FileView) -> str | None:
    """The sentence if the bytes are refused here, or else by the upstream: the strictest along the chain."""
    refuses = listing.decisions[file.filename].action.refuses_download
    return _sentence(listing, file) if refuses else refusal_of(file.raw)


def _yanked(listing: Listing, file: FileView) -> bool | str:
    if listing.decisions[file.filename].action.leaves_listing:
        return _sentence(listing, file)
    return False if file.yanked is None else one_line(file.yanked) or True


def _sentence(listing: Listing, file: FileView) -> str:
    decision = listing.decisions[file.filename]
    return refusal_line(decision, listing.allowed, listing.explain_url(decision.id))
