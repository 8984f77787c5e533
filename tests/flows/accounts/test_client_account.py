"""Profile and tokens as npm's clients ask for them: of oneself only, and grave things with a proof."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.logins import LOGIN_OPERATIONS
from pratique.services.accounts.tokens import ListTokens, list_tokens
from pratique.services.governing.list_events import ListEvents, list_events
from tests.flows.accounts.conftest import PASSWORD, Browser
from tests.flows.accounts.test_client_login import path_of
from tests.flows.accounts.test_tokens import until_refused
from tests.harness.server import Answer
from tests.harness.site import Site, new_token

USER, TOKENS = "/main/npm/-/npm/v1/user", "/main/npm/-/npm/v1/tokens"
NEW = "an entirely new password"


@pytest.fixture
async def ann(site: Site) -> str:
    """A token of ann's that is good for tokens."""
    return await new_token(site, "ann", ActorKind.USER, frozenset({Operation.TOKENS, Operation.READ}))


async def post(site: Site, path: str, token: str | None, code: str = "", /, **fields: Any) -> Answer:
    headers = {"npm_otp": code} if code else {}
    return await site.ask("POST", path, token, data=json.dumps(fields), Content_Type="application/json", **headers)


async def confirmed(site: Site, browser: Browser, answer: Answer) -> str:
    """What a client gets that was asked for a code, once ann has confirmed."""
    page, done = path_of(answer.json()["authUrl"]), path_of(answer.json()["doneUrl"])
    assert (await site.get(done)).status == 202
    await browser.open(page)
    assert (await browser.submit(page, answer="yes")).status == 200
    return str((await site.get(done)).json()["token"])


async def test_the_profile_is_ones_own_and_says_what_is_not_kept(site: Site) -> None:
    profile = (await site.get(USER, site.token)).json()

    assert profile["name"] == "ann"
    assert profile["email"] is None
    assert "name and password of an account and nothing else" in profile["note"]


@pytest.mark.parametrize(("method", "path"), [("GET", USER), ("POST", USER), ("GET", TOKENS), ("POST", TOKENS)])
async def test_nobody_has_no_account_to_ask_about(site: Site, method: str, path: str) -> None:
    answer = await site.ask(method, path, data=b"{}" if method == "POST" else None)

    assert answer.status == 401
    assert (await site.ask("DELETE", f"{TOKENS}/token/00000001")).status == 401


async def test_what_is_not_kept_of_an_account_cannot_be_set(site: Site, ann: str) -> None:
    for fields in ({"email": "ann@example.test"}, {"fullname": "Ann"}, {"tfa": {"mode": "auth-only"}}):
        answer = await post(site, USER, ann, **fields)
        assert answer.status == 403, fields
        assert "keeps name and password" in answer.reason or "not kept here" in answer.reason
    for body in (b"", b"{}", b"[]", b"{", b'{"password": "x"}', b'{"password": {"old": 1, "new": 2}}'):
        assert (await site.ask("POST", USER, ann, data=body)).status == 400, body


async def test_the_password_is_changed_with_the_one_before_and_a_confirmation(
    site: Site, browser: Browser, ann: str
) -> None:
    await browser.sign_in("ann")
    change = {"password": {"old": PASSWORD, "new": NEW}, "email": None}

    wrong = await post(site, USER, ann, password={"old": "guess", "new": NEW})
    asked = await post(site, USER, ann, **change)
    code = await confirmed(site, browser, asked)
    narrow = await post(site, USER, site.token, code, **change)
    weak = await post(site, USER, ann, code, password={"old": PASSWORD, "new": "short"})
    changed = await post(site, USER, ann, code, **change)

    assert (wrong.status, "WWW-Authenticate" in wrong.headers) == (401, True)
    assert (asked.status, asked.headers["WWW-Authenticate"]) == (401, "OTP")
    assert (narrow.status, weak.status, changed.status) == (403, 400, 200)
    assert (await browser.open("/account")).status == 303  # every session has ended
    assert (await browser.sign_in("ann", NEW)).status == 303
    assert (await site.get(USER, ann)).status == 200  # and no token


@pytest.mark.parametrize("kind", [ActorKind.CI, ActorKind.AGENT])
async def test_programs_manage_neither_tokens_nor_passwords(site: Site, kind: ActorKind) -> None:
    token = await new_token(site, "ann", kind, frozenset({Operation.READ}))

    answers = [
        await site.get(TOKENS, token),
        await post(site, TOKENS, token, password=PASSWORD, name="x"),
        await post(site, USER, token, password={"old": PASSWORD, "new": NEW}),
        await site.ask("DELETE", f"{TOKENS}/token/00000001", token),
    ]

    assert [answer.status for answer in answers] == [403] * 4


async def test_only_ones_own_living_tokens_are_listed_and_no_secret(site: Site, ann: str) -> None:
    brief = await new_token(site, "ann", ActorKind.CI, frozenset({Operation.READ}), expires_in="1h")
    site.clock.set("+2h")

    listed = (await site.get(TOKENS, ann)).json()

    mine = (await list_tokens(site.ports, ListTokens("ann"), OPERATOR)).tokens
    assert {int(one["key"]) for one in listed["objects"]} == {one.id for one in mine if one.name != "ann-ci"}
    assert listed["urls"] == {}
    assert not any(secret in json.dumps(listed) for secret in (ann, brief, site.token))
    assert (await site.get(TOKENS, site.token)).status == 403


