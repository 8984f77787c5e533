"""The name that upstreams are asked for in the place of one that none of them may hear of."""

from __future__ import annotations

from hashlib import blake2b

from pratique.naming.keys import spell

_IN_SCOPE = 16


def stand_in(ecosystem: str, name: str, key: bytes) -> str:
    """A name that nobody has, the same one for each name, in a scope where that is in one.

    Args:
        ecosystem: id.
        name: canonical; who lacks the key learns nothing of it.
        key: a secret of 16 to 64 bytes.
    """
    digest = blake2b(f"{ecosystem} {name}".encode(errors="surrogatepass"), digest_size=20, key=key).hexdigest()
    scope = spell(ecosystem, name).scope
    if not scope:
        return f"n{digest}"
    mark, joint = "@" if scope.startswith("@") else "", name[len(scope)]
    return f"{mark}n{digest[:_IN_SCOPE]}{joint}n{digest[_IN_SCOPE:]}"
