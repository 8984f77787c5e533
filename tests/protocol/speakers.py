"""How a client of each ecosystem asks, and how it reads the answers. A new ecosystem adds one class."""

from __future__ import annotations

import base64
import hashlib
import json
from typing import Any, Protocol
from urllib.parse import quote

from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry, Release
from tests.harness.publishing import legacy_form, legacy_headers, multipart
from tests.harness.server import Answer
from tests.harness.site import Site
from tests.protocol.cargo_speaker import CargoSpeaker


class Speaker(Protocol):
    """One client, one listing form."""

    ecosystem: str
    form: str
    popular: str
    """A name among the most used ones."""
    conflict: int
    """Status of what cannot be published because something else was."""

    def released(self, registry: PlainRegistry, name: str, version: str, *, days: float = 90) -> Release:
        """Put a release on the public registry."""
        ...

    async def listing(self, site: Site, name: str, token: str | None = None, **headers: str) -> Answer:
        """Ask for a project's document in this form."""
        ...

    def offered(self, answer: Answer) -> list[str]:
        """Versions that a resolver would take from it without being told to."""
        ...

    def told(self, answer: Answer) -> str:
        """All policy sentences that the document carries."""
        ...

    def path(self, name: str, version: str) -> str:
        """Where the file of a release is."""
        ...

    async def upload(self, site: Site, name: str, version: str, token: str | None, **change: Any) -> Answer:
        """Publish one release."""
        ...


class NpmSpeaker:
    """npm, in the full or the abbreviated form."""

    ecosystem = "npm"
    popular = "react"
    conflict = 409

    def __init__(self, form: str, accept: str) -> None:
        self.form, self._accept = form, accept

    def released(self, registry: PlainRegistry, name: str, version: str, *, days: float = 90) -> Release:
        return registry.npm(name, version, days=days)

    async def listing(self, site: Site, name: str, token: str | None = None, **headers: str) -> Answer:
        return await site.get(f"/main/npm/{quote(name, safe='@')}", token, Accept=self._accept, **headers)

    def offered(self, answer: Answer) -> list[str]:
        return sorted(answer.json()["versions"])

    def told(self, answer: Answer) -> str:
        return json.dumps(answer.json().get("policyRestrictions", {}))

    def path(self, name: str, version: str) -> str:
        return f"/main/npm/{name}/-/{name.rsplit('/', 1)[-1]}-{version}.tgz"

    async def upload(self, site: Site, name: str, version: str, token: str | None, **change: Any) -> Answer:
        tarball = change.get("content") or packages.npm_tarball(name, version, manifest=change.get("manifest", {}))
        body = change.get("body") or packages.npm_publish_body(name, version, packages.npm_tarball(name, version))
        if "body" not in change:
            _attach(body, version, tarball)
        data = json.dumps(body).encode()
        return await site.ask(
            "PUT", f"/main/npm/{quote(name, safe='@')}", token, data=data, Content_Type="application/json"
        )


def _attach(body: dict[str, Any], version: str, tarball: bytes) -> None:
    """Let the publish document carry these bytes, whatever they are."""
    body["versions"][version]["dist"] |= {
        "integrity": packages.npm_integrity(tarball),
        "shasum": hashlib.sha1(tarball).hexdigest(),
    }
    for attachment in body["_attachments"].values():
        attachment |= {"data": base64.b64encode(tarball).decode(), "length": len(tarball)}


class PypiSpeaker:
    """PyPI, in JSON or HTML."""

    ecosystem = "pypi"
    popular = "requests"
    conflict = 400

    def __init__(self, form: str, accept: str) -> None:
        self.form, self._accept = form, accept

    def released(self, registry: PlainRegistry, name: str, version: str, *, days: float = 90) -> Release:
        return registry.wheel(name, version, days=days)

    async def listing(self, site: Site, name: str, token: str | None = None, **headers: str) -> Answer:
        return await site.get(f"/main/pypi/simple/{name}/", token, Accept=self._accept, **headers)

    def offered(self, answer: Answer) -> list[str]:
        return sorted(version for version, yanked in self._files(answer) if yanked is None)

    def told(self, answer: Answer) -> str:
        return " ".join(yanked for _, yanked in self._files(answer) if yanked)

    def _files(self, answer: Answer) -> list[tuple[str, str | None]]:
        if self.form == "json":
            files = answer.json()["files"]
            return [(_version(one["filename"]), _reason(one.get("yanked", False))) for one in files]
        anchors = answer.text.split("<a ")[1:]
        return [(_version(_attribute(part, "href").rsplit("/", 1)[-1]), _yanked(part)) for part in anchors]

    def path(self, name: str, version: str) -> str:
        return f"/main/pypi/files/{name}/{name.replace('-', '_')}-{version}-py3-none-any.whl"

    async def upload(self, site: Site, name: str, version: str, token: str | None, **change: Any) -> Answer:
        filename, content = packages.wheel(name, version, change.get("requires", ()))
        content = change.get("content", content)
        form = legacy_form(name, version, filename, content) | change.get("fields", {})
        body = multipart(form, change.get("filename", filename), content)
        return await site.ask("POST", "/main/pypi/legacy/", None, data=body, **legacy_headers(token))


def _version(filename: str) -> str:
    return filename.split("#")[0].split("-")[1]


def _reason(yanked: bool | str) -> str | None:
    return None if yanked is False else str(yanked)


def _attribute(anchor: str, name: str) -> str:
    return anchor.split(f'{name}="', 1)[1].split('"', 1)[0]


def _yanked(anchor: str) -> str | None:
    head = anchor.split(">", 1)[0]
    return _attribute(head, "data-yanked") if "data-yanked" in head else None


SPEAKERS: tuple[Speaker, ...] = (
    NpmSpeaker("full", "application/json"),
    NpmSpeaker("abbreviated", "application/vnd.npm.install-v1+json; q=1.0, application/json; q=0.8, */*"),
    PypiSpeaker("json", "application/vnd.pypi.simple.v1+json"),
    PypiSpeaker("html", "text/html"),
    CargoSpeaker(),
)
