"""A terminal signs in: through a page that its person confirms, or with name and password."""

from __future__ import annotations

import io
import json
import re
from typing import Any
from urllib.parse import urlsplit

from pratique.core.actors import OPERATOR
from pratique.services.accounts.accounts import DisableUser, SetPassword, disable_user, set_password
from pratique.services.accounts.logins import LOGIN_OPERATIONS
from pratique.services.accounts.tokens import ListTokens, list_tokens
from tests.flows.accounts.conftest import PASSWORD, Browser
from tests.harness.server import Answer
from tests.harness.site import Site

LOGIN = "/main/npm/-/v1/login"


def path_of(url: str) -> str:
    return urlsplit(url).path


async def asked(site: Site, **headers: str) -> tuple[str, str, str]:
    """A login begun: the page, where the client asks, and what the terminal shows."""
    answer = await site.ask("POST", LOGIN, data=b"{}", Content_Type="application/json", **headers)
    assert answer.status == 200, answer.text
    offer = answer.json()
    shown = re.search(r"the page shows (\S+):", answer.headers["npm-notice"])
    assert shown
    return path_of(offer["loginUrl"]), path_of(offer["doneUrl"]), shown[1]


async def with_password(site: Site, name: str, password: str, **more: Any) -> Answer:
    body = {"_id": f"org.couchdb.user:{name}", "name": name, "password": password, "type": "user", "roles": [], **more}
    return await site.ask(
        "PUT", f"/main/npm/-/user/org.couchdb.user:{name}", data=json.dumps(body), Content_Type="application/json"
    )


async def whoami(site: Site, token: str) -> Answer:
    return await site.get("/main/npm/-/whoami", token)


