"""Tokens: never wider than their maker, gone everywhere at once, read in every way clients send them."""

from __future__ import annotations

import asyncio
import base64

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from tests.flows.accounts.conftest import Api, Browser, Operator, made_code
from tests.harness.server import Answer
from tests.harness.site import Site, new_token

PATIENCE = 50
"""Looks of 50 ms. Every process reads the revision at most 200 ms late; a slow machine may need longer."""


async def until_refused(site: Site, token: str) -> Answer:
    for _ in range(PATIENCE):
        answer = await site.get("/api/v1/policy/show", token)
        if answer.status == 401:
            return answer
        await asyncio.sleep(0.05)
    raise AssertionError("the token still works")


async def test_a_revoked_token_is_refused_although_it_was_just_used(site: Site, api: Api) -> None:
    token = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.EXPLAIN}))
    assert (await site.get("/api/v1/policy/show", token)).status == 200
    listed = (await api.get("/token/list", site.admin, user="ann")).json()["tokens"]
    mine = next(one for one in listed if one["kind"] == "ci")

    assert (await api.post("/token/revoke", site.admin, id=mine["id"])).status == 200

    assert "was revoked" in (await until_refused(site, token)).json()["error"]


async def test_disabling_an_account_ends_its_tokens(site: Site, api: Api) -> None:
    assert (await site.get("/api/v1/policy/show", site.token)).status == 200
    assert (await api.post("/user/disable", site.admin, name="ann")).status == 200
    assert "is disabled" in (await until_refused(site, site.token)).json()["error"]


async def test_an_agents_token_ends_after_eight_hours_even_while_it_is_remembered(site: Site) -> None:
    token = await new_token(site, "ann", ActorKind.AGENT, frozenset({Operation.EXPLAIN}))
    site.clock.set("+7h")
    assert (await site.get("/api/v1/policy/show", token)).status == 200
    site.clock.set("+8h")
    assert "expired" in (await site.get("/api/v1/policy/show", token)).json()["error"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"kind": "agent", "operations": ["approve"]}, "agent can never be good for approve"),
        ({"kind": "agent", "expires_in": "25h"}, "at most 1 day"),
        ({"kind": "nobody"}, "of kind user, ci, agent, service"),
        ({"kind": "operator"}, "of kind user, ci, agent, service"),
        ({"name": " "}, "give the token a name"),
        ({"operations": []}, "say what the token is good for"),
        ({"ecosystems": ["gem"]}, "npm, pypi"),
        ({"expires_in": "soon"}, "write one like"),
        ({"expires_in": "0d"}, "write one like"),
        ({"names": []}, "say which names"),
        ({"names": ["a?c"]}, "only `*`"),
        ({"names": ["../x"]}, ""),
        ({"names": [f"n{number}" for number in range(101)]}, "at most 100 names, and this says 101"),
        ({"names": ["n" * 513]}, "no name has more than 512"),
    ],
)
async def test_a_token_that_cannot_be_says_why(api: Api, site: Site, fields: dict[str, object], sentence: str) -> None:
    answer = await api.post("/token/create", site.admin, **{"name": "x", "user": "alice", **fields})
    assert answer.status == 400
    assert sentence in answer.json()["error"]


async def test_a_token_cannot_make_a_wider_one(site: Site, api: Api) -> None:
    narrow = await new_token(
        site,
        "alice",
        ActorKind.USER,
        frozenset({Operation.TOKENS, Operation.READ}),
        ecosystems=frozenset({"npm"}),
        names=("@acme/*",),
        expires_in="1d",
    )
    same = {"name": "x", "operations": ["read"], "ecosystems": ["npm"], "names": ["@acme/*"], "expires_in": "1h"}
    same["code"] = await made_code(site, "alice")

    for wider in (
        {"operations": ["read", "publish"]},
        {"ecosystems": []},
        {"ecosystems": ["npm", "pypi"]},
        {"names": ["*"]},
        {"expires_in": "2d"},
        {"user": "ann"},
        {"kind": "service"},
    ):
        answer = await api.post("/token/create", narrow, **{**same, **wider})
        assert answer.status == 403, wider
    made = await api.post("/token/create", narrow, **{**same, "expires_in": None})
    assert made.status == 200, "and none of these used the code up"
    mine = {one["name"]: one["expires"] for one in (await api.get("/token/list", narrow)).json()["tokens"]}
    assert mine["x"] == mine["alice-user"], "it ends with the one that made it"


