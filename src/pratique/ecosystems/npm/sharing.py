"""`npm access` and `npm owner`: who may read and write a package, and which accounts there are.

Source: libnpmaccess, lib/index.js; npm, lib/commands/access.js and owner.js.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from pratique.core.account_verbs import PublishProof
from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid
from pratique.core.project_verbs import AccessChange
from pratique.ecosystems.npm.documents import read_json

_JSON = "application/json"
_VISIBILITY = {"public": "public", "restricted": "members", "private": "members"}
_PROOF, _SPARES_CI = "publish_requires_tfa", "automation_token_overrides_tfa"


def read_access_change(body: bytes) -> AccessChange:
    """Who may read (`npm access set status=...`), or of whom a code is demanded (`npm access set mfa=...`).

    npm's `mfa=publish` is of everybody, `mfa=automation` spares what publishes by itself, `mfa=none` is of nobody.

    Raises:
        Invalid: it wants nothing of what npm can set.
    """
    wanted = read_json(body)
    proof = _read_proof(wanted) if _PROOF in wanted else None
    access = wanted.get("access")
    if access is None and proof is not None:
        return AccessChange(proof=proof)
    if not isinstance(access, str) or access not in _VISIBILITY:
        raise Invalid('`access` must be "public" or "restricted"; use `npm access set status=public|private`')
    return AccessChange(visibility=_VISIBILITY[access], proof=proof)


def _read_proof(wanted: Mapping[str, Any]) -> PublishProof:
    demanded, spares_ci = wanted[_PROOF], wanted.get(_SPARES_CI, False)
    if not isinstance(demanded, bool) or not isinstance(spares_ci, bool):
        raise Invalid(f"`{_PROOF}` and `{_SPARES_CI}` must be true or false; use `npm access set mfa=...`")
    if not demanded:
        return PublishProof.NOBODY
    return PublishProof.PEOPLE if spares_ci else PublishProof.EVERYBODY


def write_visibility(*, public: bool) -> Rendered:
    """For `npm access get status`, which reads the first, and pnpm's, which reads the second. Measured."""
    return _json({"public": public, "access": "public" if public else "restricted"})


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
