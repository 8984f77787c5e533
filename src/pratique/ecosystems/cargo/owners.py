"""Owners of a crate, as `cargo owner` asks for and changes them.

Source: The Cargo Book, "Registry Web API", Owners.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson

from pratique.core.ecosystem import Rendered
from pratique.core.errors import Invalid

MAX_OWNERS = 100


def read_owners(body: bytes) -> tuple[str, ...]:
    """The accounts that a change names. Raises Invalid if it names none."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Invalid(f"the request is no JSON ({error.msg}); use `cargo owner`") from None
    users = said.get("users") if isinstance(said, dict) else None
    if not isinstance(users, list) or not users or not all(isinstance(one, str) and one for one in users):
        raise Invalid('the request must name accounts, as in {"users": ["bob"]}')
    if len(users) > MAX_OWNERS:
        raise Invalid(f"the request names {len(users)} accounts, at most {MAX_OWNERS} at once")
    return tuple(users)


def write_owners(names: Sequence[str]) -> Rendered:
    """The owners, in the given order; cargo shows `login`."""
    users = [{"id": number, "login": name, "name": name} for number, name in enumerate(names, 1)]
    return Rendered(orjson.dumps({"users": users}), "application/json")
