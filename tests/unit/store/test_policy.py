"""What people lay down comes back as they wrote it."""

import pytest

from pratique.core.artifacts import Digests
from pratique.core.clock import MINUTE, Instant
from pratique.core.decisions import Action, EntryKind, ListEntry, Mode, Reservation, RuleSetting, Waiver
from pratique.core.errors import Conflict
from pratique.core.names import EcosystemId, ProjectKey
from pratique.core.ranges import parse_range
from pratique.store import policy
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
ENTRY = ListEntry(0, EntryKind.DENY, "npm", "left*", parse_range(">=1,<2 || 3.0"), Action.HIDE, "leftish", LATER)
FILES = {"left-1.0.0.tgz": Digests(sha512="ab" * 64)}
WAIVER = Waiver(
    0, "cooldown", "npm", "left", parse_range("1.0.0"), frozenset({"ci", "user"}), NOW, LATER, "checked", FILES
)


def with_id(value, number):
    return type(value)(number, *[getattr(value, field) for field in value.__struct_fields__[1:]])


@pytest.mark.parametrize("kind", list(EntryKind))
@pytest.mark.parametrize("action", list(Action))
def test_a_list_entry_comes_back_whole(c, main, kind, action):
    entry = ListEntry(0, kind, "npm", "left*", parse_range(">=1,<2 || 3.0"), action, "leftish", LATER)

    number = policy.add_list_entry(c, main.id, entry, "user:eve", NOW)

    assert policy.list_entries(c, main.id, "npm") == (with_id(entry, number),)


def test_list_entries_are_asked_for_by_ecosystem_or_all(c, main):
    number = policy.add_list_entry(c, main.id, ENTRY, "user:eve", NOW)

    assert policy.list_entries(c, main.id, "pypi") == ()
    assert [entry.id for entry in policy.list_entries(c, main.id)] == [number]
    assert policy.list_entries(c, main.id + 1, "npm") == ()


def test_a_removed_entry_counts_no_more_and_cannot_be_removed_again(c, main):
    number = policy.add_list_entry(c, main.id, ENTRY, "user:eve", NOW)

    assert policy.remove_list_entry(c, number, LATER)
    assert not policy.remove_list_entry(c, number, LATER)
    assert policy.list_entries(c, main.id, "npm") == ()


def test_a_reservation_is_made_once_and_can_be_given_up(c, main):
    wanted = Reservation(0, "npm", "@acme/*", "ours")
    number = policy.add_reservation(c, main.id, wanted, "user:eve", NOW)
    with pytest.raises(Conflict, match='"@acme/\\*" is reserved in npm already'):
        policy.add_reservation(c, main.id, wanted, "user:bob", NOW)
    assert policy.reservations(c, main.id, "npm") == policy.reservations(c, main.id) == (with_id(wanted, number),)
    assert policy.reservations(c, main.id, "pypi") == ()

    assert policy.remove_reservation(c, number)
    assert not policy.remove_reservation(c, number)
    assert policy.reservations(c, main.id, "npm") == ()


def test_a_rule_counts_its_changes(c, main):
    policy.set_rule(c, main.id, RuleSetting("cooldown", Mode.DRY_RUN, LATER, {"minimum_age": 1}))
    policy.set_rule(c, main.id, RuleSetting("cooldown", Mode.ENFORCE, None, {"minimum_age": 2}))

    assert policy.rule_settings(c, main.id) == (RuleSetting("cooldown", Mode.ENFORCE, None, {"minimum_age": 2}, 2),)


def test_an_active_waiver_comes_back_whole_for_its_project_only(c, main, left):
    number = policy.add_waiver(c, main.id, WAIVER, "user:eve", policy.ACTIVE, NOW)

    assert policy.waivers(c, main.id, left) == (with_id(WAIVER, number),)
    assert policy.waivers(c, main.id, ProjectKey(EcosystemId("pypi"), "left")) == ()


def test_a_pending_waiver_waits_for_another_person(c, main, left):
    number = policy.add_waiver(c, main.id, WAIVER, "user:eve", policy.PENDING, NOW)
    assert policy.waivers(c, main.id, left) == ()
    assert not policy.confirm_waiver(c, number, "user:eve")
    assert policy.waivers(c, main.id, left) == ()

    assert policy.confirm_waiver(c, number, "user:bob")

    assert [waiver.id for waiver in policy.waivers(c, main.id, left)] == [number]
    assert not policy.confirm_waiver(c, number, "user:joe")


@pytest.mark.parametrize("state", [policy.PENDING, policy.ACTIVE])
def test_a_withdrawn_waiver_never_counts_again(c, main, left, state):
    number = policy.add_waiver(c, main.id, WAIVER, "user:eve", state, NOW)

    assert policy.withdraw_waiver(c, number)
    assert not policy.withdraw_waiver(c, number)
    assert not policy.confirm_waiver(c, number, "user:bob")
    assert policy.waivers(c, main.id, left) == ()


def test_every_waiver_is_on_record_with_who_and_when(c, main):
    number = policy.add_waiver(c, main.id, WAIVER, "user:eve", policy.PENDING, NOW)
    policy.confirm_waiver(c, number, "user:bob")
    policy.withdraw_waiver(c, number)

    (stored,) = policy.all_waivers(c, main.id)
    assert (stored.waiver.id, stored.by, stored.confirmed_by, stored.state, stored.created) == (
        number,
        "user:eve",
        "user:bob",
        policy.WITHDRAWN,
        NOW,
    )
