"""What npm asks of a registry for publishers, request by request."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.publishing.membership import SetMember, set_member
from pratique.trust.permissions import Role
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.speakers import NpmSpeaker

FULL = NpmSpeaker("full", "application/json")
SHORT = NpmSpeaker("abbreviated", "application/vnd.npm.install-v1+json")
EVERYTHING = frozenset(Operation) - {Operation.ACCOUNTS, Operation.APPROVE, Operation.POLICY}
"""What a token of an account that administers nothing can be good for."""


@dataclass
class Publisher:
    """Somebody with npm and a token for everything."""

    site: Site
    token: str | None

    async def publish(self, name: str, *versions: str, **change: Any) -> None:
        for version in versions:
            answer = await FULL.upload(self.site, name, version, self.token, **change)
            assert answer.status == 201, answer.text

    async def document(self, name: str, *, write: bool = True) -> dict[str, Any]:
        answer = await self.read(name, write=write)
        assert answer.status == 200, answer.text
        return answer.json()

    async def read(self, name: str, *, write: bool = True) -> Answer:
        query = "?write=true" if write else ""
        return await self.site.get(f"/main/npm/{quote(name, safe='@')}{query}", self.token, Accept="application/json")

    async def put(self, path: str, content: Any, **headers: str) -> Answer:
        return await self.send("PUT", path, content, **headers)

    async def send(self, method: str, path: str, content: Any = None, **headers: str) -> Answer:
        data = None if content is None else json.dumps(content).encode()
        return await self.site.ask(
            method, f"/main/npm/{path}", self.token, data=data, Content_Type="application/json", **headers
        )

    async def get(self, path: str) -> Answer:
        return await self.site.get(f"/main/npm/{path}", self.token)

    async def deprecate(self, name: str, message: str, *versions: str) -> Answer:
        document = await self.document(name)
        for version in versions:
            document["versions"][version]["deprecated"] = message
        return await self.put(quote(name, safe="@"), document)

    async def unpublish(self, name: str, version: str) -> tuple[Answer, Answer]:
        """What npm sends for one of several versions: the document without it, then the end of the tarball."""
        document = await self.document(name)
        gone = document["versions"].pop(version)
        tags = document["dist-tags"]
        latest = tags.get("latest")
        document["dist-tags"] = {tag: to for tag, to in tags.items() if to != version}
        if latest == version:
            document["dist-tags"]["latest"] = max(document["versions"])
        taken = await self.put(f"{quote(name, safe='@')}/-rev/{document['_rev']}", document)
        again = await self.read(name)
        path = gone["dist"]["tarball"].partition("/main/npm/")[2]
        revision = again.json().get("_rev", "none")
        return taken, await self.send("DELETE", f"{path}/-rev/{revision}")

    async def set_owners(self, name: str, *owners: str, revision: str | None = None) -> Answer:
        document = await self.document(name, write=False)
        maintainers = [{"name": owner, "email": ""} for owner in owners]
        body = {"_id": document["_id"], "_rev": document["_rev"], "maintainers": maintainers}
        return await self.put(f"{quote(name, safe='@')}/-rev/{revision or document['_rev']}", body)


async def publisher(
    site: Site, user: str = "ann", operations: frozenset[Operation] = EVERYTHING, **more: Any
) -> Publisher:
    """A publisher with a person's token, unless another kind is asked for."""
    kind = more.pop("kind", ActorKind.USER)
    return Publisher(site, await new_token(site, user, kind, operations, **more))


async def make_member(site: Site, purl: str, user: str, role: str | None) -> None:
    await set_member(site.ports, SetMember(purl, user, None if role is None else Role(role)), OPERATOR)


def error(answer: Answer) -> str:
    """The sentence."""
    return str(answer.json()["error"])
