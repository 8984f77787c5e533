"""What a client is to be told, and what to tell the person about it."""

from __future__ import annotations

from urllib.parse import urlsplit

import msgspec

from pratique.cli.configure.marks import Change


class Setup(msgspec.Struct, frozen=True):
    """Where a client shall go.

    Attributes:
        base_url: of the repository's ecosystem, without a trailing slash.
        token: in clear, None to write none.
        own: names and globs to exempt from the client's own age gate.
    """

    base_url: str
    token: str | None = None
    own: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Never the token."""
        return f"Setup({self.base_url!r}, own={self.own!r})"

    @property
    def below_scheme(self) -> str:
        """The URL from `//` on, without a trailing slash."""
        return "//" + self.base_url.partition("://")[2]

    def with_credentials(self, path: str) -> str:
        """The URL of a path below the base, with the token in it where there is one."""
        if self.token is None:
            return self.base_url + path
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://__token__:{self.token}@{parts.netloc}{parts.path}{path}"


class Plan(msgspec.Struct, frozen=True):
    """A change of one file, and sentences for the person."""

    change: Change
    notes: tuple[str, ...] = ()


def written_by(client: str) -> str:
    """The first line of every block."""
    return f"# Written by `pratique configure {client}`; the same command with --undo takes it back."
