"""Passwords: hashed with Argon2id, checked in equal time whether or not the account exists."""

from __future__ import annotations

import functools
import secrets
import unicodedata

import argon2

from pratique.core.errors import Invalid

MIN_LENGTH = 10
MAX_LENGTH = 512
"""Characters. The upper bound keeps one request from hashing megabytes."""

_HASHER = argon2.PasswordHasher()
"""The library's defaults are the second recommended set of RFC 9106, section 4."""


def hash_new_password(password: str, account: str) -> str:
    """Hash a password that someone has just chosen.

    Raises:
        Invalid: it is too short, too long, or the account's own name.

    Source: NIST SP 800-63B section 3.1.1: length, no composition rules; RFC 8265 for the normal form.
    """
    if len(password) < MIN_LENGTH:
        raise Invalid(f"the password has {len(password)} characters; choose one with at least {MIN_LENGTH}")
    if len(password) > MAX_LENGTH:
        raise Invalid(f"the password is longer than {MAX_LENGTH} characters; choose a shorter one")
    if password.lower() == account.lower() or len(set(password)) < 4:
        raise Invalid("the password is too easy to guess; choose a few words that do not belong together")
    return _HASHER.hash(_normal(password))


def password_matches(stored: str | None, given: str) -> bool:
    """Whether the password is the account's; None (no such account, or none set) takes as long and says no."""
    reference = _nobodys_hash()
    try:
        _HASHER.verify(stored or reference, _normal(given[:MAX_LENGTH]))
    except (argon2.exceptions.VerifyMismatchError, argon2.exceptions.InvalidHashError):
        return False
    return stored is not None and len(given) <= MAX_LENGTH


def _normal(password: str) -> str:
    return unicodedata.normalize("NFC", password)


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash(secrets.token_urlsafe(32))
