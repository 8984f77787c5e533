"""Sessions: the right password, the wrong one, the five minutes, the end."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.flows.accounts.conftest import PASSWORD, Browser, Operator
from tests.harness.site import Site, running_site


async def test_the_right_password_signs_in_and_the_page_greets(browser: Browser) -> None:
    answer = await browser.sign_in("ann")
    assert answer.status == 303
    assert "<h1>ann" in browser.page


@pytest.mark.parametrize(("name", "password"), [("ann", "wrong"), ("nobody-here", PASSWORD), ("ann", "")])
async def test_wrong_name_and_wrong_password_are_told_in_the_same_words(
    browser: Browser, name: str, password: str
) -> None:
    answer = await browser.sign_in(name, password)
    assert answer.status == 401
    assert "name and password do not fit together" in answer.text
    assert "pratique" not in browser.cookies


async def test_the_cookie_is_closed_to_scripts_and_to_forms_of_other_sites(browser: Browser) -> None:
    await browser.open("/login")
    answer = await browser.submit("/login", name="ann", password=PASSWORD)
    cookie = next(line for line in answer.headers.getall("Set-Cookie") if line.startswith("pratique="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie


async def test_no_page_runs_scripts_or_can_be_framed_or_kept(browser: Browser) -> None:
    for path in ("/", "/login", "/account", "/r/" + "a" * 26):
        headers = (await browser.open(path)).headers
        assert headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Referrer-Policy"] == "no-referrer"


async def test_signing_out_ends_the_session_on_the_server_too(browser: Browser) -> None:
    await browser.sign_in("ann")
    kept = dict(browser.cookies)
    await browser.submit("/logout")

    browser.cookies = kept
    assert (await browser.open("/account")).headers["Location"] == "/login"


async def test_another_site_signs_nobody_out(browser: Browser) -> None:
    await browser.sign_in("ann")
    kept = dict(browser.cookies)

    foreign = await browser.submit("/logout", origin="https://evil.test")
    browser.cookies = {}  # as a browser does that sends no cookies across sites, and takes those it gets
    without = await browser.submit("/logout", origin="https://evil.test")
    of_ours = await browser.submit("/logout")

    assert (foreign.status, without.status, of_ours.status) == (403, 403, 303)
    assert not any(answer.headers.getall("Set-Cookie", []) for answer in (foreign, without, of_ours))
    browser.cookies = kept
    assert (await browser.open("/account")).status == 200


async def test_a_session_ends_after_twelve_hours(browser: Browser, site: Site) -> None:
    await browser.sign_in("ann")
    site.clock.set("+12h")
    assert (await browser.open("/account")).headers["Location"] == "/login"


async def test_guessing_is_slowed_down_and_says_so(browser: Browser) -> None:
    answers = [await browser.sign_in("ann", f"guess {number}") for number in range(12)]

    assert answers[0].status == 401
    assert answers[-1].status == 503
    assert int(answers[-1].headers.get("Retry-After", "0") or 0) >= 0
    assert "too many failed attempts" in answers[-1].text


async def test_after_five_minutes_the_password_is_asked_for_again(browser: Browser, site: Site) -> None:
    await browser.sign_in("alice")
    site.clock.set("+6m")
    await browser.open("/account")
    assert "Your password again" in browser.page

    without = await browser.submit("/account/tokens", name="x", kind="user", operations="read", names="*")
    assert without.status == 403
    assert "give it once more" in without.text

    wrong = await browser.submit(
        "/account/tokens", name="x", kind="user", operations="read", names="*", password="wrong"
    )
    assert wrong.status == 401

    right = await browser.submit(
        "/account/tokens", name="x", kind="user", operations="read", names="*", password=PASSWORD
    )
    assert "prq_" in right.text


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.test/", "//evil.test/", "/\\evil.test", "javascript:alert(1)", "/a\r\nX-Y: z"]
)
async def test_signing_in_never_leads_to_another_site(browser: Browser, elsewhere: str) -> None:
    await browser.open("/login")
    answer = await browser.submit("/login", name="ann", password=PASSWORD, next=elsewhere)
    assert answer.headers["Location"] == "/account"


async def test_another_site_can_neither_sign_a_browser_in_nor_act_in_its_session(browser: Browser) -> None:
    await browser.open("/login")
    assert (await browser.submit("/login", origin="https://evil.test", name="ann", password=PASSWORD)).status == 403
    await browser.sign_in("ann")
    token = {"name": "x", "kind": "user", "operations": "read", "names": "*"}
    assert (await browser.submit("/account/tokens", origin="https://evil.test", **token)).status == 403
    assert (await browser.submit("/account/tokens", csrf="guessed", **token)).status == 403
    assert (await browser.submit("/logout", csrf="guessed")).status == 403


async def test_a_new_password_ends_every_other_session(site: Site) -> None:
    here, elsewhere = Browser(site), Browser(site)
    await here.sign_in("ann")
    await elsewhere.sign_in("ann")

    await here.submit("/account/password", password=PASSWORD, new="another good one", again="another good one")

    assert (await here.open("/account")).status == 200
    assert (await elsewhere.open("/account")).headers["Location"] == "/login"
    assert (await elsewhere.sign_in("ann")).status == 401
    assert (await elsewhere.sign_in("ann", "another good one")).status == 303


async def test_a_disabled_account_is_out_at_once_and_may_come_back(browser: Browser, operator: Operator) -> None:
    await browser.sign_in("ann")
    assert (await operator.types("user", "disable", "ann")).code == 0

    assert (await browser.open("/account")).headers["Location"] == "/login"
    assert (await browser.sign_in("ann")).status == 401

    await operator.types("user", "enable", "ann")
    assert (await browser.sign_in("ann")).status == 303


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"name=%ff", "application/x-www-form-urlencoded"),
        (b"&a=b" * 500, "application/x-www-form-urlencoded"),
        (b"name=" + b"x" * 5_000, "application/x-www-form-urlencoded"),
        (b"{}", "application/json"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
    ],
)
async def test_what_is_no_form_of_ours_gets_a_page_that_says_so(site: Site, body: bytes, kind: str) -> None:
    for path in ("/login", "/admin/claim/x", "/account/tokens", "/logout"):
        answer = await site.ask("POST", path, data=body, Content_Type=kind)
        assert answer.status == 400, path
        assert 'class="told"' in answer.text


async def test_over_https_cookies_are_bound_to_this_host_and_to_https(tmp_path: Path) -> None:
    settings = 'public_urls = ["https://localhost"]\n[repositories.main.upstreams]\n'
    async with running_site(tmp_path, settings) as site:
        answer = await site.get("/login", Host="localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-pratique-form=")
    assert "Secure" in cookie
    assert "SameSite=Strict" in cookie


async def test_where_reading_needs_a_credential_the_start_page_names_no_repository(tmp_path: Path) -> None:
    settings = "[repositories.main]\nanonymous_read = false\n"
    async with running_site(tmp_path, settings) as site:
        guest = await site.get("/")
        browser = Browser(site)
        await browser.sign_in("ann")
        person = await browser.open("/")
    assert "/main/" not in guest.text
    assert "sign in" in guest.text
    assert f"{site.url}/main/npm/" in person.text
