"""`npm access` and `npm owner`: who may read and write a package, and which accounts there are.

Source: libnpmaccess, lib/index.js; npm, lib/commands/access.js and owner.js.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid, NotOffered
from pratique.ecosystems.npm.documents import read_json

_JSON = "application/json"
_VISIBILITY = {"public": "public", "restricted": "members", "private": "members"}
_SECOND_FACTOR = ("publish_requires_tfa", "automation_token_overrides_tfa")


def read_visibility(body: bytes) -> str:
    """Who may read, as `npm access set status=...` wants it.

    Raises:
        Invalid: it wants neither of what npm can set.
        NotOffered: it wants a second factor for publishing.
    """
    wanted = read_json(body)
    if any(wanted.get(field) for field in _SECOND_FACTOR):
        raise NotOffered(
            "this server cannot ask for a second factor when a package is published; give each publisher a token with "
            "few names and a short life instead (`pratique token create --names --expires`)"
        )
    access = wanted.get("access")
    if not isinstance(access, str) or access not in _VISIBILITY:
        raise Invalid('`access` must be "public" or "restricted"; use `npm access set status=public|private`')
    return _VISIBILITY[access]


def write_visibility(*, public: bool) -> Rendered:
    """For `npm access get status`."""
    return _json({"public": public})


def write_members(roles: Mapping[str, str]) -> Rendered:
    """For `npm access list collaborators`."""
    return _json({name: _permission(role) for name, role in roles.items()})


def write_memberships(roles: Mapping[str, str]) -> Rendered:
    """For `npm access list packages`."""
    return _json({name: _permission(role) for name, role in roles.items()})


def write_account(name: str) -> Rendered:
    """An account for `npm owner add`; there are no e-mail addresses here."""
    return _json({"_id": f"org.couchdb.user:{name}", "name": name, "email": ""})


def _permission(role: str) -> str:
    return "read" if role == "reader" else "write"


def _json(content: dict[str, Any]) -> Rendered:
    return Rendered(orjson.dumps(content), _JSON)
