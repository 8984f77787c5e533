"""Write a listing document as the HTML page that old and simple clients read.

Source: PEP 503, PEP 592, PEP 629, PEP 658, PEP 714, PEP 740, PEP 792. PEP 700's fields have no HTML form.
"""

from __future__ import annotations

from html import escape
from typing import Any

_PREFERRED_HASHES = ("sha256", "sha512", "sha1", "md5")


def write_page(document: dict[str, Any]) -> bytes:
    """The page for a document of `listing`; every value is escaped, whoever wrote it."""
    name = escape(document["name"])
    lines = [
        "<!DOCTYPE html>",
        '<html lang="en">',
        "<head>",
        '<meta charset="utf-8">',
        _meta("pypi:repository-version", document["meta"]["api-version"]),
        *_status_lines(document.get("project-status")),
        f"<title>Links for {name}</title>",
        "</head>",
        "<body>",
        f"<h1>Links for {name}</h1>",
        *(_anchor(entry) for entry in document["files"]),
        "</body>",
        "</html>",
        "",
    ]
    return "\n".join(lines).encode("utf-8", "replace")


def _meta(name: str, content: str) -> str:
    return f'<meta name="{name}" content="{escape(content)}">'


def _status_lines(status: Any) -> list[str]:
    if not isinstance(status, dict):
        return []
    pairs = (("pypi:project-status", status.get("status")), ("pypi:project-status-reason", status.get("reason")))
    return [_meta(name, value) for name, value in pairs if isinstance(value, str)]


def _anchor(entry: dict[str, Any]) -> str:
    attributes = {"href": entry["url"] + _fragment(entry["hashes"])}
    if isinstance(entry.get("requires-python"), str):
        attributes["data-requires-python"] = entry["requires-python"]
    for key in ("core-metadata", "dist-info-metadata"):
        if entry.get(key):
            attributes["data-" + key] = _fragment(entry[key]).lstrip("#") if isinstance(entry[key], dict) else "true"
    if isinstance(entry.get("provenance"), str):
        attributes["data-provenance"] = entry["provenance"]
    if entry["yanked"] is not False:
        attributes["data-yanked"] = entry["yanked"] if isinstance(entry["yanked"], str) else ""
    written = " ".join(f'{name}="{escape(value)}"' for name, value in attributes.items())
    return f"<a {written}>{escape(entry['filename'])}</a><br>"


def _fragment(hashes: dict[str, str]) -> str:
    algorithm = next((name for name in _PREFERRED_HASHES if name in hashes), None)
    return "" if algorithm is None else f"#{algorithm}={hashes[algorithm]}"
