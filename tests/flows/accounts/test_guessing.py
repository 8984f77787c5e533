"""Guessing passwords: side by side is no faster than one after the other, and nobody's success wipes the slate."""

from __future__ import annotations

import asyncio

import pytest

from pratique.core.errors import Unauthorised, Unavailable
from pratique.services.accounts.hashing import check_password
from pratique.services.accounts.step_up import FAILURES_PER_NETWORK, PasswordGate
from tests.flows.accounts.conftest import PASSWORD, Browser
from tests.harness.site import Site


async def guesses(browser: Browser, count: int) -> list[int]:
    """The statuses of so many wrong passwords for alice at once."""
    await browser.open("/login")
    sent = (browser.submit("/login", csrf=browser.csrf, name="alice", password=f"guess {one}") for one in range(count))
    return [answer.status for answer in await asyncio.gather(*sent)]


async def test_guesses_side_by_side_are_counted_before_they_are_tried(browser: Browser) -> None:
    statuses = await guesses(browser, 40)

    assert set(statuses) == {401, 503}
    assert statuses.count(401) <= FAILURES_PER_NETWORK


async def test_a_guesser_with_an_account_gets_no_new_guesses_by_signing_in(site: Site, browser: Browser) -> None:
    tried = 0
    for _ in range(FAILURES_PER_NETWORK + 2):
        tried += (await browser.sign_in("alice", "wrong again")).status == 401
        await Browser(site).sign_in("ann")

    assert tried == FAILURES_PER_NETWORK


async def test_who_signs_in_rightly_time_and_again_never_waits(site: Site) -> None:
    answers = [await Browser(site).sign_in("ann") for _ in range(FAILURES_PER_NETWORK + 2)]
    assert {answer.status for answer in answers} == {303}


async def test_a_crowd_of_passwords_is_sent_away_with_the_time_to_come_again() -> None:
    crowd = await asyncio.gather(*(check_password(None, "x") for _ in range(30)), return_exceptions=True)

    refused = [one for one in crowd if isinstance(one, Unavailable)]
    assert 0 < len(refused) < 30
    assert {one.retry_after for one in refused} == {2}
    assert {one for one in crowd if not isinstance(one, Unavailable)} == {False}
    assert await check_password(None, "x") is False


async def test_who_has_a_whole_network_of_ipv6_gets_no_more_guesses_than_who_has_one_address(site: Site) -> None:
    gate, own = PasswordGate(), [f"2001:db8:0:1::{number}" for number in range(FAILURES_PER_NETWORK)]
    for address in own:
        with pytest.raises(Unauthorised):
            await gate.check(site.ports, "alice", "guess", address)

    with pytest.raises(Unavailable):
        await gate.check(site.ports, "alice", PASSWORD, "2001:db8:0:1:ffff::1")
    assert (await gate.check(site.ports, "alice", PASSWORD, "2001:db8:0:2::1")).name == "alice"
