"""Small inert crates, what cargo sends to publish one, and the lines that an index has about them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from tests.harness.packages import tar_gz


def crate(
    name: str,
    version: str,
    *,
    more: str = "",
    files: Mapping[str, str] = {},
    top: str = "",
    manifest: str | None = None,
) -> bytes:
    """What `cargo package` makes: one folder with Cargo.toml and the sources.

    Args:
        more: further lines of Cargo.toml, as a new table or as fields of `[package]`.
        files: further files by their path below the folder.
        top: the folder, where it is not as it should be.
        manifest: the whole Cargo.toml in place of a sound one.
    """
    sound = f'[package]\nname = "{name}"\nversion = "{version}"\nedition = "2021"\ndescription = "Inert"\n{more}\n'
    content = {
        "Cargo.toml": sound if manifest is None else manifest,
        "src/lib.rs": f'pub const IT: &str = "{name} {version}";\n',
        **files,
    }
    folder = top or f"{name}-{version}"
    return tar_gz({f"{folder}/{path}": text.encode() for path, text in content.items()})


def publish_body(name: str, version: str, content: bytes, **claims: Any) -> bytes:
    """The body of `PUT /api/v1/crates/new`."""
    stated = {
        "name": name,
        "vers": version,
        "deps": [],
        "features": {},
        "authors": [],
        "description": "Inert",
        "keywords": [],
        "categories": [],
        "badges": {},
        **claims,
    }
    metadata = json.dumps(stated).encode()
    return b"".join(part for one in (metadata, content) for part in (len(one).to_bytes(4, "little"), one))


def index_line(name: str, version: str, content: bytes, deps: Sequence[Mapping[str, Any]] = (), **fields: Any) -> str:
    """One line of an index file."""
    line = {
        "name": name,
        "vers": version,
        "deps": list(deps),
        "cksum": hashlib.sha256(content).hexdigest(),
        "features": {},
        "yanked": False,
        "links": None,
        "v": 2,
        **fields,
    }
    return json.dumps(line)


def index_path(name: str) -> str:
    """Where an index has the file of a crate."""
    low = name.lower()
    if len(low) < 3:
        return f"{len(low)}/{low}"
    return f"3/{low[0]}/{low}" if len(low) == 3 else f"{low[:2]}/{low[2:4]}/{low}"
