"""Guessing passwords: side by side is no faster than one after the other, and nobody's success wipes the slate."""

from __future__ import annotations

import asyncio

from pratique.core.errors import Unavailable
from pratique.services.accounts.hashing import check_password
from pratique.services.accounts.step_up import FAILURES_PER_ADDRESS
from tests.flows.accounts.conftest import Browser
from tests.harness.site import Site


async def guesses(browser: Browser, count: int) -> list[int]:
    """The statuses of so many wrong passwords for alice at once."""
    await browser.open("/login")
    sent = (browser.submit("/login", csrf=browser.csrf, name="alice", password=f"guess {one}") for one in range(count))
    return [answer.status for answer in await asyncio.gather(*sent)]


async def test_guesses_side_by_side_are_counted_before_they_are_tried(browser: Browser) -> None:
    statuses = await guesses(browser, 40)

    assert set(statuses) == {401, 503}
    assert statuses.count(401) <= FAILURES_PER_ADDRESS


async def test_a_guesser_with_an_account_gets_no_new_guesses_by_signing_in(site: Site, browser: Browser) -> None:
    tried = 0
    for _ in range(FAILURES_PER_ADDRESS + 2):
        tried += (await browser.sign_in("alice", "wrong again")).status == 401
        await Browser(site).sign_in("ann")

    assert tried == FAILURES_PER_ADDRESS


async def test_who_signs_in_rightly_time_and_again_never_waits(site: Site) -> None:
    answers = [await Browser(site).sign_in("ann") for _ in range(FAILURES_PER_ADDRESS + 2)]
    assert {answer.status for answer in answers} == {303}


async def test_a_crowd_of_passwords_is_sent_away_with_the_time_to_come_again() -> None:
    crowd = await asyncio.gather(*(check_password(None, "x") for _ in range(30)), return_exceptions=True)

    refused = [one for one in crowd if isinstance(one, Unavailable)]
    assert 0 < len(refused) < 30
    assert {one.retry_after for one in refused} == {2}
    assert {one for one in crowd if not isinstance(one, Unavailable)} == {False}
    assert await check_password(None, "x") is False
