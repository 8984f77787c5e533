"""Who gives back what was revoked: owners what owners revoked, administrators everything, no CI anything."""

from __future__ import annotations

import json

import pytest

from pratique.core.actors import ActorKind, Operation
from tests.harness.server import Answer
from tests.harness.site import Site, new_token
from tests.protocol.speakers import Speaker

WHOLE = frozenset({Operation.READ, Operation.PUBLISH, Operation.REVOKE, Operation.UNREVOKE, Operation.EXPOSURE})


async def asked(site: Site, verb: str, token: str, client: Speaker, **more: str) -> Answer:
    body = {"purl": f"pkg:{client.ecosystem}/mine@1.0.0", **more}
    return await site.ask("POST", f"/api/v1/{verb}", token, data=json.dumps(body), Content_Type="application/json")


async def status(site: Site, client: Speaker) -> int:
    return (await site.get(client.path("mine", "1.0.0"), site.token)).status


@pytest.fixture
async def owner(site: Site, client: Speaker) -> str:
    """A token of the owner of `mine`, good for all that owners may do with releases."""
    assert (await client.upload(site, "mine", "1.0.0", site.token)).status in (200, 201)
    return await new_token(site, "ann", ActorKind.USER, WHOLE)


async def test_an_owner_gives_back_what_the_owner_revoked(site: Site, client: Speaker, owner: str) -> None:
    assert (await asked(site, "revoke", owner, client, reason="false alarm")).status == 200
    assert await status(site, client) == 403

    assert (await asked(site, "unrevoke", owner, client)).status == 200

    assert await status(site, client) == 200


async def test_what_an_administrator_revoked_only_an_administrator_gives_back(
    site: Site, client: Speaker, owner: str
) -> None:
    assert (await asked(site, "revoke", site.admin, client, reason="malware")).status == 200

    refused = await asked(site, "unrevoke", owner, client)

    assert refused.status == 403
    assert "only an administrator gives it back" in refused.json()["error"]
    assert await status(site, client) == 403
    assert (await asked(site, "unrevoke", site.admin, client)).status == 200
    assert await status(site, client) == 200


async def test_an_administrator_adds_to_an_owners_revocation(site: Site, client: Speaker, owner: str) -> None:
    assert (await asked(site, "revoke", owner, client, reason="looks odd")).status == 200
    assert (await asked(site, "revoke", site.admin, client, reason="malware")).status == 200

    assert (await asked(site, "unrevoke", owner, client)).status == 403
    assert (await asked(site, "revoke", site.admin, client, reason="again")).status == 409
    assert (await asked(site, "unrevoke", site.admin, client)).status == 200

    assert await status(site, client) == 200


async def test_ci_revokes_and_never_gives_back(site: Site, client: Speaker, owner: str) -> None:
    ci = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.REVOKE}))
    assert (await asked(site, "revoke", ci, client, reason="the scan found something")).status == 200

    refused = await asked(site, "unrevoke", ci, client)

    assert refused.status == 403
    assert "never allowed to a credential of kind ci" in refused.json()["error"]
    assert (await asked(site, "unrevoke", owner, client)).status == 200
