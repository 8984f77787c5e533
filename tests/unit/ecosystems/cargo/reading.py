"""Shows bytes to the ecosystem as the server does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pratique.core.artifacts import Manifest, ProjectView, PublishDraft
from pratique.core.clock import from_iso
from pratique.core.decisions import Action, Decision, Vote
from pratique.core.ecosystem import ArchiveLimits, Listing, Rendered
from pratique.core.names import Subject
from pratique.ecosystems.cargo import CARGO
from pratique.services.judging.judge import allowed_versions
from tests.harness.crates import crate, publish_body
from tests.unit.formats.archives import Bytes

BASE = "http://127.0.0.1:7417/main/cargo"
LIMITS = ArchiveLimits()
PUBLISHED = from_iso("2024-01-02T03:04:05.678Z")


def read_crate(content: bytes, filename: str = "left-1.0.0.crate", limits: ArchiveLimits = LIMITS) -> Manifest:
    return CARGO.read_manifest(filename, Bytes(content), limits)


def manifest_of(more: str = "", *, name: str = "left", version: str = "1.0.0", **how: Any) -> Manifest:
    """What is read from a crate whose Cargo.toml has these further lines."""
    return read_crate(crate(name, version, more=more, **how), f"{name}-{version}.crate")


def publish(body: bytes, piece: int = 1 << 16) -> tuple[PublishDraft, bytes]:
    """Feed a body in pieces of one length."""
    out = bytearray()
    reader = CARGO.publish_reader({}, out.extend)
    for start in range(0, len(body), piece):
        reader.feed(body[start : start + piece])
    return reader.finish(), bytes(out)


def differing(more: str = "", **claims: Any) -> tuple[str, ...]:
    """In what these claims differ from a crate with these further lines of Cargo.toml."""
    draft, content = publish(publish_body("left", "1.0.0", crate("left", "1.0.0", more=more), **claims))
    return CARGO.compare_claims(draft, read_crate(content))


def listed(view: ProjectView, actions: Mapping[str, Action], base_urls: tuple[str, ...] = ()) -> Rendered:
    """The index file that cargo reads when these versions are judged so."""
    decisions = {}
    for file in view.files:
        action = actions.get(file.version, Action.ALLOW)
        votes = (Vote("cooldown", action, "is 3 hours old"),) if action else ()
        subject = Subject(view.key, file.version, file.filename)
        decisions[file.filename] = Decision(id=f"d{file.version}", subject=subject, action=action, votes=votes)
    allowed = allowed_versions(view, decisions, CARGO)
    listing = Listing(view, decisions, BASE, lambda identity: f"http://127.0.0.1:7417/r/{identity}", allowed, base_urls)
    return CARGO.write_listing(listing, CARGO.negotiate(None))


def lines(rendered: Rendered) -> dict[str, dict[str, Any]]:
    """The lines of an index file by version."""
    assert rendered.status == 200
    return {line["vers"]: line for line in map(orjson.loads, rendered.body.splitlines())}
