"""How cargo asks, and how it reads the answers."""

from __future__ import annotations

import json
from typing import Any

from tests.harness import crates
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.server import Answer
from tests.harness.site import Site


class CargoSpeaker:
    """cargo and its sparse index, of which there is one form."""

    ecosystem = "cargo"
    form = "lines"
    popular = "serde"
    conflict = 409

    def released(self, registry: PlainRegistry, name: str, version: str, *, days: float = 90) -> Release:
        return registry.crate(name, version, days=days)

    async def listing(self, site: Site, name: str, token: str | None = None, **headers: str) -> Answer:
        return await site.get(f"/main/cargo/index/{crates.index_path(name)}", token, **headers)

    def offered(self, answer: Answer) -> list[str]:
        return sorted(line["vers"] for line in _lines(answer) if not line["yanked"])

    def listed(self, answer: Answer) -> list[str]:
        """Versions of all lines."""
        return sorted(line["vers"] for line in _lines(answer))

    def told(self, answer: Answer) -> str:
        if answer.status != 200:
            return answer.text
        return " ".join(str(line.get("_refused", line.get("_hidden", ""))) for line in _lines(answer))

    def path(self, name: str, version: str) -> str:
        return f"/main/cargo/files/{name}/{name}-{version}.crate"

    async def upload(self, site: Site, name: str, version: str, token: str | None, **change: Any) -> Answer:
        other = f'[package.metadata]\nother = "{change["manifest"]}"' if change.get("manifest") else ""
        content = change.get("content") or crates.crate(name, version, more=change.get("more", other))
        body = change.get("body") or crates.publish_body(name, version, content, **change.get("claims", {}))
        headers = {"Authorization": token} if token else {}
        return await site.ask("PUT", "/main/cargo/api/v1/crates/new", None, data=body, **headers)


def _lines(answer: Answer) -> list[dict[str, Any]]:
    return [json.loads(line) for line in answer.text.splitlines()] if answer.status == 200 else []
