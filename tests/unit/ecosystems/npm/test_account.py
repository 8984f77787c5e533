"""What npm sends about tokens becomes a wish that says neither more nor less."""

from __future__ import annotations

import orjson
import pytest

from pratique.core.account_verbs import TokenLine
from pratique.core.actors import Operation
from pratique.core.errors import Forbidden, Invalid
from pratique.ecosystems.npm.account import read_profile_change, read_token_key, read_token_wish, write_tokens


def wish(**fields):
    return read_token_wish(orjson.dumps(fields))


@pytest.mark.parametrize(
    ("fields", "names"),
    [
        ({}, ("*",)),
        ({"packages": ["left", "@acme/x"]}, ("left", "@acme/x")),
        ({"scopes": ["@acme", "other", "@third/*"]}, ("@acme/*", "@other/*", "@third/*")),
        ({"packages": ["left"], "packages_all": True}, ("*",)),
        ({"packages": []}, ("*",)),
    ],
    ids=["none", "packages", "scopes", "all", "empty"],
)
def test_packages_and_scopes_are_names(fields, names):
    assert wish(**fields).names == names


@pytest.mark.parametrize(
    ("fields", "publishes"),
    [
        ({}, False),
        ({"readonly": False}, True),
        ({"readonly": True}, False),
        ({"packages_and_scopes_permission": "read-only", "readonly": False}, False),
        ({"packages_and_scopes_permission": "read-write"}, True),
    ],
    ids=["nothing", "older", "read-only", "both", "read-write"],
)
def test_what_is_not_asked_for_is_not_given(fields, publishes):
    assert (Operation.PUBLISH in wish(**fields).operations) is publishes


def test_days_are_a_duration_and_a_name_is_found_for_what_has_none():
    assert (wish(expires=30).expires_in, wish().expires_in) == ("30d", None)
    assert (wish(name="x").name, wish().name, wish(name=None).name) == ("x", "made by npm", "made by npm")


@pytest.mark.parametrize(
    "fields",
    [{"cidr_whitelist": ["10.0.0.0/8"]}, {"orgs": ["x"]}, {"orgs_permission": "read-only"}, {"bypass_2fa": True}],
    ids=lambda fields: next(iter(fields)),
)
def test_limits_and_leave_that_are_not_kept_are_refused(fields):
    with pytest.raises(Forbidden):
        wish(**fields)


@pytest.mark.parametrize("value", [0, -1, 1.5, True, "7", 10**9, []], ids=str)
def test_what_is_no_number_of_days_is_refused(value):
    with pytest.raises(Invalid):
        wish(expires=value)


def test_keys_have_one_length_so_that_none_begins_another():
    lines = [TokenLine(number, "x", ("read",), ("*",), "", None) for number in (1, 10, 100)]

    keys = [one["key"] for one in orjson.loads(write_tokens(lines).body)["objects"]]

    assert len({len(key) for key in keys}) == 1
    assert [read_token_key(key) for key in keys] == [1, 10, 100]
    assert read_token_key("prq_x") is None
    assert read_token_key("1") is None


def test_secrets_do_not_show_in_what_was_read():
    change = read_profile_change(orjson.dumps({"password": {"old": "now it is", "new": "then it will be"}}))

    assert "it" not in repr(change)
    assert "hidden" not in repr(wish(password="hidden"))
