"""Read one file entry of a Simple API document; HTML anchors are brought into the same shape first.

Source: PEP 691 "Project Detail", PEP 700, PEP 658 and 714, PEP 592, PEP 740.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urljoin, urlsplit

from pratique.core.artifacts import Digests, FileView
from pratique.core.clock import read_published
from pratique.core.sentences import MAX_LINE, clean, one_line
from pratique.ecosystems.pypi.filenames import SDIST, read_filename

SDIST_EXECUTES = ("setup.py",)
"""Installing a source archive runs its build; a wheel is only unpacked."""

REFUSED = "_refused"
"""File field with the sentence where the bytes are refused too: by the yank alone a server of our own kind in
front could not tell it from a hidden file. The underscore keeps it out of the standards' way (PEP 700)."""

_PRINTED = frozenset({"requires-python", "yanked"})
"""Clients print these to terminals and logs, where a line of its own could pass for ours."""

MAX_NESTING = 16
"""Levels of fields that are passed through without being understood."""

_LENGTHS = {"md5": 32, "sha1": 40, "sha256": 64, "sha512": 128}
_HEX = re.compile(r"[0-9A-Fa-f]+\Z")


def read_entry(entry: Any, project: str, document_url: str) -> FileView | None:
    """One listed file, or None if it cannot be offered: another format, another project's, or malformed.

    Dropping is the closed side of failing: what is not understood is not offered.
    """
    if not isinstance(entry, dict):
        return None
    filename, url = entry.get("filename"), entry.get("url")
    if not isinstance(filename, str) or not isinstance(url, str):
        return None
    named = read_filename(filename, project)
    location = _absolute(url, document_url)
    digests = _digests(entry.get("hashes", {}))
    size = entry.get("size")
    metadata = _metadata(entry)
    if named is None or location is None or digests is None or not _is_size(size):
        return None
    return FileView(
        filename=filename,
        version=named.version,
        url=location,
        digests=digests,
        size=size,
        published=read_published(entry.get("upload-time")),
        yanked=refusal_of(entry) or _yanked(entry.get("yanked", False)),
        attested=_is_text(entry.get("provenance")),
        execution_points=SDIST_EXECUTES if named.filetype == SDIST else (),
        metadata=metadata,
        metadata_url=_beside(location) if metadata is not None else "",
        raw={key: _shown(key, value) for key, value in entry.items() if is_shallow(value, MAX_NESTING)},
    )


def refusal_of(entry: dict[str, Any]) -> str | None:
    """The sentence with which an upstream that decides as we do refuses the file's bytes, None if it does not."""
    said = entry.get(REFUSED)
    return clean(said)[:MAX_LINE] or None if isinstance(said, str) else None


def is_shallow(value: Any, levels: int) -> bool:
    """Whether a value can be written again without running into a serialiser's depth limit."""
    if isinstance(value, dict):
        return levels > 0 and all(is_shallow(item, levels - 1) for item in value.values())
    if isinstance(value, list):
        return levels > 0 and all(is_shallow(item, levels - 1) for item in value)
    return True


def _absolute(url: str, document_url: str) -> str | None:
    try:
        location = url if url.startswith(("https://", "http://")) else urljoin(document_url, url)
        parts = urlsplit(location)
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and location.isascii() and location.isprintable()
    return location.partition("#")[0] if usable and " " not in location else None


def _digests(hashes: Any) -> Digests | None:
    """The digests we know by name; None if any of them cannot be one."""
    if not isinstance(hashes, dict):
        return None
    known = {name: hashes[name] for name in _LENGTHS if name in hashes}
    for name, value in known.items():
        if not isinstance(value, str) or len(value) != _LENGTHS[name] or not _HEX.match(value):
            return None
    return Digests(**{name: value.lower() for name, value in known.items()})


def _is_size(size: Any) -> bool:
    return size is None or (isinstance(size, int) and not isinstance(size, bool) and size >= 0)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _yanked(value: Any) -> str | None:
    """The reason, '' for a yank without one, None for what is not yanked: any true value is a yank (PEP 691)."""
    if not value:
        return None
    return one_line(value) if isinstance(value, str) else ""


def _shown(field: str, value: Any) -> Any:
    """What clients print of a file goes without control characters; other fields are passed on as they are."""
    return one_line(value) if field in _PRINTED and isinstance(value, str) and value else value


def _metadata(entry: dict[str, Any]) -> Digests | None:
    """Digests of the metadata file: the current key wins over the one from before PEP 714.

    A file whose metadata is promised without a strong digest is listed without any: what a resolver
    reads there could change from one answer to the next. Clients then read the wheel, which is pinned.
    """
    value = entry["core-metadata"] if "core-metadata" in entry else entry.get("dist-info-metadata")
    digests = _digests(value) if isinstance(value, dict) else None
    return digests if digests is not None and digests.any_strong() else None


def _beside(location: str) -> str:
    """Where the metadata of the file at a URL is: its path with `.metadata`, whatever the query (PEP 658)."""
    path, mark, query = location.partition("?")
    return f"{path}.metadata{mark}{query}"
