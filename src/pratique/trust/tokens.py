"""API tokens: opaque, recognisable by their prefix, with a checksum that tells a typo from a wrong token.

The form is `prq_`, 43 characters of base 62 (256 random bits) and 6 characters of CRC-32 over what
stands before. Secret scanners match `SCANNER_PATTERN`; the server keeps the SHA-256 only.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import zlib

from pratique.core.errors import Unauthorised

PREFIX = "prq_"
SCANNER_PATTERN = r"prq_[0-9A-Za-z]{49}"

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43
_CHECK = 6
_FORM = re.compile(SCANNER_PATTERN + r"\Z")
_ANYWHERE = re.compile(PREFIX + "[0-9A-Z]{30,}", re.IGNORECASE)
"""Also what is left of a token that was cut or changed on the way: most of a secret is one."""


def new_token() -> str:
    """A fresh token in clear; show it once and store only `token_digest` of it."""
    body = PREFIX + _base62(secrets.randbits(256), _BODY)
    return body + _checksum(body)


def token_digest(token: str) -> str:
    """What is stored: the SHA-256 of the token. A fast hash is enough for 256 random bits."""
    # What a header held may be no text at all; it still has a digest, which nobody's token has.
    return hashlib.sha256(token.encode(errors="surrogateescape")).hexdigest()


def holds_token(text: str) -> bool:
    """Whether a token of ours, or most of one, stands anywhere in the text, in either case."""
    return _ANYWHERE.search(text) is not None


def check_form(token: str) -> None:
    """Tell a damaged token from one that was never ours.

    Raises:
        Unauthorised: the sentence says whether it is cut, mistyped, or not one of ours at all.
    """
    if not token.startswith(PREFIX):
        raise Unauthorised(f"this is not a token of this server: those begin with `{PREFIX}`")
    if not _FORM.match(token):
        raise Unauthorised("the token is cut or damaged: copy it again, whole and without blanks")
    if not secrets.compare_digest(token[-_CHECK:], _checksum(token[:-_CHECK])):
        raise Unauthorised("the token is mistyped: its checksum does not fit; copy it again")


def _checksum(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits.append(_DIGITS[digit])
    return "".join(reversed(digits))
