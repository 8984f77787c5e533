"""An account becomes an administrator and is one no longer; the last one stays, and nothing made before grows."""

from __future__ import annotations

import pytest

from pratique.core.account_verbs import Purpose
from pratique.core.actors import ActorKind, Operation
from tests.flows.accounts.conftest import Api, Browser, Operator, made_code
from tests.harness.site import Site, new_token


async def administering(site: Site) -> str:
    return await made_code(site, "alice", Purpose.ADMINISTER)


async def test_an_administrator_makes_another_one_who_administers_at_once(site: Site, api: Api) -> None:
    made = await api.post("/user/promote", site.admin, name="ann", code=await administering(site))
    ann = await new_token(site, "ann", ActorKind.USER, frozenset(Operation))

    assert (made.status, made.json()["admin"]) == (200, True)
    assert (await api.get("/user/list", ann)).status == 200
    assert (await api.post("/user/demote", ann, name="alice")).status == 200
    assert (await api.post("/user/demote", ann, name="ann")).json()["error"].startswith("ann is the only administrator")
    kinds = [one["kind"] for one in (await api.get("/events", ann)).json()["events"]]
    assert {"account_promoted", "account_demoted"} <= set(kinds)


async def test_what_a_plain_account_was_given_does_not_become_an_administrators(
    site: Site, api: Api, browser: Browser
) -> None:
    await browser.sign_in("ann")

    await api.post("/user/promote", site.admin, name="ann", code=await administering(site))

    assert (await browser.open("/account")).headers["Location"] == "/login"
    tokens = (await api.get("/token/list", site.admin, user="ann")).json()["tokens"]
    assert tokens
    assert all(one["revoked"] for one in tokens)


async def test_an_administrator_who_is_none_any_more_administers_nothing(
    site: Site, api: Api, operator: Operator
) -> None:
    await api.post("/user/promote", site.admin, name="ann", code=await administering(site))
    ann = await new_token(site, "ann", ActorKind.USER, frozenset(Operation))

    assert (await operator.types("user", "demote", "ann")).code == 0

    assert (await api.post("/user/add", ann, name="eve")).status in (401, 403)


async def test_the_last_administrator_stays_whoever_asks(site: Site, api: Api, operator: Operator) -> None:
    await api.post("/user/add", site.admin, name="bob", admin=True, code=await administering(site))
    await api.post("/user/disable", site.admin, name="bob")

    assert (await api.post("/user/demote", site.admin, name="alice")).status == 409
    assert "the only administrator" in (await operator.types("user", "demote", "alice")).err
    assert (await api.post("/user/demote", site.admin, name="bob")).status == 200, "who is disabled keeps nobody in"


async def test_a_disabled_account_is_enabled_before_it_administers(site: Site, api: Api) -> None:
    await api.post("/user/disable", site.admin, name="ann")
    refused = await api.post("/user/promote", site.admin, name="ann")
    assert (refused.status, "enable it first" in refused.text) == (400, True)


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/user/promote", {"name": "ann"}),
        ("/user/add", {"name": "eve", "admin": True}),
        ("/user/enable", {"name": "bob"}),
        ("/user/password", {"name": "ann", "password": "chosen by somebody else"}),
        ("/admin/link", {}),
    ],
    ids=["promote", "add", "enable", "password", "link"],
)
async def test_a_stolen_token_of_an_administrator_opens_no_account_and_makes_no_administrator(
    site: Site, api: Api, operator: Operator, path: str, fields: dict[str, object]
) -> None:
    assert (await operator.types("user", "add", "bob", "--admin", "--no-password")).code == 0
    assert (await operator.types("user", "disable", "bob")).code == 0
    before = (await api.get("/user/list", site.admin)).json()
    for_tokens, anns = await made_code(site, "alice"), await made_code(site, "ann", Purpose.ADMINISTER)

    for code in ("", "guess", for_tokens, anns):
        refused = await api.post(path, site.admin, **fields, code=code)
        assert (refused.status, "pass it as `--code`" in refused.text) == (403, True), refused.text
    assert (await api.get("/user/list", site.admin)).json() == before
    assert (await Browser(site).sign_in("ann")).status == 303

    code = await administering(site)
    assert (await api.post(path, site.admin, **fields, code=code)).status == 200
    again = await api.post(path, site.admin, **fields, code=code)
    assert again.status in (403, 409), "a code is good once"


async def test_from_afar_the_code_is_an_option_and_plain_accounts_need_none(site: Site, operator: Operator) -> None:
    afar = {"token": site.admin, "here": False}
    code = await administering(site)

    assert (await operator.types("user", "add", "eve", "--no-password", **afar)).code == 0
    assert "needs a one-time code" in (await operator.types("user", "promote", "eve", **afar)).err
    assert (await operator.types("user", "promote", "eve", "--code", code, **afar)).code == 0
    assert (await operator.types("admin", "link", "--code", await administering(site), **afar)).code == 0
