"""What was proved a moment ago counts only as long as it is still so: whoever is late does not have the last word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pratique.core.actors import OPERATOR
from pratique.core.errors import Unauthorised
from pratique.services.accounts import (
    AddUser,
    DisableUser,
    EnableUser,
    SetPassword,
    add_user,
    disable_user,
    enable_user,
    set_password,
)
from pratique.services.admin_link import MakeAdminLink, make_admin_link
from pratique.services.administrators import PromoteUser, promote_user
from pratique.services.step_up import PasswordGate, sign_in, sign_out, step_up
from pratique.services.tokens import CreateToken, create_token
from pratique.store.accounts import Account
from tests.flows.accounts.conftest import PASSWORD
from tests.harness.site import Site

NEW = "brand new passphrase"


async def changed(site: Site) -> None:
    await set_password(site.ports, SetPassword("alice", NEW), OPERATOR)


async def disabled(site: Site) -> None:
    await disable_user(site.ports, DisableUser("alice"), OPERATOR)


class Slow(PasswordGate):
    """A gate on a busy machine: something happens between the look at the password and what follows."""

    def __init__(self, site: Site, meanwhile: Callable[[Site], Awaitable[None]]) -> None:
        super().__init__()
        self.site, self.meanwhile = site, meanwhile

    async def check(self, *given: Any) -> Account:
        account = await super().check(*given)
        await self.meanwhile(self.site)
        return account


@pytest.mark.parametrize("meanwhile", [changed, disabled])
async def test_no_session_begins_with_what_ended_while_the_password_was_checked(site: Site, meanwhile: Any) -> None:
    with pytest.raises(Unauthorised, match="do not fit together"):
        await sign_in(site.ports, Slow(site, meanwhile), "alice", PASSWORD, "127.0.0.1")


@pytest.mark.parametrize("meanwhile", [changed, disabled])
async def test_an_ended_session_is_not_stepped_up(site: Site, meanwhile: Any) -> None:
    _, session = await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")

    with pytest.raises(Unauthorised):
        await step_up(site.ports, Slow(site, meanwhile), session, PASSWORD, "127.0.0.1")


async def test_who_signed_out_is_not_stepped_up(site: Site) -> None:
    _, session = await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
    await sign_out(site.ports, session)

    with pytest.raises(Unauthorised, match="the session is over"):
        await step_up(site.ports, PasswordGate(), session, PASSWORD, "127.0.0.1")


@pytest.mark.parametrize(
    ("verb", "request_"),
    [
        (set_password, SetPassword("alice", "attackers own words")),
        (add_user, AddUser("puppet", "attackers own words", admin=True)),
        (create_token, CreateToken("x")),
        (make_admin_link, MakeAdminLink()),
        (promote_user, PromoteUser("ann")),
    ],
)
async def test_an_ended_session_leaves_nothing_behind_that_outlives_it(site: Site, verb: Any, request_: Any) -> None:
    _, session = await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
    await changed(site)

    with pytest.raises(Unauthorised, match="ended meanwhile"):
        await verb(site.ports, request_, session.actor)


async def test_who_is_enabled_again_signs_in_with_the_same_password(site: Site) -> None:
    await disabled(site)
    await enable_user(site.ports, EnableUser("alice"), OPERATOR)
    assert await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
