"""Write the packument a client reads: only what may be installed, tarballs here, tags moved.

Source: npm's registry documentation, "package-metadata.md", for the two forms.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson

from pratique.core.artifacts import FileView
from pratique.core.clock import to_iso
from pratique.core.ecosystem import Listing, Rendered
from pratique.core.errors import BadUpstream
from pratique.ecosystems.npm.hidden import HIDDEN, hidden_part, is_hidden
from pratique.ecosystems.npm.restrictions import restrictions
from pratique.ecosystems.npm.tags import move_tags

FULL = "full"
ABBREVIATED = "abbreviated"
_ABBREVIATED_TYPE = "application/vnd.npm.install-v1+json"
_CONTENT_TYPES = {FULL: "application/json", ABBREVIATED: _ABBREVIATED_TYPE}

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]+")
"""Nearly every file name: nothing in it has to be escaped."""

_ABBREVIATED_FIELDS = frozenset(
    {
        "name",
        "version",
        "deprecated",
        "dependencies",
        "optionalDependencies",
        "devDependencies",
        "bundleDependencies",
        "bundledDependencies",
        "peerDependencies",
        "peerDependenciesMeta",
        "acceptDependencies",
        "bin",
        "directories",
        "dist",
        "engines",
        "os",
        "cpu",
        "libc",
        "funding",
        "_hasShrinkwrap",
        "hasInstallScript",
    }
)


def negotiate(accept: str | None) -> str:
    """`abbreviated` for clients that ask for it at least as much as for JSON, else `full`."""
    wanted = {}
    for part in (accept or "").split(","):
        media_type, _, parameters = part.partition(";")
        wanted[media_type.strip().lower()] = _quality(parameters)
    abbreviated = wanted.get(_ABBREVIATED_TYPE, 0.0)
    return ABBREVIATED if abbreviated > 0 and abbreviated >= wanted.get("application/json", 0.0) else FULL


def write_listing(listing: Listing, form: str) -> Rendered:
    """The packument in one of its forms.

    Files whose decision leaves the listing, and those that the upstream hides, are not among the versions. If
    their download is refused too, `policyRestrictions` names them. A hidden one is not named there: npm would
    say "do not retry" of what a lockfile gets; the full form has it in a field for servers in front.

    Raises:
        BadUpstream: the index nests values deeper than JSON is written here (254 levels).
    """
    served = [file for file in listing.view.files if not listing.decisions[file.filename].action.refuses_download]
    offered = [file for file in served if is_offered(listing, file)]
    document, abbreviated = _head(listing, offered), form == ABBREVIATED
    name = listing.view.key.name
    folder = tarball_folder(listing.base_url, name)
    document["versions"] = {file.version: _version(name, folder, file, abbreviated=abbreviated) for file in offered}
    document["time"] = publish_times(listing.view.raw, offered)
    if abbreviated:
        document = _abbreviated_head(document)
    else:
        if not isinstance(document.get("_rev"), str):
            document["_rev"] = _revision(offered, document["dist-tags"])
        hidden = [file for file in served if not is_offered(listing, file)]
        document |= hidden_part(hidden, lambda file: _version(name, folder, file, abbreviated=False))
    return Rendered(body=_encode(document), content_type=_CONTENT_TYPES[form])


def is_offered(listing: Listing, file: FileView) -> bool:
    """Whether the version is among those that clients choose from."""
    return not is_hidden(file.raw) and not listing.decisions[file.filename].action.leaves_listing


def _encode(document: dict[str, Any]) -> bytes:
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise BadUpstream(f"the package document of {document['name']} cannot be written: {error}") from error


def _quality(parameters: str) -> float:
    for parameter in parameters.split(";"):
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                return float(value)
            except ValueError:
                return 0.0
    return 1.0


def _head(listing: Listing, offered: list[FileView]) -> dict[str, Any]:
    view = listing.view
    refused = {
        file.version: listing.decisions[file.filename]
        for file in view.files
        if listing.decisions[file.filename].action.refuses_download
    }
    document = {key: value for key, value in view.raw.items() if key not in ("time", "modified")}
    name = view.key.name
    said = restrictions(name, refused, listing.allowed, listing.explain_url, document.pop("policyRestrictions", None))
    document |= {"_id": name, "name": name, "dist-tags": move_tags(view.tags, [file.version for file in offered])}
    return document if said is None else {**document, "policyRestrictions": said}


def _revision(offered: list[FileView], tags: Mapping[str, str]) -> str:
    """A CouchDB-like revision, which npm sends back when it changes a package."""
    content = orjson.dumps([[file.version for file in offered], tags], option=orjson.OPT_SORT_KEYS)
    return f"{len(offered)}-{hashlib.sha256(content).hexdigest()[:32]}"


def tarball_folder(base_url: str, name: str) -> str:
    """Where the tarballs of a package are."""
    return f"{base_url}/{quote(name, safe='@/')}/-/"


def version_entry(name: str, folder: str, file: FileView) -> dict[str, Any]:
    """One version as the full form has it."""
    return _version(name, folder, file, abbreviated=False)


def _version(name: str, folder: str, file: FileView, *, abbreviated: bool) -> dict[str, Any]:
    raw = file.raw
    if abbreviated:
        entry = {field: value for field, value in raw.items() if field in _ABBREVIATED_FIELDS}
        if file.execution_points:
            entry["hasInstallScript"] = True
        entry |= {"name": name, "version": file.version}
    else:
        entry = {**raw, "name": name, "version": file.version}
        entry.pop(HIDDEN, None)
    address = file.filename if _PLAIN.fullmatch(file.filename) else quote(file.filename)
    entry["dist"] = {**raw["dist"], "tarball": folder + address}
    return entry


def publish_times(raw: Mapping[str, Any], offered: list[FileView]) -> dict[str, str]:
    """Publish times of what is offered; `created` and `modified` as stated, else from those."""
    published = {file.version: file.published for file in offered if file.published is not None}
    stated = raw.get("time", {})
    found = (
        {"created": to_iso(min(published.values())), "modified": to_iso(max(published.values()))} if published else {}
    )
    times = found | {field: stated[field] for field in ("created", "modified") if stated.get(field)}
    return times | {version: to_iso(instant) for version, instant in published.items()}


def _abbreviated_head(document: dict[str, Any]) -> dict[str, Any]:
    kept = {key: document[key] for key in ("name", "dist-tags", "versions", "time")}
    if "modified" in document["time"]:
        kept["modified"] = document["time"]["modified"]
    if "policyRestrictions" in document:
        kept["policyRestrictions"] = document["policyRestrictions"]
    return kept
