"""How accounts may be called."""

from __future__ import annotations

import re

from pratique.core.errors import InvalidName

_FORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,62}\Z")
_TAKEN = {
    "nobody": "what the record calls those who gave no credential",
    "anonymous": "what many call those who gave no credential",
    "operator": "what the record calls whoever works on the data folder",
    "root": "this machine's own administrator",
    "__token__": "the user name that stands for a token",
    "token": "easily taken for the user name that stands for a token",
}


def check_account_name(name: str) -> str:
    """The name, if an account may have it.

    Raises:
        InvalidName: the sentence says what is allowed, and proposes a name where one is near.
    """
    if name in _TAKEN:
        raise InvalidName(f'"{name}" is {_TAKEN[name]}; choose another account name')
    if _FORM.match(name):
        return name
    near = re.sub(r"[^a-z0-9._-]+", "-", name.lower()).strip("._-")[:63]
    hint = f' Did you mean "{near}"?' if near and near not in _TAKEN and _FORM.match(near) else ""
    raise InvalidName(
        f'"{name[:80]}" is no account name: lower-case letters, digits, ".", "_" and "-", at most 63.{hint}'
    )
