"""Codes are read however they are typed, and nothing else is read as one."""

from __future__ import annotations

import re

from pratique.trust.one_time_codes import code_digest, new_code, new_comparison
from pratique.trust.sessions import new_secret, secret_digest


def test_dashes_blanks_and_case_do_not_matter():
    code = new_code()

    assert re.fullmatch(r"(?:[2-9A-HJKMNP-TV-Z]{4}-){2}[2-9A-HJKMNP-TV-Z]{4}", code)
    assert (
        len({code_digest(typed) for typed in (code, code.lower(), code.replace("-", ""), code.replace("-", " "))}) == 1
    )


def test_a_clients_secret_is_taken_as_it_is():
    secret = new_secret()

    assert code_digest(secret) == secret_digest(secret)
    assert code_digest(secret) != code_digest(secret.lower())


def test_what_is_compared_is_no_code():
    assert len(new_comparison()) == 9
    assert len({new_code() for _ in range(50)}) == 50
