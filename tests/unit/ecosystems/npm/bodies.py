"""Builds the bodies of `npm publish` and the tarballs inside them, sound ones and broken ones."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any

from pratique.core.artifacts import PublishDraft
from pratique.core.ecosystem import ArchiveLimits
from pratique.ecosystems.npm import NPM
from tests.unit.formats.archives import Bytes, tar_gz

LIMITS = ArchiveLimits()


def tarball(package: Any, *members: Any, top: str = "package") -> bytes:
    """A tarball with this package.json, as `npm pack` makes it."""
    content = package if isinstance(package, bytes) else json.dumps(package).encode()
    return tar_gz((f"{top}/package.json", content), *members)


def manifest(artefact: bytes, filename: str = "left-1.0.0.tgz"):
    return NPM.read_manifest(filename, Bytes(artefact), LIMITS)


def body(name: str = "left", version: str = "1.0.0", artefact: bytes = b"tarball", **changes: Any) -> dict[str, Any]:
    """What npm 11 sends."""
    integrity = "sha512-" + base64.b64encode(hashlib.sha512(artefact).digest()).decode()
    dist = {
        "integrity": integrity,
        "shasum": hashlib.sha1(artefact).hexdigest(),
        "tarball": f"http://x/{name}-{version}.tgz",
    }
    return {
        "_id": name,
        "name": name,
        "description": "a package",
        "dist-tags": {"latest": version},
        "versions": {version: {"name": name, "version": version, "_id": f"{name}@{version}", "dist": dist}},
        "access": None,
        "_attachments": {
            f"{name}-{version}.tgz": {
                "content_type": "application/octet-stream",
                "data": base64.b64encode(artefact).decode(),
                "length": len(artefact),
            }
        },
    } | changes


def publish(document: Any, piece: int = 1 << 16, headers: dict[str, str] | None = None) -> tuple[PublishDraft, bytes]:
    """Feed a body in pieces of one length."""
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    out = bytearray()
    reader = NPM.publish_reader(headers or {"Content-Type": "application/json"}, out.extend)
    for start in range(0, len(content), piece):
        reader.feed(content[start : start + piece])
    return reader.finish(), bytes(out)
