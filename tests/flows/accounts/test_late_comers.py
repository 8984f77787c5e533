"""What was proved a moment ago counts only as long as it is still so: whoever is late does not have the last word."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from pratique.core.actors import OPERATOR, Operation
from pratique.core.decisions import EntryKind, Mode
from pratique.core.errors import Forbidden, NotFound, Unauthorised
from pratique.services.accounts.accounts import (
    AddUser,
    DisableUser,
    EnableUser,
    SetPassword,
    add_user,
    disable_user,
    enable_user,
    set_password,
)
from pratique.services.accounts.admin_link import MakeAdminLink, claim_admin_link, link_is_open, make_admin_link
from pratique.services.accounts.administrators import DemoteUser, PromoteUser, demote_user, promote_user
from pratique.services.accounts.step_up import PasswordGate, sign_in, sign_out, step_up
from pratique.services.accounts.tokens import (
    CreateToken,
    ListTokens,
    RevokeToken,
    create_token,
    list_tokens,
    revoke_token,
)
from pratique.services.governing.list_entries import AddEntry, RemoveEntries, add_entry, remove_entries
from pratique.services.governing.revoke import revoke, unrevoke
from pratique.services.governing.rule_settings import SetRule, set_rule
from pratique.services.governing.waive import confirm, waive, withdraw
from pratique.services.names.reservations import Reserve, Unreserve, reserve, unreserve
from pratique.store import events
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


GRAVE: list[tuple[Any, Any]] = [
    (set_password, SetPassword("ann", NEW)),
    (add_user, AddUser("puppet", NEW, admin=True)),
    (disable_user, DisableUser("ann")),
    (enable_user, EnableUser("gone")),
    (promote_user, PromoteUser("ann")),
    (demote_user, DemoteUser("bob")),
    (make_admin_link, MakeAdminLink()),
    (create_token, CreateToken("x", operations=frozenset({Operation.ACCOUNTS}))),
    (revoke_token, RevokeToken(1)),
    (reserve, Reserve("npm", "@new/*", reason="ours")),
    (unreserve, Unreserve("npm", "@ours/*")),
    (add_entry, AddEntry(EntryKind.ALLOW, "pkg:npm/x", reason="fine")),
    (remove_entries, RemoveEntries(EntryKind.DENY, "pkg:npm/bad")),
    (set_rule, SetRule("cooldown", mode=Mode.OFF)),
    (lambda ports, _, actor: waive(ports, "main", "pkg:npm/x", "cooldown", "fine", actor), None),
    (lambda ports, number, actor: confirm(ports, "main", number, actor), 1),
    (lambda ports, number, actor: withdraw(ports, "main", number, actor), 1),
    (lambda ports, _, actor: revoke(ports, "main", "pkg:npm/x", None, "bad", actor), None),
    (lambda ports, _, actor: unrevoke(ports, "main", "pkg:npm/bad", None, actor), None),
]


@pytest.mark.parametrize(("change", "request_"), GRAVE)
async def test_whoever_was_demoted_while_the_request_was_under_way_changes_nothing(
    site: Site, change: Any, request_: Any
) -> None:
    ports = site.ports
    await add_user(ports, AddUser("bob", NEW, admin=True), OPERATOR)
    await add_user(ports, AddUser("gone", NEW), OPERATOR)
    await disable_user(ports, DisableUser("gone"), OPERATOR)
    await reserve(ports, Reserve("npm", "@ours/*", reason="ours"), OPERATOR)
    await add_entry(ports, AddEntry(EntryKind.DENY, "pkg:npm/bad", reason="bad"), OPERATOR)
    await revoke(ports, "main", "pkg:npm/bad", None, "bad", OPERATOR)
    site.clock.set("+25h")
    _, bob = await sign_in(ports, PasswordGate(), "bob", NEW, "127.0.0.1")
    await waive(ports, "main", "pkg:npm/bad", "revoked", "needed", bob.actor)
    _, session = await sign_in(ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
    await demote_user(ports, DemoteUser("alice"), OPERATOR)
    before = [event.id for event in await ports.db.read(events.recent, 100)]

    with pytest.raises(Forbidden, match="no administrator any more"):
        await change(ports, request_, session.actor)

    assert [event.id for event in await ports.db.read(events.recent, 100)] == before


async def token_ended(site: Site) -> None:
    (token,) = (await list_tokens(site.ports, ListTokens("alice"), OPERATOR)).tokens
    await revoke_token(site.ports, RevokeToken(token.id), OPERATOR)


async def demoted(site: Site) -> None:
    await add_user(site.ports, AddUser("bob", NEW, admin=True), OPERATOR)
    await demote_user(site.ports, DemoteUser("alice"), OPERATOR)


@pytest.mark.parametrize("loss", [changed, disabled, demoted, token_ended])
async def test_a_link_does_not_outlive_what_made_it(site: Site, loss: Any) -> None:
    _, session = await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
    link = await make_admin_link(site.ports, MakeAdminLink(), session.actor)
    secret = link.url.rpartition("/")[2]
    assert await link_is_open(site.ports, secret)

    await loss(site)

    with pytest.raises(NotFound, match="ended"):
        await claim_admin_link(site.ports, secret, "puppet", NEW)


async def test_a_link_stays_open_when_somebody_else_changes_a_password(site: Site) -> None:
    link = await make_admin_link(site.ports, MakeAdminLink(), OPERATOR)

    await set_password(site.ports, SetPassword("ann", NEW), OPERATOR)

    assert await link_is_open(site.ports, link.url.rpartition("/")[2])


async def test_who_is_enabled_again_signs_in_with_the_same_password(site: Site) -> None:
    await disabled(site)
    await enable_user(site.ports, EnableUser("alice"), OPERATOR)
    assert await sign_in(site.ports, PasswordGate(), "alice", PASSWORD, "127.0.0.1")
