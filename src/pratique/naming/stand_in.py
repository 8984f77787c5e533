"""The name that upstreams are asked for in the place of one that none of them may hear of."""

from __future__ import annotations

import re
from hashlib import blake2b
from itertools import accumulate, pairwise

from pratique.naming.keys import spell

_IN_SCOPE = 16
_LONGEST = 64
"""Letters and joints: crates.io takes no longer name, and of others nobody needs more."""
_TWINNED = {"cargo": re.compile("[-_]")}
"""Joints that can be written in another way: for each of them upstreams are asked for twice as many names."""


def stand_in(ecosystem: str, name: str, key: bytes) -> str:
    """A name that nobody has, the same one for each name, in a scope where that is in one, with as many twins.

    Args:
        ecosystem: id.
        name: canonical; who lacks the key learns nothing of it but its scope's mark and the joints that give it twins.
        key: a secret of 16 to 64 bytes.
    """
    digest = blake2b(f"{ecosystem} {name}".encode(errors="surrogatepass"), digest_size=20, key=key).hexdigest()
    scope = spell(ecosystem, name).scope
    if scope:
        mark, joint = "@" if scope.startswith("@") else "", name[len(scope)]
        return f"{mark}n{digest[:_IN_SCOPE]}{joint}n{digest[_IN_SCOPE:]}"
    joints = _TWINNED[ecosystem].findall(name) if ecosystem in _TWINNED else []
    return _jointed(f"n{digest}", joints) if joints else f"n{digest}"


def _jointed(letters: str, joints: list[str]) -> str:
    """The letters in parts of nearly the same length, one more than there are joints between them."""
    parts = len(joints) + 1
    kept = letters[: max(parts, _LONGEST - len(joints))]
    ends = accumulate((len(kept) + place) // parts for place in range(parts))
    cut = [kept[start:end] for start, end in pairwise((0, *ends))]
    return "".join(part + joint for part, joint in zip(cut, (*joints, ""), strict=True))
