"""npm's words for an account and its tokens.

Source: npm-profile, lib/index.js; npm 11, lib/commands/token.js and profile.js.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from pratique.core.account_verbs import PasswordChange, Profile, TokenLine, TokenWish
from pratique.core.actors import Operation
from pratique.core.clock import to_iso
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Forbidden, Invalid
from pratique.ecosystems.npm.bodies import answer, read_object, text_of

_LONGEST = 1_024
_READING = frozenset({Operation.READ, Operation.EXPLAIN})
_WRITING = _READING | {Operation.PUBLISH}
_KEY = re.compile(r"[0-9]{8,15}\Z")
_PREFIX = "prq_"
"""What every token begins with, and all that is kept of it in clear: npm takes a pasted token for one of the list."""

_NOT_KEPT = "this server keeps name and password of an account and nothing else"


def write_profile(profile: Profile) -> Rendered:
    """The account. npm prints the fields it does not know as well, among them why the others are empty."""
    return answer(
        {
            "name": profile.name,
            "email": None,
            "email_verified": False,
            "tfa": None,
            "fullname": None,
            "created": to_iso(profile.created),
            "administrator": profile.admin,
            "note": f"{_NOT_KEPT}; one-time codes are made on its account page",
        }
    )


def read_profile_change(body: bytes) -> PasswordChange:
    """What `npm profile set password` sends: all writable fields, of which only the password may say something.

    Raises:
        Invalid: it changes nothing, or not in this form.
        Forbidden: it sets what is not kept.
    """
    content = read_object(body)
    if content.get("tfa") is not None:
        raise Forbidden(
            "second factors are not kept here yet: what needs one asks for a one-time code, which the account page "
            "makes for the password"
        )
    others = sorted(field for field, value in content.items() if field != "password" and value not in (None, "", False))
    if others:
        raise Forbidden(f"{_NOT_KEPT}: {', '.join(others)[:80]} cannot be set")
    password = content.get("password")
    if not isinstance(password, dict):
        raise Invalid("only the password can be set: `npm profile set password`")
    old, new = text_of(password, "old", _LONGEST), text_of(password, "new", _LONGEST)
    if not old or not new:
        raise Invalid("send the password now as `old` and the one to come as `new`")
    return PasswordChange(old, new)


def write_tokens(tokens: Sequence[TokenLine]) -> Rendered:
    """All on one page."""
    return answer({"objects": [_line(token, _PREFIX) for token in tokens], "total": len(tokens), "urls": {}})


def write_token_made(secret: str, token: TokenLine) -> Rendered:
    """The new token; npm prints the secret."""
    note = f"good for {', '.join(token.operations)} on {' '.join(token.names)}"
    if "publish" not in token.operations:
        note += "; to publish with it: --packages-and-scopes-permission=read-write"
    return answer(_line(token, secret), 201, {"npm-notice": note[:400]})


def write_token_ended() -> Rendered:
    """Npm reads no body."""
    return Rendered(b"", "application/json", 204)


def read_token_key(key: str) -> int | None:
    """The id behind a `key`; None for a token in clear, or what is neither."""
    return int(key) if _KEY.match(key) else None


def read_token_wish(body: bytes) -> TokenWish:
    """What `npm token create` sends, and what it used to send.

    npm 11 does not send `--read-only`, so that a token is for reading unless it is said otherwise in a field that is
    sent: `--packages-and-scopes-permission=read-write`, or `readonly: false` of older versions.

    Raises:
        Invalid: a field is not what it should be.
        Forbidden: it asks for a limit that would not be kept here, or for more than there is.
    """
    content = read_object(body)
    _refuse_unkept(content)
    return TokenWish(
        name=text_of(content, "name", 100).strip() or "made by npm",
        operations=_WRITING if _writes(content) else _READING,
        names=_names(content),
        expires_in=_expires_in(content.get("expires")),
        password=text_of(content, "password", _LONGEST),
    )


def _refuse_unkept(content: dict[str, Any]) -> None:
    if content.get("cidr_whitelist"):
        raise Forbidden("tokens are not limited to addresses here, and this one was not made: leave --cidr out")
    if content.get("orgs") or content.get("orgs_permission") not in (None, "no-access"):
        raise Forbidden("there are no organisations here, and no token was made: name --packages or --scopes")
    if content.get("bypass_2fa"):
        raise Forbidden(
            "no token goes around one-time codes here, and none was made: make one of kind ci on the account page"
        )


def _writes(content: dict[str, Any]) -> bool:
    permission, readonly = content.get("packages_and_scopes_permission"), content.get("readonly")
    if permission not in (None, "no-access", "read-only", "read-write"):
        raise Invalid("`packages_and_scopes_permission` is read-only or read-write")
    if permission == "no-access":
        raise Invalid("a token that may neither read nor write is good for nothing; none was made")
    if readonly not in (None, True, False):
        raise Invalid("`readonly` is true or false")
    return permission == "read-write" if permission is not None else readonly is False


def _names(content: dict[str, Any]) -> tuple[str, ...]:
    packages, scopes = _texts(content, "packages"), _texts(content, "scopes")
    chosen = (*packages, *(f"@{scope.removeprefix('@').removesuffix('/*')}/*" for scope in scopes))
    if not chosen or content.get("packages_all"):
        return ("*",)
    return chosen


def _texts(content: dict[str, Any], field: str) -> tuple[str, ...]:
    values = content.get(field)
    if values is None:
        return ()
    if not isinstance(values, list) or not all(isinstance(value, str) and value for value in values):
        raise Invalid(f"`{field}` is a list of names")
    return tuple(values)


def _expires_in(days: Any) -> str | None:
    if days is None:
        return None
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days < 100_000:
        raise Invalid("`expires` is a number of days, at least one")
    return f"{days}d"


def _line(token: TokenLine, secret: str) -> dict[str, Any]:
    reads = not {"publish", "yank", "revoke", "members", "tokens"} & set(token.operations)
    return {
        "token": secret,
        "key": f"{token.id:08d}",
        "name": token.name,
        "readonly": reads,
        "cidr_whitelist": None,
        "created": token.created,
        "updated": token.created,
        "expires": token.expires,
        "operations": list(token.operations),
        "packages": list(token.names),
    }
