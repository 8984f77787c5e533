"""Publishing while something else happens: the credential ends, others publish, the disk fills with refusals."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import DisableUser, disable_user
from pratique.services.accounts.tokens import ListTokens, RevokeToken, list_tokens, revoke_token
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.site import Site, new_token
from tests.protocol.speakers import NpmSpeaker, PypiSpeaker, Speaker

READ_PUBLISH = frozenset({Operation.READ, Operation.PUBLISH})


async def _revoke(site: Site) -> None:
    tokens = (await list_tokens(site.ports, ListTokens(user="ann"), OPERATOR)).tokens
    await revoke_token(site.ports, RevokeToken(id=max(one.id for one in tokens)), OPERATOR)


async def _disable(site: Site) -> None:
    await disable_user(site.ports, DisableUser(name="ann"), OPERATOR)


async def _expire(site: Site) -> None:
    site.clock.set("+2h")


@pytest.mark.parametrize("end", [_revoke, _disable, _expire])
async def test_a_credential_that_ends_during_the_upload_publishes_nothing(site: Site, end) -> None:
    token = await new_token(site, "ann", ActorKind.CI, READ_PUBLISH, expires_in="1h")
    body = json.dumps(packages.npm_publish_body("ours", "1.0.0", packages.npm_tarball("ours", "1.0.0"))).encode()

    async def slowly() -> AsyncIterator[bytes]:
        yield body[:200]
        await end(site)
        yield body[200:]

    answer = await site.ask("PUT", "/main/npm/ours", token, data=slowly(), Content_Type="application/json")

    assert answer.status == 401
    npm = NpmSpeaker("full", "application/json")
    assert (await npm.listing(site, "ours", site.admin)).status == 404
    assert _kept(site) == []


async def test_refused_republishes_leave_no_bytes_behind(site: Site, client: Speaker) -> None:
    await client.upload(site, "ours", "1.0.0", site.token)
    before = [path for path in (site.data / "blobs").rglob("*") if path.is_file()]
    for number in range(3):
        again = await client.upload(
            site, "ours", "1.0.0", site.token, manifest={"x": number}, requires=(f"left=={number}",)
        )
        assert again.status == client.conflict
    assert [path for path in (site.data / "blobs").rglob("*") if path.is_file()] == before
    assert not list((site.data / "tmp").glob("*"))


async def test_many_uploads_of_one_file_at_once_keep_the_bytes_of_the_one_that_got_in(
    site: Site, client: Speaker
) -> None:
    answers = await asyncio.gather(
        *(
            client.upload(site, "ours", "1.0.0", site.token, manifest={"x": number}, requires=(f"left=={number}",))
            for number in range(8)
        )
    )

    assert sorted(answer.status for answer in answers)[1:] == [client.conflict] * 7
    assert len(_kept(site)) == 1


async def test_a_token_that_may_only_read_is_turned_away_before_it_uploads(site: Site) -> None:
    token = await new_token(site, "ann", ActorKind.SERVICE, frozenset({Operation.READ}))
    pypi = PypiSpeaker("json", "application/vnd.pypi.simple.v1+json")
    answer = await pypi.upload(site, "ours", "1.0.0", token)
    assert answer.status == 403
    assert not list((site.data / "tmp").glob("*"))


async def test_a_matrix_of_first_uploads_by_one_publisher_all_gets_in(
    site: Site, registry: PlainRegistry, client: Speaker
) -> None:
    del registry
    versions = [f"1.0.{number}" for number in range(6)]
    answers = await asyncio.gather(*(client.upload(site, "ours", version, site.token) for version in versions))
    assert [answer.status for answer in answers] == [answers[0].status] * 6
    assert answers[0].status in (200, 201)
    assert client.offered(await client.listing(site, "ours", site.token)) == versions


def _kept(site: Site) -> list[Path]:
    return [path for path in (site.data / "blobs").rglob("*") if path.is_file()]
