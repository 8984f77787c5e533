"""What takes two people takes two, and the second agrees to what they have seen."""

from __future__ import annotations

from typing import Any

import pytest

from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.core.clock import HOUR, Instant
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.governing.revoke import revoke
from tests.flows.accounts.conftest import Api, Operator
from tests.harness.site import Site, new_token

ASKED = {"rule": "revoked", "purl": "pkg:npm/left", "reason": "we need it"}


@pytest.fixture
async def second(site: Site) -> str:
    """A token of another administrator."""
    await add_user(site.ports, AddUser(name="bob", password="correct horse battery", admin=True), OPERATOR)
    site.clock.set("+25h")
    return await new_token(site, "bob", ActorKind.USER, frozenset(Operation))


async def states(api: Api, token: str) -> list[tuple[int, str]]:
    shown = (await api.get("/waivers", token, ended=True)).json()["waivers"]
    return [(one["id"], one["state"]) for one in shown]


async def events(api: Api, token: str, kind: str) -> list[dict[str, Any]]:
    found = (await api.get("/events", token)).json()["events"]
    return [one["body"] for one in found if one["kind"] == kind]


async def test_the_same_words_of_another_administrator_confirm(api: Api, site: Site, second: str) -> None:
    first = await api.post("/waive", site.admin, **ASKED, expires_in="7d", actor_kinds=["ci"])
    site.clock.set("+26h")
    again = await api.post("/waive", second, **ASKED, expires_in="7d", actor_kinds=["ci"])

    assert (first.json()["pending"], again.json()["pending"]) == (True, False)
    assert await states(api, site.admin) == [(1, "active")]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({}, {"expires_in": "1h"}),
        ({"expires_in": "365d"}, {"expires_in": "1h"}),
        ({}, {"actor_kinds": ["ci"]}),
        ({"actor_kinds": ["ci"]}, {}),
        ({}, {"versions": "1.0.0"}),
    ],
    ids=["endless", "longer", "for everyone", "for ci", "all versions"],
)
async def test_other_words_confirm_nothing(
    api: Api, site: Site, second: str, asked: dict[str, Any], said: dict[str, Any]
) -> None:
    await api.post("/waive", site.admin, **ASKED, **asked)

    answer = await api.post("/waive", second, **ASKED, **said)

    assert answer.json()["pending"]
    assert await states(api, site.admin) == [(1, "pending"), (2, "pending")]


async def test_what_waits_is_confirmed_by_its_number_and_the_event_says_what_was_agreed_to(
    api: Api, site: Site, second: str
) -> None:
    await revoke(site.ports, "main", "pkg:npm/left", None, "stolen account", OPERATOR)
    await api.post("/waive", site.admin, **ASKED, expires_in="7d", actor_kinds=["ci"])

    alone = await api.post("/confirm", site.admin, id=1)
    agreed = await api.post("/confirm", second, id=1)
    twice = await api.post("/confirm", second, id=1)

    assert (alone.status, agreed.status, twice.status) == (403, 200, 409)
    assert "another administrator" in alone.json()["error"]
    assert "does not wait" in twice.json()["error"]
    assert await states(api, site.admin) == [(1, "active")]
    (body,) = await events(api, site.admin, "waiver_confirmed")
    assert (body["waiver"], body["rule"], body["versions"], body["actor_kinds"]) == (1, "revoked", "*", ["ci"])
    assert (body["reason"], body["asked_by"], body["files"]) == ("we need it", "alice", [])
    assert body["expires"] > Instant(site.ports.clock.now() + 100 * HOUR)


async def test_what_ended_while_it_waited_is_confirmed_by_nobody(api: Api, site: Site, second: str) -> None:
    await api.post("/waive", site.admin, **ASKED, expires_in="7d")
    site.clock.set("+9d")

    by_number = await api.post("/confirm", second, id=1)
    by_words = await api.post("/waive", second, **ASKED, expires_in="7d")

    assert (by_number.status, "ended while it waited" in by_number.json()["error"]) == (409, True)
    assert by_words.json()["pending"]
    assert await states(api, site.admin) == [(1, "expired"), (2, "pending")]


async def test_the_command_on_the_data_folder_is_no_second_person(
    api: Api, site: Site, operator: Operator, second: str
) -> None:
    await api.post("/waive", site.admin, **ASKED)

    here = await operator.types("confirm", "1")
    afar = await operator.types("confirm", "1", here=False, token=second)

    assert (here.code, "signed in as a person" in here.err) == (1, True)
    assert (afar.code, afar.out) == (0, "pkg:npm/left, all versions: revoked no longer counts (waiver 1)\n")


