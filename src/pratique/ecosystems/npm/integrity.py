"""Digests as npm writes them: Subresource Integrity strings and the older hexadecimal shasum.

Source: W3C Subresource Integrity, section 3.5; libnpmpublish, lib/publish.js.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from typing import Any

from pratique.core.artifacts import Digests

_LENGTHS = {"sha512": 64, "sha256": 32, "sha1": 20}
_OTHER_ALGORITHMS = frozenset({"sha384", "md5"})
_SHASUM = re.compile(r"[0-9A-Fa-f]{40}")


def read_dist(dist: Mapping[str, Any]) -> Digests:
    """The digests that a version's `dist` states.

    Raises:
        ValueError: one of them is broken, or two of the same kind differ.
    """
    stated = read_integrity(dist.get("integrity"))
    shasum = dist.get("shasum")
    if shasum is not None:
        if not isinstance(shasum, str) or not _SHASUM.fullmatch(shasum):
            raise ValueError("dist.shasum is not a hexadecimal SHA-1")
        _put(stated, "sha1", shasum.lower())
    return Digests(**stated)


def read_integrity(text: Any) -> dict[str, str]:
    """Algorithm to hexadecimal digest of an integrity string; empty for None.

    Raises:
        ValueError: it is no integrity string, or states two values for one algorithm.
    """
    stated: dict[str, str] = {}
    if text is None:
        return stated
    if not isinstance(text, str):
        raise ValueError("dist.integrity is not a text")
    for token in text.split():
        algorithm, _, value = token.partition("?")[0].partition("-")
        if algorithm in _LENGTHS:
            _put(stated, algorithm, _hexadecimal(algorithm, value))
        elif algorithm not in _OTHER_ALGORITHMS:
            raise ValueError("dist.integrity names an unknown algorithm")
    return stated


def write_integrity(digests: Digests) -> str:
    """The integrity string of the strongest digest npm knows; empty if there is none."""
    for algorithm, value in (("sha512", digests.sha512), ("sha256", digests.sha256)):
        if value:
            return f"{algorithm}-{base64.b64encode(bytes.fromhex(value)).decode()}"
    return ""


def _hexadecimal(algorithm: str, value: str) -> str:
    try:
        digest = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"dist.integrity holds a {algorithm} that is no base64") from None
    if len(digest) != _LENGTHS[algorithm]:
        raise ValueError(f"dist.integrity holds a {algorithm} of {len(digest)} bytes")
    return digest.hex()


def _put(stated: dict[str, str], algorithm: str, value: str) -> None:
    if stated.setdefault(algorithm, value) != value:
        raise ValueError(f"two different {algorithm} digests are stated")
