"""A token stays what it was made for, and two administrators stay two people."""

from __future__ import annotations

import pytest

from pratique.core.account_verbs import Purpose
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from tests.flows.accounts.conftest import PASSWORD, Api, Browser, made_code
from tests.harness.site import Site, new_token

OTHER = "attackers own words"


async def bob_who_administers_too(site: Site) -> None:
    await add_user(site.ports, AddUser(name="bob", password=PASSWORD, admin=True), OPERATOR)


@pytest.mark.parametrize("operations", [frozenset({Operation.TOKENS}), frozenset(Operation)])
async def test_no_token_sets_its_own_accounts_password(
    site: Site, api: Api, browser: Browser, operations: frozenset[Operation]
) -> None:
    token = await new_token(site, "alice", ActorKind.USER, operations)

    assert (await api.post("/user/password", token, name="alice", password=OTHER)).status == 403

    assert (await browser.sign_in("alice", OTHER)).status != 303
    assert (await browser.sign_in("alice")).status == 303


async def test_a_token_for_tokens_does_not_end_somebody_elses(site: Site, api: Api) -> None:
    token = await new_token(site, "alice", ActorKind.USER, frozenset({Operation.TOKENS}))
    anns = (await api.get("/token/list", site.admin, user="ann")).json()["tokens"][0]["id"]

    refused = await api.post("/token/revoke", token, id=anns)

    assert refused.status == 403
    assert "`accounts`" in refused.json()["error"]
    assert (await api.post("/token/revoke", site.admin, id=anns)).status == 200


@pytest.mark.parametrize("operation", list(Operation))
async def test_an_administrator_makes_no_token_with_which_another_administrator_acts(
    site: Site, api: Api, operation: Operation
) -> None:
    await bob_who_administers_too(site)

    refused = await api.post("/token/create", site.admin, name="x", user="bob", operations=[operation])

    assert refused.status == 403
    assert "two people" in refused.json()["error"]
    own = {"name": "x", "operations": [operation], "code": await made_code(site, "alice")}
    assert (await api.post("/token/create", site.admin, **own)).status == 200
    assert await new_token(site, "bob", ActorKind.USER, frozenset({operation})), "made on the data folder"


async def test_an_administrator_sets_the_password_of_people_and_not_of_administrators(site: Site, api: Api) -> None:
    await bob_who_administers_too(site)

    refused = await api.post("/user/password", site.admin, name="bob", password=OTHER)

    assert refused.status == 403
    assert "two administrators must stay two people" in refused.json()["error"]
    code = await made_code(site, "alice", Purpose.ADMINISTER)
    assert (await api.post("/user/password", site.admin, name="ann", password=OTHER, code=code)).status == 200