async def test_a_confirmed_login_gives_its_token_exactly_once(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    page, done, shown = await asked(site, User_Agent="npm/11.19.1 node/v20")

    waiting = await site.get(done)
    shows = await browser.open(page)
    confirmed = await browser.submit(page, answer="yes")
    first, second = await site.get(done), await site.get(done)

    assert (waiting.status, waiting.headers["Retry-After"]) == (202, "2")
    assert "npm/11.19.1" in shows.text
    assert "127.0.0.1" in shows.text
    assert shown in shows.text
    assert confirmed.status == 200
    assert (first.status, second.status) == (200, 404)
    assert (await whoami(site, first.json()["token"])).json()["username"] == "ann"


async def test_the_token_of_a_login_is_for_its_client_and_for_a_month(site: Site, browser: Browser) -> None:
    token = (await with_password(site, "ann", PASSWORD)).json()["token"]

    made = (await list_tokens(site.ports, ListTokens("ann"), OPERATOR)).tokens[-1]
    assert made.name == "npm login from 127.0.0.1"
    assert made.ecosystems == ("npm",)
    assert set(made.operations) == LOGIN_OPERATIONS
    site.clock.set("+29d")
    assert (await whoami(site, token)).status == 200
    site.clock.set("+31d")
    assert (await whoami(site, token)).status == 401


async def test_a_link_alone_signs_nobody_in(site: Site, browser: Browser) -> None:
    page, done, _ = await asked(site)
    guest = await browser.open(page)
    await browser.sign_in("ann")
    await browser.open(page)

    foreign = await browser.submit(page, answer="yes", origin="https://evil.test")
    forged = await browser.submit(page, answer="yes", csrf="guess")

    assert (guest.status, guest.headers["Location"]) == (303, f"/login?next={page}")
    assert (foreign.status, forged.status) == (403, 403)
    assert (await site.get(done)).status == 202


async def test_after_five_minutes_confirming_takes_the_password_again(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    site.clock.set("+6m")
    page, done, _ = await asked(site)
    await browser.open(page)

    without = await browser.submit(page, answer="yes")
    wrong = await browser.submit(page, answer="yes", password="guess")
    assert (without.status, wrong.status) == (403, 401)
    assert (await site.get(done)).status == 202

    assert (await browser.submit(page, answer="yes", password=PASSWORD)).status == 200
    assert (await site.get(done)).status == 200


async def test_a_no_ends_the_login_with_a_sentence(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    page, done, _ = await asked(site)
    await browser.open(page)

    assert "The terminal gets nothing" in (await browser.submit(page, answer="no")).text

    refused = await site.get(done)
    assert refused.status == 403
    assert "said no" in refused.reason
    assert (await browser.submit(page, answer="yes")).status == 404


async def test_a_login_that_nobody_confirms_is_over_after_ten_minutes(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    page, done, _ = await asked(site)
    site.clock.set("+11m")

    assert (await site.get(done)).status == 404
    assert (await browser.open(page)).status == 404


async def test_what_was_confirmed_in_a_session_that_ended_gives_no_token(site: Site, browser: Browser) -> None:
    async def confirmed() -> str:
        await browser.sign_in("ann")
        page, done, _ = await asked(site)
        await browser.open(page)
        await browser.submit(page, answer="yes")
        return done

    done = await confirmed()
    await browser.submit("/logout")
    assert (await site.get(done)).status == 401

    done = await confirmed()
    await set_password(site.ports, SetPassword("ann", PASSWORD), OPERATOR)
    assert (await site.get(done)).status == 401

    done = await confirmed()
    await disable_user(site.ports, DisableUser("ann"), OPERATOR)
    assert (await site.get(done)).status == 401
    assert (await with_password(site, "ann", PASSWORD)).status == 401


async def test_many_open_logins_of_one_address_are_bounded(site: Site) -> None:
    for _ in range(20):
        await asked(site)

    answer = await site.ask("POST", LOGIN, data=b"{}")

    assert answer.status == 403
    assert "too many logins wait" in answer.reason
    site.clock.set("+11m")
    await asked(site)


async def test_an_old_token_keeps_nobody_from_signing_in(site: Site) -> None:
    answer = await site.ask("POST", LOGIN, "prq_of-another-server", data=b"{}")

    assert answer.status == 200


async def test_a_closed_server_lets_guests_sign_in_and_tells_them_no_name(site: Site) -> None:
    real = await site.ask("POST", LOGIN, data=b"{}")
    unknown = await site.ask("POST", "/nowhere/npm/-/v1/login", data=b"{}")

    assert real.status == unknown.status == 200
    assert real.headers.keys() == unknown.headers.keys()


async def test_only_the_verb_of_the_client_collects(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    page, done, _ = await asked(site)
    await browser.open(page)
    await browser.submit(page, answer="yes")

    for method in ("HEAD", "POST", "DELETE"):
        assert (await site.ask(method, done)).status == 405, method
    assert (await site.get(LOGIN)).status == 405
    assert (await site.get(done)).status == 200


async def test_what_is_no_secret_collects_nothing(site: Site) -> None:
    for secret in ("x", "a" * 500, "%00", "%ff", "..%2f..", "prq_" + "a" * 49):
        assert (await site.get(f"/main/npm/-/v1/done/{secret}")).status in (400, 404), secret


async def test_the_secrets_of_a_login_are_kept_nowhere(site: Site, browser: Browser) -> None:
    await browser.sign_in("ann")
    page, done, _ = await asked(site)
    await browser.open(page)
    await browser.submit(page, answer="yes")
    token = (await site.get(done)).json()["token"]

    secrets = [page.rsplit("/", 1)[1], done.rsplit("/", 1)[1], token]
    files = [path.read_bytes() for path in site.data.rglob("*") if path.is_file()]
    assert [secret for secret in secrets if any(secret.encode() in content for content in files)] == []


async def test_name_and_password_give_a_token(site: Site) -> None:
    answer = await with_password(site, "ann", PASSWORD)

    assert answer.status == 201
    assert (answer.json()["ok"], answer.json()["id"]) == (True, "org.couchdb.user:ann")
    assert (await whoami(site, answer.json()["token"])).json()["username"] == "ann"


async def test_a_wrong_password_gives_nothing_and_says_how_accounts_are_made(site: Site) -> None:
    wrong = await with_password(site, "ann", "guess", email="ann@example.test")
    nobody = await with_password(site, "nobody-here", "guess", email="ann@example.test")

    assert (wrong.status, wrong.text) == (nobody.status, nobody.text)
    assert wrong.status == 401
    assert "name and password do not fit together" in wrong.headers["npm-notice"]
    assert "made by an administrator" in wrong.headers["npm-notice"]
    assert wrong.headers["WWW-Authenticate"].startswith("bearer ")


async def test_guessing_passwords_with_a_client_is_slowed_down_as_on_the_page(site: Site, browser: Browser) -> None:
    answers = [await with_password(site, "ann", f"guess {number}") for number in range(12)]

    assert answers[0].status == 401
    assert answers[-1].status == 403
    assert "too many failed attempts" in answers[-1].reason
    assert (await with_password(site, "ann", PASSWORD)).status == 403
    assert (await browser.sign_in("ann")).status == 503


async def test_a_login_that_is_none_is_refused_with_a_sentence(site: Site) -> None:
    other, half, numbers = b'{"name": "bob", "password": "x"}', b'{"name": "ann"}', b'{"name": 1, "password": 2}'
    for body in (b"", b"{", b"[]", b"null", other, half, numbers):
        answer = await site.ask("PUT", "/main/npm/-/user/org.couchdb.user:ann", data=body)
        assert (answer.status, bool(answer.json()["error"])) == (400, True), body
    large = await site.ask("PUT", "/main/npm/-/user/org.couchdb.user:ann", data=io.BytesIO(b"x" * (1 << 21)))
    assert large.status == 413
