"""Tokens come back by the hash of their secret, with their holder."""

import pytest
import sqlalchemy as sa

from pratique.core.actors import ActorKind, Operation, TokenScope
from pratique.core.clock import MINUTE, Instant
from pratique.store import accounts, tokens
from tests.stores.implementations import NOW

LATER = Instant(NOW + MINUTE)
SCOPE = TokenScope(frozenset({Operation.READ, Operation.PUBLISH}), frozenset({"npm"}), ("@acme/*",), expires=LATER)


@pytest.fixture
def eve(c):
    return accounts.create(c, "eve", "hash", True, NOW)


def test_a_token_comes_back_with_its_account(c, eve):
    made = tokens.create(c, "a" * 64, eve.id, "laptop", ActorKind.USER, SCOPE, NOW)

    assert tokens.find(c, "a" * 64) == (made, eve)
    assert tokens.find_by_id(c, made.id) == made
    assert (made.scope, made.kind, made.expires, made.revoked) == (SCOPE, ActorKind.USER, LATER, None)


def test_a_token_of_nobody_has_no_account(c):
    made = tokens.create(c, "a" * 64, None, "mirror", ActorKind.SERVICE, TokenScope(frozenset()), NOW)

    assert tokens.find(c, "a" * 64) == (made, None)
    assert made.expires is None


def test_an_unknown_secret_is_none(c):
    assert tokens.find(c, "a" * 64) is None
    assert tokens.find_by_id(c, 1) is None


def test_the_same_secret_cannot_be_two_tokens(c, eve):
    tokens.create(c, "a" * 64, eve.id, "one", ActorKind.USER, SCOPE, NOW)

    with pytest.raises(sa.exc.IntegrityError):
        tokens.create(c, "a" * 64, eve.id, "two", ActorKind.USER, SCOPE, NOW)


def test_a_token_is_revoked_once_and_says_so(c, eve):
    made = tokens.create(c, "a" * 64, eve.id, "laptop", ActorKind.USER, SCOPE, NOW)

    assert tokens.revoke(c, made.id, LATER)
    assert not tokens.revoke(c, made.id, Instant(LATER + 1))
    assert not tokens.revoke(c, made.id + 1, LATER)
    assert tokens.find(c, "a" * 64)[0].revoked == LATER


def test_a_disabled_account_is_seen_with_the_token(c, eve):
    tokens.create(c, "a" * 64, eve.id, "laptop", ActorKind.USER, SCOPE, NOW)
    accounts.disable(c, eve.id, LATER)

    assert tokens.find(c, "a" * 64)[1].disabled == LATER


def test_tokens_are_listed_for_one_account_or_for_all(c, eve):
    bob = accounts.create(c, "bob", None, False, NOW)
    hers = tokens.create(c, "a" * 64, eve.id, "laptop", ActorKind.USER, SCOPE, NOW)
    his = tokens.create(c, "b" * 64, bob.id, "ci", ActorKind.CI, SCOPE, NOW)

    assert tokens.list_for(c, bob.id) == (his,)
    assert tokens.list_for(c, None) == (hers, his)
