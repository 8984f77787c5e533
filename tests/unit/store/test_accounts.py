"""Accounts, sessions and links that work once."""

import asyncio

import pytest

from pratique.core.clock import HOUR, MINUTE, Instant
from pratique.core.errors import Conflict
from pratique.store import accounts
from pratique.store.accounts import Session
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
IN_AN_HOUR = Instant(NOW + HOUR)


@pytest.fixture
def eve(c):
    return accounts.create(c, "eve", "hash", False, NOW)


def session(account, secret="5" * 64, expires=IN_AN_HOUR, created=NOW):
    return Session(secret, account.id, "csrf", created, expires)


def test_an_account_comes_back_by_name_and_by_id(c, eve):
    assert accounts.find(c, eve.id) == accounts.find_by_name(c, "eve") == eve
    assert (eve.password, eve.admin, eve.disabled) == ("hash", False, None)
    assert accounts.find_by_name(c, "Eve") is None
    assert accounts.find(c, eve.id + 1) is None


def test_a_name_can_be_taken_once(c, eve):
    with pytest.raises(Conflict, match='an account named "eve" exists already; choose another name'):
        accounts.create(c, "eve", None, True, NOW)


def test_accounts_are_listed_by_name(c, eve):
    bob = accounts.create(c, "bob", None, True, NOW)

    assert accounts.list_all(c) == (bob, eve)


def test_only_admins_who_count_are_counted(c, eve):
    bob = accounts.create(c, "bob", None, True, NOW)
    accounts.set_admin(c, eve.id, True)
    assert accounts.count_admins(c) == 2

    accounts.disable(c, bob.id, NOW)
    assert accounts.count_admins(c) == 1
    accounts.enable(c, bob.id)
    accounts.set_admin(c, eve.id, False)
    assert accounts.count_admins(c) == 1


def test_an_account_is_disabled_since_the_first_time(c, eve):
    accounts.disable(c, eve.id, NOW)
    accounts.disable(c, eve.id, LATER)

    assert accounts.find(c, eve.id).disabled == NOW


def test_a_session_comes_back_until_it_is_over(c, eve):
    accounts.create_session(c, session(eve))

    assert accounts.find_session(c, "5" * 64, NOW) == session(eve)
    assert accounts.find_session(c, "6" * 64, NOW) is None
    assert accounts.find_session(c, "5" * 64, IN_AN_HOUR) is None


def test_a_session_remembers_the_last_step_up(c, eve):
    accounts.create_session(c, session(eve))
    accounts.step_up(c, "5" * 64, LATER)

    assert accounts.find_session(c, "5" * 64, LATER).stepped_up == LATER


@pytest.mark.parametrize(
    "end",
    [
        lambda c, eve: accounts.end_session(c, "5" * 64),
        lambda c, eve: accounts.end_all_sessions(c, eve.id),
        lambda c, eve: accounts.disable(c, eve.id, LATER),
        lambda c, eve: accounts.set_password(c, eve.id, "new"),
    ],
    ids=["sign out", "sign out everywhere", "disable", "new password"],
)
def test_a_session_ends(c, eve, end):
    accounts.create_session(c, session(eve))
    end(c, eve)

    assert accounts.find_session(c, "5" * 64, LATER) is None


def test_an_account_enabled_again_has_to_sign_in_again(c, eve):
    accounts.create_session(c, session(eve))
    accounts.disable(c, eve.id, NOW)
    accounts.enable(c, eve.id)

    assert accounts.find_session(c, "5" * 64, LATER) is None


def test_sessions_that_are_over_are_forgotten(c, eve):
    accounts.create_session(c, session(eve, "1" * 64, expires=LATER))
    accounts.create_session(c, session(eve, "2" * 64, created=LATER))

    assert accounts.find_session(c, "1" * 64, NOW) is None
    assert accounts.find_session(c, "2" * 64, LATER) is not None


def test_a_link_works_once(c):
    accounts.create_link(c, "7" * 64, "claim_admin", LATER)

    assert accounts.link_is_open(c, "7" * 64, "claim_admin", NOW)
    assert accounts.use_link(c, "7" * 64, "claim_admin", NOW)
    assert not accounts.use_link(c, "7" * 64, "claim_admin", NOW)
    assert not accounts.link_is_open(c, "7" * 64, "claim_admin", NOW)


@pytest.mark.parametrize(
    ("secret", "purpose", "when"),
    [("8" * 64, "claim_admin", NOW), ("7" * 64, "other", NOW), ("7" * 64, "claim_admin", LATER)],
    ids=["wrong secret", "other purpose", "too late"],
)
def test_a_link_that_does_not_fit_does_not_work(c, secret, purpose, when):
    accounts.create_link(c, "7" * 64, "claim_admin", LATER)

    assert not accounts.use_link(c, secret, purpose, when)
    assert accounts.use_link(c, "7" * 64, "claim_admin", NOW)


def test_a_new_link_makes_the_old_one_worthless(c):
    accounts.create_link(c, "7" * 64, "claim_admin", LATER)
    accounts.create_link(c, "8" * 64, "claim_admin", LATER)

    assert not accounts.use_link(c, "7" * 64, "claim_admin", NOW)
    assert accounts.use_link(c, "8" * 64, "claim_admin", NOW)


async def test_of_many_who_use_a_link_at_once_one_succeeds(database):
    await database.write(accounts.create_link, "7" * 64, "claim_admin", LATER)

    used = await asyncio.gather(
        *(database.write(accounts.use_link, "7" * 64, "claim_admin", NOW, durable=bool(n % 2)) for n in range(20))
    )

    assert sorted(used) == [False] * 19 + [True]
