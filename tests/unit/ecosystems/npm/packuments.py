"""Builds packuments, decisions and tarballs for tests."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping

import orjson

from pratique.core.artifacts import ProjectView
from pratique.core.decisions import Action, Decision, Vote
from pratique.core.ecosystem import Listing
from pratique.core.names import Subject
from pratique.ecosystems.npm import NPM
from pratique.services.judging.judge import allowed_versions

UPSTREAM = "https://upstream.example.test"
BASE = "http://127.0.0.1:7417/main/npm"
SHA512 = "sha512-" + base64.b64encode(hashlib.sha512(b"").digest()).decode()


def entry(name: str, version: str, **fields):
    """One version as an upstream lists it."""
    dist = {"tarball": f"{UPSTREAM}/{name}/-/{name.split('/')[-1]}-{version}.tgz", "integrity": SHA512}
    return {"name": name, "version": version, "dist": dist} | fields


def document(name: str, *versions: str, tags: Mapping[str, str] | None = None, **fields):
    """A packument of plain versions, published a day apart."""
    times = {version: f"2024-01-{day + 1:02d}T00:00:00.000Z" for day, version in enumerate(versions)}
    return {
        "_id": name,
        "_rev": "7-abc",
        "name": name,
        "dist-tags": dict(tags or {}),
        "versions": {version: entry(name, version) for version in versions},
        "time": {"created": "2024-01-01T00:00:00.000Z", "modified": "2024-02-01T00:00:00.000Z"} | times,
    } | fields


def read(packument: object, name: str = "left") -> ProjectView:
    content = packument if isinstance(packument, bytes) else orjson.dumps(packument)
    return NPM.read_listing(name, content, "application/json", f"{UPSTREAM}/{name.replace('/', '%2f')}")


def decision(view: ProjectView, version: str, action: Action, rule: str = "cooldown", why: str = "is 3 hours old"):
    subject = Subject(view.key, version, f"{version}.tgz")
    votes = (Vote(rule, action, why),) if action else ()
    return Decision(id=f"d{version.replace('.', '')}", subject=subject, action=action, votes=votes)


def listed(view: ProjectView, refused: Mapping[str, Action | Decision], form: str = "full"):
    """The document a client reads when these versions are refused, parsed."""
    decisions = {}
    for file in view.files:
        said = refused.get(file.version, Action.ALLOW)
        decisions[file.filename] = said if isinstance(said, Decision) else decision(view, file.version, said)
    allowed = allowed_versions(view, decisions, NPM)
    listing = Listing(view, decisions, BASE, lambda identity: f"http://127.0.0.1:7417/r/{identity}", allowed)
    rendered = NPM.write_listing(listing, form)
    assert rendered.status == 200
    return orjson.loads(rendered.body)
