"""The servers that a question has come through, so that a circle of upstreams is noticed instead of waited for.

Each server adds its name to the Via header (RFC 9110, 7.6.3) of what it asks its upstreams.
"""

from __future__ import annotations

import re
from contextvars import ContextVar

from pratique.core.errors import PratiqueError

VIA = "Via"
LONGEST = 8
"""Servers behind one another; more are taken for a circle that somebody renames."""

_OURS = re.compile(r"1\.1 (pratique-[0-9a-f]{16})\Z")

_chain: ContextVar[tuple[str, ...]] = ContextVar("chain", default=())


class CircularUpstreams(PratiqueError):
    """A question came back to the server that asked it."""

    status = 508


def enter(header: str | None, server_name: str) -> None:
    """Remember, for everything done in this context, whom the question has come through.

    Raises:
        CircularUpstreams: this server is among them, or they are too many.
    """
    found = [_OURS.match(part.strip()) for part in (header or "").split(",")[: 4 * LONGEST]]
    names = tuple(match[1] for match in found if match)
    if server_name in names or len(names) > LONGEST:
        raise CircularUpstreams("the upstreams of this server lead back to it; take one of them out of its settings")
    _chain.set(names)


def is_from_server() -> bool:
    """Whether a server of our kind asks, which takes every answer at its word."""
    return bool(_chain.get())


def via(server_name: str) -> dict[str, str]:
    """The header for a question to an upstream; none for a server without a name."""
    if not server_name:
        return {}
    return {VIA: ", ".join(f"1.1 {name}" for name in (*_chain.get(), server_name))}
