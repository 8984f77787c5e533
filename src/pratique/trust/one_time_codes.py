"""One-time codes that people copy from a page into a terminal, and what both show so that they can be compared."""

from __future__ import annotations

import re
import secrets

from pratique.core.clock import MINUTE
from pratique.trust.sessions import secret_digest

CODE_LIFE = 5 * MINUTE
"""As long as a step-up counts."""

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Without those that are taken for one another."""

_GROUPS = 3
"""Of four letters: 58 bits, which nobody guesses in five minutes, so that guesses need not be slowed down."""

_COMPARED = 2

_TYPED = re.compile(rf"[{_LETTERS}]{{{4 * _GROUPS}}}\Z")


def new_code() -> str:
    """A fresh code, `K7QF-2M9X-HD4T`; show it once and store only `code_digest` of it."""
    return _in_groups(_GROUPS)


def new_comparison() -> str:
    """What the terminal and the page show alike, `K7QF-2M9X`. No secret."""
    return _in_groups(_COMPARED)


def code_digest(given: str) -> str:
    """What the store keeps of a code, however its dashes, blanks and case were typed; of a client's secret as it is."""
    plain = re.sub(r"[\s-]", "", given).upper()
    return secret_digest(plain if _TYPED.match(plain) else given)


def _in_groups(count: int) -> str:
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(count))
