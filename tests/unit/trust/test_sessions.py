"""Cookies, forged forms and the five minutes."""

from __future__ import annotations

import pytest

from pratique.core.clock import MINUTE, Instant
from pratique.trust.sessions import (
    ended_session_cookie,
    form_cookie,
    form_cookie_name,
    from_this_site,
    new_secret,
    same,
    secret_digest,
    session_cookie,
    session_cookie_name,
    stepped_up,
)

NOW = Instant(1_800_000_000_000)


def test_no_script_and_no_other_site_gets_the_session() -> None:
    cookie = session_cookie("secret", secure=True)
    assert (cookie.httponly, cookie.secure, cookie.samesite, cookie.path) == (True, True, "Lax", "/")
    assert cookie.name.startswith("__Host-")


def test_without_https_the_cookie_is_one_that_a_browser_accepts() -> None:
    cookie = session_cookie("secret", secure=False)
    assert not cookie.secure
    assert not cookie.name.startswith("__Host-")


def test_signing_out_deletes_the_cookie_that_signing_in_set() -> None:
    for secure in (True, False):
        assert ended_session_cookie(secure=secure).name == session_cookie("x", secure=secure).name
        assert ended_session_cookie(secure=secure).max_age == 0


def test_a_session_lasts_twelve_hours_and_its_end_has_the_same_attributes() -> None:
    assert session_cookie("secret", secure=True).max_age == 12 * 60 * 60
    assert ended_session_cookie(secure=True).samesite == "Lax"
    assert ended_session_cookie(secure=True).value == ""


def test_every_cookie_has_a_name_of_its_own() -> None:
    names = {name(secure=secure) for name in (session_cookie_name, form_cookie_name) for secure in (True, False)}
    assert names == {"__Host-pratique", "pratique", "__Host-pratique-form", "pratique-form"}
    assert form_cookie("x", secure=True).name == "__Host-pratique-form"
    assert form_cookie("x", secure=True).httponly


def test_the_form_cookie_is_sent_by_our_own_pages_only() -> None:
    assert form_cookie("x", secure=True).samesite == "Strict"


@pytest.mark.parametrize(
    ("at", "counts"),
    [
        (None, False),
        (NOW, True),
        (Instant(NOW - 5 * MINUTE), True),
        (Instant(NOW - 5 * MINUTE - 1), False),
        (Instant(NOW + 1), False),
    ],
)
def test_the_password_counts_for_five_minutes(at: Instant | None, counts: bool) -> None:
    assert stepped_up(at, NOW) is counts


@pytest.mark.parametrize(
    ("origin", "fetch_site", "ours"),
    [
        (None, None, True),
        ("https://packages.example.test", "same-origin", True),
        ("https://PACKAGES.example.test", None, True),
        (None, "none", True),
        ("https://evil.test", None, False),
        ("https://packages.example.test.evil.test", None, False),
        ("null", None, False),
        (None, "cross-site", False),
        (None, "same-site", False),
        ("https://packages.example.test", "cross-site", False),
    ],
)
def test_a_form_from_another_site_is_recognised(origin: str | None, fetch_site: str | None, ours: bool) -> None:
    assert from_this_site(origin, fetch_site, "packages.example.test") is ours


def test_secrets_differ_and_are_kept_as_digests() -> None:
    one, other = new_secret(), new_secret()
    assert one != other
    assert not same(one, other)
    assert same(one, one)
    assert one not in secret_digest(one)
