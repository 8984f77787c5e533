"""What `npm audit signatures` verifies: ECDSA over `name@version:integrity`, and the keys for it.

Source: npm's documentation "Verifying registry signatures"; pacote, lib/registry.js, as npm 11 carries it.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from typing import Annotated, Any

import msgspec
import orjson

from pratique.core.account_verbs import SigningKeyLine
from pratique.core.artifacts import Digests
from pratique.core.ecosystem import Rendered, UpstreamRequest
from pratique.ecosystems.npm.bodies import answer
from pratique.ecosystems.npm.integrity import write_integrity

KEYS = UpstreamRequest("-/npm/v1/keys", {"Accept": "application/json"})
_Text = Annotated[str, msgspec.Meta(min_length=1, max_length=4_096)]
_KIND, _SCHEME = "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"
_MOST_KEYS = 50


class _Key(msgspec.Struct, frozen=True):
    """One entry of an upstream's document."""

    keyid: _Text
    key: _Text
    keytype: _Text
    scheme: _Text
    expires: _Text | None = None


def signed_text(name: str, version: str, digests: Digests) -> str:
    """What pacote puts together again on the client's side; empty without a digest that npm knows."""
    integrity = write_integrity(digests)
    return f"{name}@{version}:{integrity}" if integrity else ""


def own_key(key_id: str, public: str, expires: str | None) -> SigningKeyLine:
    """A key of ours."""
    return SigningKeyLine(key_id, public, expires, _KIND, _SCHEME)


def read_keys(content: bytes) -> tuple[SigningKeyLine, ...]:
    """An upstream's keys, at most fifty; what cannot be one is left out, for npm stops at a broken one."""
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError:
        return ()
    listed = document.get("keys") if isinstance(document, dict) else None
    found = [_read_key(one) for one in listed[:_MOST_KEYS]] if isinstance(listed, list) else []
    return tuple(one for one in found if one is not None)


def _read_key(one: Any) -> SigningKeyLine | None:
    try:
        key = msgspec.convert(one, _Key)
        base64.b64decode(key.key, validate=True)
    except (msgspec.ValidationError, binascii.Error, ValueError):
        return None
    return SigningKeyLine(key.keyid, key.key, key.expires, key.keytype, key.scheme)


def write_keys(keys: Sequence[SigningKeyLine]) -> Rendered:
    """The document of `/-/npm/v1/keys`."""
    return answer(
        {
            "keys": [
                {"expires": key.expires, "keyid": key.id, "keytype": key.kind, "scheme": key.scheme, "key": key.public}
                for key in keys
            ]
        }
    )