@pytest.mark.parametrize("rule", ["revoked", "known_malware", "digest_mismatch"])
@pytest.mark.parametrize("mode", ["off", "dry-run"])
async def test_one_administrator_does_not_turn_off_what_takes_two_to_waive(
    api: Api, site: Site, operator: Operator, rule: str, mode: str
) -> None:
    afar = await api.post("/policy/set", site.admin, rule=rule, mode=mode)
    here = await operator.types("policy", "set", rule, "--mode", mode)

    assert (afar.status, here.code) == (403, 1)
    for sentence in (afar.json()["error"], here.err):
        assert f"{rule} always counts" in sentence
        assert f"pratique waive {rule} PURL --reason" in sentence
    shown = {one["rule"]: one["mode"] for one in (await api.get("/policy/show", site.admin)).json()["rules"]}
    assert shown[rule] == "enforce"
    assert (await api.post("/policy/set", site.admin, rule=rule, mode="enforce")).status == 200


async def test_a_second_administrator_made_for_the_occasion_confirms_nothing(api: Api, site: Site, second: str) -> None:
    del second
    await api.post("/waive", site.admin, **ASKED)
    site.clock.set("+26h")
    await add_user(site.ports, AddUser(name="puppet", password="correct horse battery", admin=True), OPERATOR)
    puppet = await new_token(site, "puppet", ActorKind.USER, frozenset(Operation))

    answer = await api.post("/confirm", puppet, id=1)

    assert answer.status == 403
    assert "was made an administrator after this was asked for" in answer.text
    assert await states(api, site.admin) == [(1, "pending")]


async def test_a_second_administrator_of_less_than_a_day_is_neither_of_the_two(api: Api, site: Site) -> None:
    site.clock.set("+25h")
    await add_user(site.ports, AddUser(name="puppet", password="correct horse battery", admin=True), OPERATOR)
    puppet = await new_token(site, "puppet", ActorKind.USER, frozenset(Operation))
    site.clock.set("+48h")

    asked = await api.post("/waive", puppet, **ASKED)
    await api.post("/waive", site.admin, **ASKED)
    agreed = await api.post("/confirm", puppet, id=1)

    assert (asked.status, "less than 24 hours" in asked.json()["error"]) == (403, True)
    assert (agreed.status, "less than 24 hours" in agreed.json()["error"]) == (403, True)
    site.clock.set("+50h")
    assert (await api.post("/waive", puppet, **ASKED, expires_in="7d")).json()["pending"]
    assert await states(api, site.admin) == [(1, "pending"), (2, "pending")]


async def test_an_account_that_was_enabled_for_the_occasion_confirms_nothing(
    api: Api, site: Site, operator: Operator, second: str
) -> None:
    await api.post("/user/disable", site.admin, name="bob")
    await operator.types("user", "enable", "bob")
    await api.post("/waive", site.admin, **ASKED)

    answer = await api.post("/confirm", second, id=1)

    assert (answer.status, "less than 24 hours" in answer.text) == (403, True)


async def test_the_command_on_the_data_folder_is_no_first_person(
    api: Api, site: Site, operator: Operator, second: str
) -> None:
    here = await operator.types("waive", "revoked", "pkg:npm/left", "--reason", "we need it")

    assert (here.code, "takes two people" in here.err) == (1, True)
    assert await states(api, second) == []


async def test_an_account_made_administrator_for_the_occasion_confirms_nothing(
    api: Api, site: Site, operator: Operator
) -> None:
    await add_user(site.ports, AddUser(name="bob", password="correct horse battery", admin=True), OPERATOR)
    site.clock.set("+25h")
    await api.post("/waive", site.admin, **ASKED)
    site.clock.set("+26h")
    await api.post("/user/demote", site.admin, name="bob")
    await operator.types("user", "promote", "bob")
    bob = await new_token(site, "bob", ActorKind.USER, frozenset(Operation))

    answer = await api.post("/confirm", bob, id=1)

    assert (answer.status, "made an administrator after" in answer.text) == (403, True)
    assert await states(api, site.admin) == [(1, "pending")]


async def test_one_administrator_does_not_open_what_takes_two_to_waive(
    api: Api, site: Site, operator: Operator
) -> None:
    opened = {"unsafe_accept_unlisted": True}

    afar = await api.post("/policy/set", site.admin, rule="digest_mismatch", options=opened)

    assert (afar.status, "two admins together" in afar.json()["error"]) == (403, True)
    here = await operator.types("policy", "set", "digest_mismatch", "--option", "unsafe_accept_unlisted=true")
    assert here.code == 0, "whoever holds the machine"
    closed = await api.post(
        "/policy/set", site.admin, rule="digest_mismatch", options={"unsafe_accept_unlisted": False}
    )
    assert closed.status == 200