async def test_a_stolen_token_makes_no_token_without_a_code_and_never_one_of_another_kind(
    site: Site, api: Api, operator: Operator
) -> None:
    stolen = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.TOKENS, Operation.PUBLISH}))
    code = await made_code(site, "ann")
    wish = {"name": "x", "operations": ["publish"]}

    for fields in ({}, {"code": "guess"}, {"code": await made_code(site, "alice")}):
        refused = await api.post("/token/create", stolen, **wish, **fields)
        assert (refused.status, "/account" in refused.text) == (403, True), fields
    for kind in ("ci", "agent", "service"):
        refused = await api.post("/token/create", stolen, **{**wish, "operations": ["read"]}, kind=kind, code=code)
        assert (refused.status, "makes none of kind" in refused.text) == (403, True), kind
    words = ("token", "create", "x", "--can", "publish")
    told = await operator.types(*words, token=stolen, here=False)
    assert (told.code != 0, "pass it as `--code`" in told.err) == (True, True)

    assert (await operator.types(*words, "--code", code, token=stolen, here=False)).out.startswith("prq_")
    again = await api.post("/token/create", stolen, **wish, code=code)
    assert (again.status, "wrong, used, or older" in again.text) == (403, True)


async def test_a_token_may_reach_a_hundred_names_and_says_ten_of_them(site: Site, api: Api) -> None:
    names = tuple(f"acme-{number:02}" for number in range(100))
    token = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.PUBLISH}), names=names)

    refused = await site.ask("PUT", "/main/npm/left", token, data=b"{}", Content_Type="application/json")

    assert refused.status == 403
    assert "acme-09 and 90 more" in refused.text


async def test_who_makes_no_tokens_for_others_does_not_learn_which_accounts_there_are(site: Site, api: Api) -> None:
    plain = await new_token(site, "ann", ActorKind.USER, frozenset({Operation.TOKENS}))
    narrow = await new_token(site, "alice", ActorKind.USER, frozenset({Operation.TOKENS}))
    for token in (plain, narrow):
        known = await api.post("/token/create", token, name="x", user="bob" if token == narrow else "alice")
        unknown = await api.post("/token/create", token, name="x", user="nobody-here")
        assert (known.status, known.body) == (unknown.status, unknown.body)
        assert known.status == 403


async def test_only_administrators_have_tokens_that_approve(site: Site, api: Api) -> None:
    answer = await api.post("/token/create", site.admin, name="x", user="ann", operations=["approve"])
    assert answer.status == 403
    assert "ann is no administrator" in answer.json()["error"]


async def test_neither_agents_nor_plain_tokens_make_tokens(site: Site, api: Api) -> None:
    assert "ask a person" in (await api.post("/token/create", site.agent, name="x")).json()["error"]
    assert "lacks `tokens`" in (await api.post("/token/create", site.token, name="x")).json()["error"]
    assert (await api.post("/token/create", None, name="x")).status == 401


async def test_nobody_ends_or_sees_the_token_of_somebody_else(site: Site, api: Api) -> None:
    await add_user(site.ports, AddUser("eve"), OPERATOR)
    eve = await new_token(site, "eve", ActorKind.USER, frozenset({Operation.TOKENS}))
    everyone = (await api.get("/token/list", site.admin, user="alice")).json()["tokens"]

    assert (await api.post("/token/revoke", eve, id=everyone[0]["id"])).status == 404
    assert (await api.get("/token/list", eve, user="alice")).status == 403
    assert [one["user"] for one in (await api.get("/token/list", eve)).json()["tokens"]] == ["eve"]


async def test_names_are_kept_as_the_ecosystem_spells_them(site: Site, api: Api) -> None:
    answer = await api.post(
        "/token/create",
        site.admin,
        name="x",
        ecosystems=["pypi"],
        names=["My_Tools.*"],
        code=await made_code(site, "alice"),
    )
    assert answer.json()["token"]["names"] == ["my-tools-*"]


async def test_every_way_of_sending_a_token_is_understood(site: Site) -> None:
    encoded = [
        base64.b64encode(pair.encode()).decode()
        for pair in (f"__token__:{site.token}", f"ann:{site.token}", f"{site.token}:")
    ]
    for header in (f"Bearer {site.token}", site.token, *(f"Basic {one}" for one in encoded)):
        answer = await site.get("/api/v1/session", Authorization=header)
        assert answer.json()["name"] == "ann", header


async def test_a_password_opens_no_package_clients_door(site: Site) -> None:
    pair = base64.b64encode(b"ann:correct horse battery").decode()
    answer = await site.get("/main/npm/left", Authorization=f"Basic {pair}")
    assert answer.status == 401
    assert "send a token in its place" in answer.text


async def test_a_token_made_on_the_page_is_shown_once(site: Site) -> None:
    browser = Browser(site)
    await browser.sign_in("ann")
    made = await browser.submit("/account/tokens", name="laptop", kind="user", operations=["read"], names="*")
    secret = made.text.partition("<pre>")[2].partition("</pre>")[0]

    assert (await site.get("/api/v1/session", secret)).json()["name"] == "ann"
    await browser.open("/account")
    assert "laptop" in browser.page
    assert secret not in browser.page


async def test_no_secret_is_stored_or_logged(site: Site, operator: Operator) -> None:
    told = await operator.types("token", "create", "ci", "--user", "ann", "--kind", "ci", "--can", "read")
    secret = told.out.strip()
    await site.get("/main/npm/left", secret)

    holding = [path for path in site.data.rglob("*") if path.is_file() and secret.encode() in path.read_bytes()]

    assert secret.startswith("prq_")
    assert holding == []
