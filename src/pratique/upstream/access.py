"""What the settings say about reaching one upstream, beside its URL: credentials, and whom its documents may name."""

from __future__ import annotations

import base64
from typing import Protocol

import msgspec


class Upstream(Protocol):
    """An upstream as the store knows it; everything else about it is looked up by its URL."""

    @property
    def id(self) -> int:
        """Its row."""
        ...

    @property
    def url(self) -> str:
        """Its base URL, without credentials."""
        ...


class Credentials(msgspec.Struct, frozen=True):
    """Sent only to the upstream's own scheme, host and port. Without a user the password is a bearer token."""

    password: str
    user: str = ""

    def header(self) -> str:
        """Value of the Authorization header."""
        if not self.user:
            return f"Bearer {self.password}"
        return "Basic " + base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")

    def __repr__(self) -> str:
        """Never shows the password: values end up in logs and tracebacks."""
        return f"Credentials(user={self.user!r}, password=...)"


class UpstreamAccess(msgspec.Struct, frozen=True):
    """How to reach one upstream.

    Attributes:
        credentials: None for an upstream that anybody may read.
        file_hosts: further hosts that its documents and redirects may name although they are not on the
            public internet: `files.internal` (over https), or a whole origin such as `http://10.0.0.7:8081`.
    """

    credentials: Credentials | None = None
    file_hosts: tuple[str, ...] = ()
