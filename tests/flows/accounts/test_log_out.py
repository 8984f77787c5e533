"""`npm logout` ends the token it was given, and nothing else; the token is written down nowhere."""

from __future__ import annotations

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from tests.flows.accounts.conftest import Api
from tests.flows.accounts.test_tokens import until_refused
from tests.harness.site import Site, new_token


async def log_out(site: Site, secret: str, token: str | None) -> int:
    return (await site.ask("DELETE", f"/main/npm/-/user/token/{secret}", token)).status


@pytest.mark.parametrize("kind", [ActorKind.USER, ActorKind.CI, ActorKind.AGENT, ActorKind.SERVICE])
async def test_every_token_may_end_itself_and_is_refused_from_then_on(site: Site, api: Api, kind: ActorKind) -> None:
    token = await new_token(site, "ann", kind, frozenset({Operation.EXPLAIN}))

    assert await log_out(site, token, token) == 200

    assert "was revoked" in (await until_refused(site, token)).text
    event = (await api.get("/events", site.admin)).json()["events"][0]
    assert (event["kind"], event["subject"]) == ("token_revoked", "account:ann")


async def test_another_token_of_the_account_is_ended_by_one_for_tokens_only(site: Site) -> None:
    other = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.EXPLAIN}))
    for_tokens = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.TOKENS}))

    assert await log_out(site, other, site.token) == 403
    assert await log_out(site, other, for_tokens) == 200
    await until_refused(site, other)


async def test_nobody_ends_the_token_of_somebody_else_even_with_its_secret(site: Site) -> None:
    await add_user(site.ports, AddUser("eve"), OPERATOR)
    eve = await new_token(site, "eve", ActorKind.USER, frozenset({Operation.TOKENS, Operation.READ}))

    assert await log_out(site, site.token, eve) == 404
    assert await log_out(site, "prq_unknown", eve) == 404
    assert await log_out(site, site.token, None) == 401
    assert (await site.get("/main/npm/-/whoami", site.token)).status == 200


async def test_a_token_in_the_place_of_a_name_is_asked_of_nobody_and_kept_nowhere(site: Site) -> None:
    for path in ("/main/npm/TOKEN", "/main/npm/x/-/TOKEN.tgz", "/main/pypi/simple/TOKEN/"):
        answer = await site.get(path.replace("TOKEN", site.token), site.token)
        assert (answer.status, "a token stands in this address" in answer.text) == (400, True), path

    holding = [path for path in site.data.rglob("*") if path.is_file() and site.token.encode() in path.read_bytes()]
    assert holding == []
