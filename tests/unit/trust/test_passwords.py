"""Passwords: what may be chosen, and how long a check takes."""

from __future__ import annotations

import unicodedata

import argon2
import pytest

from pratique.core.errors import Invalid
from pratique.trust import passwords
from pratique.trust.passwords import hash_new_password, password_matches


@pytest.fixture(autouse=True)
def cheap_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The real function with a small memory, so that tests are quick."""
    monkeypatch.setattr(passwords, "_HASHER", argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()


def test_the_right_password_matches_and_another_does_not() -> None:
    stored = hash_new_password("correct horse battery", "alice")
    assert password_matches(stored, "correct horse battery")
    assert not password_matches(stored, "correct horse batterz")
    assert not password_matches(stored, "")


def test_the_same_letters_typed_on_another_keyboard_match() -> None:
    composed = "pässwörter für alle"
    stored = hash_new_password(unicodedata.normalize("NFC", composed), "alice")
    assert password_matches(stored, unicodedata.normalize("NFD", composed))


def test_an_account_without_password_matches_nothing() -> None:
    assert not password_matches(None, "")
    assert not password_matches(None, "anything at all")


def test_an_unknown_account_costs_a_hash_too(monkeypatch: pytest.MonkeyPatch) -> None:
    checked: list[str] = []

    class Counting(argon2.PasswordHasher):
        def verify(self, hash: str | bytes, password: str | bytes) -> bool:
            checked.append(str(hash))
            return super().verify(hash, password)

    monkeypatch.setattr(passwords, "_HASHER", Counting(time_cost=1, memory_cost=8, parallelism=1))
    passwords._nobodys_hash.cache_clear()

    password_matches(None, "guess")
    password_matches(hash_new_password("correct horse battery", "alice"), "guess")

    assert len(checked) == 2
    assert all(one.startswith("$argon2id$") for one in checked)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [
        ("short", "at least 10"),
        ("x" * 600, "longer than 512"),
        ("Administrator-1", "too easy"),
        ("abababababab", "too easy"),
    ],
)
def test_what_may_not_be_chosen_says_why(password: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        hash_new_password(password, "administrator-1")


def test_a_damaged_hash_matches_nothing() -> None:
    assert not password_matches("not a hash", "correct horse battery")
