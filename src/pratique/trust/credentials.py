"""Read an Authorization header as the clients send it: Bearer, Basic, or cargo's bare token."""

from __future__ import annotations

import base64
import binascii

import msgspec

from pratique.core.errors import Unauthorised
from pratique.trust.tokens import PREFIX

MAX_HEADER = 4_096


class TokenCredential(msgspec.Struct, frozen=True):
    """A token in clear, as sent."""

    token: str

    def __repr__(self) -> str:
        """Never the secret: this value may end in a traceback."""
        return "TokenCredential(...)"


class PasswordCredential(msgspec.Struct, frozen=True):
    """An account name and its password, as sent. Package clients may not use one."""

    name: str
    password: str

    def __repr__(self) -> str:
        """Never the secret: this value may end in a traceback."""
        return f"PasswordCredential({self.name!r}, ...)"


Credential = TokenCredential | PasswordCredential


def read_authorization(header: str | None) -> Credential | None:
    """The credential of an Authorization header, None if there is none.

    With Basic, a password that begins with our prefix is a token whatever the user name
    (`__token__`, an account's, empty); so is a user name with an empty password.

    Raises:
        Unauthorised: the header is there and cannot be read.

    Source: RFC 7617 (Basic), RFC 6750 (Bearer); cargo sends the token without a scheme.
    """
    text = (header or "").strip()
    if not text:
        return None
    if len(text) > MAX_HEADER:
        raise Unauthorised(f"the Authorization header is longer than {MAX_HEADER} characters")
    scheme, _, rest = text.partition(" ")
    if scheme.lower() == "basic":
        return _read_basic(rest.strip())
    if scheme.lower() == "bearer":
        return TokenCredential(rest.strip())
    if rest:
        raise Unauthorised("send the token as `Bearer TOKEN`, or as the password of Basic authentication")
    return TokenCredential(text)


def _read_basic(encoded: str) -> Credential:
    try:
        pair = base64.b64decode(encoded, validate=True).decode("utf-8")
    except (binascii.Error, ValueError):
        raise Unauthorised("the Basic credential is not base64 of `name:password`") from None
    name, colon, password = pair.partition(":")
    if not colon:
        raise Unauthorised("the Basic credential lacks the colon between name and password")
    if password.startswith(PREFIX) or name == "__token__":
        return TokenCredential(password)
    if name.startswith(PREFIX) and not password:
        return TokenCredential(name)
    return PasswordCredential(name, password)
