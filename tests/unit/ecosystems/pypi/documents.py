"""Index documents for tests."""

from __future__ import annotations

import json
from typing import Any

import orjson

from pratique.core.artifacts import ProjectView
from pratique.core.decisions import Action, Decision, Vote
from pratique.core.ecosystem import Listing
from pratique.core.names import Subject
from pratique.ecosystems.pypi import PYPI
from pratique.services.judging.judge import allowed_versions

JSON_TYPE = "application/vnd.pypi.simple.v1+json"
URL = "https://index.example.test/simple/demo/"
BASE = "http://127.0.0.1:7417/main/pypi"
SHA = "a" * 64


def entry(filename: str = "demo-1.0-py3-none-any.whl", **fields: Any) -> dict[str, Any]:
    """A file entry as PyPI writes it; underscores in field names stand for dashes."""
    sound = {
        "filename": filename,
        "url": f"https://files.example.test/{filename}",
        "hashes": {"sha256": SHA},
        "size": 10,
        "upload-time": "2024-01-02T03:04:05.678901Z",
        "yanked": False,
    }
    return sound | {key.replace("_", "-"): value for key, value in fields.items()}


def document(*entries: Any, **fields: Any) -> bytes:
    sound = {"meta": {"api-version": "1.4"}, "name": "demo", "versions": ["1.0"], "files": list(entries)}
    return json.dumps(sound | {key.replace("_", "-"): value for key, value in fields.items()}).encode()


def read(content: bytes, content_type: str = JSON_TYPE, name: str = "demo") -> ProjectView:
    return PYPI.read_listing(name, content, content_type, URL)


def decided(view: ProjectView, refused: dict[str, Action] | None = None, why: str = "is 1 hour old") -> Listing:
    """A listing in which the versions named are voted on so; everything else is allowed."""
    decisions = {}
    for file in view.files:
        action = (refused or {}).get(file.version, Action.ALLOW)
        votes = (Vote("cooldown", action, why),) if action else ()
        decisions[file.filename] = Decision("id234", Subject(view.key, file.version, file.filename), action, votes)
    allowed = allowed_versions(view, decisions, PYPI)
    return Listing(view, decisions, BASE, lambda decision: f"http://127.0.0.1:7417/r/{decision}", allowed)


def written(listing: Listing) -> dict[str, Any]:
    return orjson.loads(PYPI.write_listing(listing, "json").body)
