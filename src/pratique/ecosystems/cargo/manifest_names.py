"""What a Cargo.toml depends on. Source: The Cargo Book, "Specifying Dependencies"."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pratique.core.errors import InvalidName, TooLarge
from pratique.core.mentions import MAX_MENTIONS, Mention
from pratique.ecosystems.cargo import names
from pratique.formats.toml import read_toml

MANIFESTS = ("Cargo.toml",)
MAX_BYTES = 1 << 20
_TABLES = ("dependencies", "dev-dependencies", "build-dependencies", "dev_dependencies", "build_dependencies")
_WHENCE = {"git": "comes from git", "path": "comes from a folder", "registry": "comes from another registry",
           "registry-index": "comes from another registry"}  # fmt: skip


def read_manifest_names(_filename: str, content: bytes) -> tuple[Mention, ...]:
    """The names it depends on, in its order.

    Raises:
        Invalid: it is no Cargo.toml.
        TooLarge: it has more bytes or names than are read.
    """
    document = read_toml(content, "the Cargo.toml", MAX_BYTES)
    found = tuple(dict.fromkeys(_mentions(document)))
    if len(found) > MAX_MENTIONS:
        raise TooLarge(f"the Cargo.toml names {len(found)} crates; at most {MAX_MENTIONS} are read")
    return found


def _mentions(document: Mapping[str, Any]) -> Iterator[Mention]:
    targets = document.get("target")
    places = [document, document.get("workspace"), *(targets.values() if isinstance(targets, dict) else ())]
    for place in places:
        for table in _TABLES:
            listed = place.get(table) if isinstance(place, dict) else None
            for alias, wanted in listed.items() if isinstance(listed, dict) else ():
                yield from _mention(alias, wanted if isinstance(wanted, dict) else {})


def _mention(alias: str, wanted: Mapping[str, Any]) -> Iterator[Mention]:
    if wanted.get("workspace") is True:
        return  # the workspace says what it is
    real = wanted.get("package")
    try:
        name = names.canonical(real if isinstance(real, str) else alias)
    except InvalidName:
        return
    yield Mention(name, next((why for key, why in _WHENCE.items() if key in wanted), ""))