async def test_a_token_is_made_with_the_password_and_does_what_was_said(site: Site, ann: str) -> None:
    made = await post(
        site,
        TOKENS,
        ann,
        name="releases",
        password=PASSWORD,
        packages=["left"],
        scopes=["@acme"],
        packages_and_scopes_permission="read-write",
        expires=7,
    )

    assert made.status == 201
    shown = (await list_tokens(site.ports, ListTokens("ann"), OPERATOR)).tokens[-1]
    assert shown.name == "releases"
    assert shown.ecosystems == ("npm",)
    assert set(shown.names) == {"left", "@acme/*"}
    assert "publish" in shown.operations
    assert shown.expires is not None
    assert (await site.get("/main/npm/-/whoami", made.json()["token"])).status == 200


@pytest.mark.parametrize(
    ("fields", "publishes"),
    [({}, False), ({"readonly": True}, False), ({"readonly": False}, True)],
    ids=["npm 11 says nothing", "read-only", "older npm"],
)
async def test_a_token_is_for_reading_unless_more_was_asked_for_in_so_many_words(
    site: Site, ann: str, fields: dict[str, Any], publishes: bool
) -> None:
    made = await post(site, TOKENS, ann, name="plain", password=PASSWORD, **fields)

    assert made.json()["readonly"] is not publishes
    assert ("read-write" in made.headers["npm-notice"]) is not publishes


async def test_limits_that_would_not_be_kept_are_refused_and_nothing_is_made(site: Site, ann: str) -> None:
    before = (await site.get(TOKENS, ann)).body
    for fields, word in (
        ({"cidr_whitelist": ["10.0.0.0/8"]}, "--cidr"),
        ({"orgs": ["acme"]}, "organisations"),
        ({"orgs_permission": "read-write"}, "organisations"),
        ({"bypass_2fa": True}, "one-time codes"),
    ):
        answer = await post(site, TOKENS, ann, name="x", password=PASSWORD, **fields)
        assert (answer.status, word in answer.reason) == (403, True), fields
    for wrong in (
        {"expires": 0},
        {"expires": "soon"},
        {"packages": "left"},
        {"packages": [1]},
        {"readonly": "yes"},
        {"packages_and_scopes_permission": "everything"},
        {"name": ["x"]},
        {"packages": ["Not A Name"]},
    ):
        assert (await post(site, TOKENS, ann, **{"password": PASSWORD, **wrong})).status == 400, wrong
    assert (await post(site, TOKENS, ann, name="x", password="guess")).status == 401
    assert (await site.get(TOKENS, ann)).body == before


async def test_without_a_password_a_token_takes_a_code_which_lends_no_rights(site: Site, browser: Browser) -> None:
    narrow = await new_token(
        site, "ann", ActorKind.USER, frozenset({Operation.TOKENS, Operation.READ, Operation.EXPLAIN})
    )
    await browser.sign_in("ann")

    asked = await post(site, TOKENS, narrow, name="reader")
    code = await confirmed(site, browser, asked)
    more = await post(site, TOKENS, narrow, code, name="writer", readonly=False)
    made = await post(site, TOKENS, narrow, await confirmed(site, browser, await post(site, TOKENS, narrow)), name="r")

    assert (asked.status, asked.headers["WWW-Authenticate"]) == (401, "OTP")
    assert (more.status, "cannot be wider" in more.reason) == (403, True)
    assert made.status == 201


async def test_tokens_are_ended_by_their_key_or_secret_and_never_somebody_elses(site: Site, ann: str) -> None:
    one, two = [await new_token(site, "ann", ActorKind.USER, frozenset({Operation.READ})) for _ in range(2)]
    keys = {line["name"]: line["key"] for line in (await site.get(TOKENS, ann)).json()["objects"]}
    newest = max(keys.values())
    hers = (await list_tokens(site.ports, ListTokens("alice"), OPERATOR)).tokens[-1]

    assert (await site.ask("DELETE", f"{TOKENS}/token/{hers.id:08d}", ann)).status == 404
    assert (await site.ask("DELETE", f"{TOKENS}/token/{site.admin}", ann)).status == 404
    assert (await site.ask("DELETE", f"{TOKENS}/token/nonsense", ann)).status == 404
    assert (await site.ask("DELETE", f"{TOKENS}/token/{newest}", site.token)).status == 403
    assert (await site.ask("DELETE", f"{TOKENS}/token/{max(keys.values(), key=int)}", ann)).status == 204
    assert (await site.ask("DELETE", f"{TOKENS}/token/{one}", ann)).status == 204

    await until_refused(site, one)
    await until_refused(site, two)
    kinds = [event.kind for event in (await list_events(site.ports, ListEvents(), OPERATOR)).events]
    assert kinds.count("token_revoked") == 2


async def test_the_token_of_a_login_makes_tokens_with_a_code_which_end_with_it(site: Site, browser: Browser) -> None:
    limits: dict[str, Any] = {"ecosystems": frozenset({"npm"}), "expires_in": "30d"}
    login = await new_token(site, "ann", ActorKind.USER, LOGIN_OPERATIONS, **limits)
    await browser.sign_in("ann")

    longer = await post(site, TOKENS, login, name="ci", expires=90)
    asked = await post(site, TOKENS, login, name="ci", packages_and_scopes_permission="read-write")
    code = await confirmed(site, browser, asked)
    made = await post(site, TOKENS, login, code, name="ci", packages_and_scopes_permission="read-write")

    assert (longer.status, "give the password" in longer.reason, "--expires" in longer.reason) == (403, True, True)
    assert (asked.status, asked.headers["WWW-Authenticate"]) == (401, "OTP")
    assert made.status == 201, made.text
    mine = (await list_tokens(site.ports, ListTokens("ann"), OPERATOR)).tokens
    assert mine[-1].expires == mine[-2].expires
    assert set(mine[-1].operations) == {"read", "explain", "publish"}
    endless = await post(site, TOKENS, login, name="ci", password=PASSWORD)
    assert (endless.status, endless.json()["expires"]) == (201, None), "the password is held to no token's limits"
