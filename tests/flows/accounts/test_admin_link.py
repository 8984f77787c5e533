"""The link that makes an administrator: once, for fifteen minutes, for whoever holds it."""

from __future__ import annotations

from tests.flows.accounts.conftest import Browser, Operator
from tests.harness.site import Site

NEW = {"name": "carol", "password": "a long enough one", "again": "a long enough one"}


async def fresh_link(operator: Operator) -> str:
    told = await operator.types("admin", "link")
    assert told.code == 0, told.err
    return told.out.strip().removeprefix(operator.site.url)


async def test_whoever_opens_the_link_becomes_administrator_and_is_signed_in(
    browser: Browser, operator: Operator
) -> None:
    link = await fresh_link(operator)
    await browser.open(link)

    answer = await browser.submit(link, **NEW)

    assert (answer.status, answer.headers["Location"]) == (303, "/account")
    await browser.open("/account")
    assert "administrator" in browser.page
    listed = (await operator.types("user", "list", "--json")).json()["users"]
    assert next(user for user in listed if user["name"] == "carol")["admin"]


async def test_the_link_works_once_and_the_second_visitor_gets_nothing(browser: Browser, operator: Operator) -> None:
    link = await fresh_link(operator)
    await browser.open(link)
    csrf = browser.csrf
    await browser.submit(link, **NEW)

    assert (await browser.open(link)).status == 404
    again = await browser.submit(link, csrf=csrf, **{**NEW, "name": "mallory"})
    assert again.status == 404
    assert "used or older than 15 minutes" in again.text


async def test_looking_at_the_page_does_not_use_the_link_up(browser: Browser, operator: Operator) -> None:
    link = await fresh_link(operator)
    for _ in range(3):
        assert (await browser.open(link)).status == 200
    assert (await browser.submit(link, **NEW)).status == 303


async def test_a_mistake_in_the_form_leaves_the_link_good(browser: Browser, operator: Operator) -> None:
    link = await fresh_link(operator)
    await browser.open(link)
    for wrong, sentence in (
        ({"password": "short", "again": "short"}, "at least 10"),
        ({"again": "something else"}, "differ"),
        ({"name": "Carol"}, "Did you mean &#34;carol&#34;"),
        ({"name": "alice"}, "exists already"),
    ):
        answer = await browser.submit(link, **{**NEW, **wrong})
        assert answer.status in (400, 409)
        assert sentence in answer.text
    assert (await browser.submit(link, **NEW)).status == 303


async def test_after_fifteen_minutes_the_link_is_worth_nothing(
    browser: Browser, operator: Operator, site: Site
) -> None:
    link = await fresh_link(operator)
    await browser.open(link)
    site.clock.set("+15m")

    assert (await browser.submit(link, **NEW)).status == 404
    assert (await browser.open(link)).status == 404


async def test_another_site_cannot_make_a_browser_claim_it(browser: Browser, operator: Operator) -> None:
    link = await fresh_link(operator)
    await browser.open(link)

    assert (await browser.submit(link, origin="https://evil.test", **NEW)).status == 403
    assert (await browser.submit(link, csrf="guessed", **NEW)).status == 403
    browser.cookies.clear()
    assert (await browser.submit(link, **NEW)).status == 403


async def test_a_new_link_ends_the_one_before(browser: Browser, operator: Operator) -> None:
    first = await fresh_link(operator)
    second = await fresh_link(operator)

    assert (await browser.open(first)).status == 404
    assert (await browser.open(second)).status == 200


async def test_the_secret_of_the_link_is_nowhere_in_the_data_folder(
    browser: Browser, operator: Operator, site: Site
) -> None:
    link = await fresh_link(operator)
    await browser.open(link)
    await browser.submit(link, **NEW)
    secret = link.rpartition("/")[2].encode()

    holding = [path for path in site.data.rglob("*") if path.is_file() and secret in path.read_bytes()]

    assert holding == []
