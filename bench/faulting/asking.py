"""Requests of clients, each to a node, and what came back: an answer that is whole, or none."""

from __future__ import annotations

import asyncio
import hashlib
import json
import time
from dataclasses import dataclass
from typing import Any

import aiohttp
from bench.faulting.deployment import Node
from tests.harness import crates, packages
from tests.harness.publishing import legacy_form, legacy_headers, multipart

PATIENCE = 12.0
"""Seconds after which a client gives up."""

ABBREVIATED = "application/vnd.npm.install-v1+json"
SIMPLE_JSON = "application/vnd.pypi.simple.v1+json"
UNFINISHED = 0
"""Stands for the status of a request whose answer broke off or never came."""


@dataclass(frozen=True)
class Answer:
    """What a client got. Bodies that broke off are none: their status is UNFINISHED."""

    status: int
    reason: str
    body: bytes
    asked: float
    answered: float

    @property
    def sha256(self) -> str:
        """Of the body."""
        return hashlib.sha256(self.body).hexdigest()

    def json(self) -> Any:
        """The body."""
        return json.loads(self.body)


class Client:
    """Speaks to one node."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._session = node.session()

    async def close(self) -> None:
        """Hang up."""
        await self._session.close()

    async def ask(
        self,
        method: str,
        path: str,
        token: str | None = None,
        *,
        data: bytes | None = None,
        headers: dict[str, str] | None = None,
        patience: float = PATIENCE,
    ) -> Answer:
        """One request without any client's habits."""
        named = dict(headers or {})
        if token is not None:
            named.setdefault("Authorization", f"Bearer {token}")
        asked = time.monotonic()
        try:
            async with (
                asyncio.timeout(patience),
                self._session.request(method, path, data=data, headers=named, allow_redirects=False) as answer,
            ):
                body = await answer.read()
                return Answer(answer.status, answer.reason or "", body, asked, time.monotonic())
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            return Answer(UNFINISHED, repr(error), b"", asked, time.monotonic())

    async def verb(self, name: str, token: str, **fields: Any) -> Answer:
        """A verb of the management API."""
        path, body = f"/api/v1/{name.replace(' ', '/')}", json.dumps(fields).encode()
        return await self.ask("POST", path, token, data=body, headers={"Content-Type": "application/json"})

    async def get(self, ecosystem: str, path: str, token: str | None = None) -> Answer:
        """A listing or a file."""
        accept = {"npm": ABBREVIATED, "pypi": SIMPLE_JSON}.get(ecosystem, "*/*")
        headers = {"Accept": accept}
        if token is not None and ecosystem == "cargo":
            headers["Authorization"] = token
        return await self.ask("GET", path, token, headers=headers)

    async def publish(self, ecosystem: str, name: str, version: str, content: bytes, token: str) -> Answer:
        """What npm, twine and cargo send."""
        if ecosystem == "npm":
            body = json.dumps(packages.npm_publish_body(name, version, content)).encode()
            return await self.ask(
                "PUT", f"/main/npm/{name}", token, data=body, headers={"Content-Type": "application/json"}
            )
        if ecosystem == "cargo":
            body = crates.publish_body(name, version, content)
            path = "/main/cargo/api/v1/crates/new"
            return await self.ask("PUT", path, data=body, headers={"Authorization": token})
        return await self._upload(name, version, content, token)

    async def _upload(self, name: str, version: str, content: bytes, token: str) -> Answer:
        filename = wheel_name(name, version)
        body = multipart(legacy_form(name, version, filename, content), filename, content)
        return await self.ask("POST", "/main/pypi/legacy/", data=body, headers=legacy_headers(token))


def wheel_name(name: str, version: str) -> str:
    """The filename of a wheel."""
    return f"{name.replace('-', '_')}-{version}-py3-none-any.whl"


def places(ecosystem: str, name: str, version: str) -> tuple[str, str]:
    """Where a release's file and its project's listing are."""
    if ecosystem == "npm":
        return f"/main/npm/{name}/-/{name}-{version}.tgz", f"/main/npm/{name}"
    if ecosystem == "pypi":
        return f"/main/pypi/files/{name}/{wheel_name(name, version)}", f"/main/pypi/simple/{name}/"
    return f"/main/cargo/files/{name}/{name}-{version}.crate", f"/main/cargo/index/{crates.index_path(name)}"


def listed(ecosystem: str, answer: Answer) -> set[str]:
    """Versions that a listing shows, yanked ones too."""
    if ecosystem == "npm":
        return set(answer.json()["versions"])
    if ecosystem == "pypi":
        return {one["filename"].split("-")[1] for one in answer.json()["files"]}
    return {json.loads(line)["vers"] for line in answer.body.decode().splitlines()}


def offered(ecosystem: str, answer: Answer) -> set[str]:
    """Versions that a resolver would take from a listing without being told to."""
    if ecosystem == "npm":
        return set(answer.json()["versions"])
    if ecosystem == "pypi":
        return {one["filename"].split("-")[1] for one in answer.json()["files"] if one.get("yanked", False) is False}
    lines = [json.loads(line) for line in answer.body.decode().splitlines()]
    return {line["vers"] for line in lines if not line["yanked"]}
