"""One release by version or tag (`GET /left-pad/latest`), which pnpm asks for when it adds a package."""

from __future__ import annotations

import orjson

from pratique.core.ecosystem import Rendered
from pratique.ecosystems.npm import names, versions


def write_release(listing: bytes, wanted: str) -> Rendered | None:
    """The entry of a packument that was written here; None if it offers no such version or tag."""
    document = orjson.loads(listing)
    entry = document["versions"].get(document["dist-tags"].get(wanted, wanted))
    return None if entry is None else Rendered(orjson.dumps(entry), "application/json")


def release_file(name: str, wanted: str) -> str | None:
    """The tarball of a version; None for what is no version."""
    return names.tarball_name(name, wanted) if versions.is_version(wanted) else None
