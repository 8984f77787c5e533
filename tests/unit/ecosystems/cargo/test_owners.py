"""`cargo owner`: which accounts a change names, and who owns a crate."""

from __future__ import annotations

import contextlib

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pratique.core.errors import Invalid
from pratique.ecosystems.cargo import CARGO


def test_a_change_names_accounts():
    assert CARGO.read_owners(b'{"users": ["bob", "ann"]}') == ("bob", "ann")


@pytest.mark.parametrize(
    "body",
    [b"null", b"[]", b"7", b"{}", b'{"users": null}', b'{"users": []}', b'{"users": "bob"}', b'{"users": {"bob": 1}}',
     b'{"users": [""]}', b'{"users": ["bob", 7]}', b'{"users": [["bob"]]}', b'{"owners": ["bob"]}'],
)  # fmt: skip
def test_a_change_that_names_nobody_is_shown_how(body):
    with pytest.raises(Invalid, match=r'must name accounts, as in {"users": \["bob"\]}'):
        CARGO.read_owners(body)


@pytest.mark.parametrize("body", [b"", b"\xff", b"{", b"[" * 90_000, b'{"users": ["\\ud800"]}', b"users=bob"])
def test_what_is_no_json_is_refused(body):
    with pytest.raises(Invalid, match=r"is no JSON .*use `cargo owner`"):
        CARGO.read_owners(body)


def test_a_crowd_is_refused():
    assert len(CARGO.read_owners(orjson.dumps({"users": ["a"] * 100}))) == 100
    with pytest.raises(Invalid, match="names 101 accounts, at most 100"):
        CARGO.read_owners(orjson.dumps({"users": ["a"] * 101}))


def test_owners_are_listed_by_the_name_that_cargo_shows():
    rendered = CARGO.write_owners(["ann", "bob"])
    assert rendered.content_type == "application/json"
    assert [one["login"] for one in orjson.loads(rendered.body)["users"]] == ["ann", "bob"]
    assert orjson.loads(CARGO.write_owners([]).body) == {"users": []}


def test_a_change_is_acknowledged_with_the_sentence_that_cargo_prints():
    assert orjson.loads(CARGO.write_owners_changed("bob owns left now").body) == {
        "ok": True,
        "msg": "bob owns left now",
    }


junk = st.recursive(
    st.none() | st.booleans() | st.integers(0, 9) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["users", "x"]), inner),
    max_leaves=6,
)


@given(junk.map(orjson.dumps) | st.binary(max_size=40))
def test_any_body_names_accounts_or_is_refused(body):
    with contextlib.suppress(Invalid):
        found = CARGO.read_owners(body)
        assert found
        assert all(isinstance(one, str) and one for one in found)
