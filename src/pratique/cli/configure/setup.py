"""What a client is to be told, and what to tell the person about it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from pratique.cli.configure.marks import Change


class Setup(msgspec.Struct, frozen=True):
    """Where a client shall go.

    Attributes:
        base_url: of the repository's ecosystem, without a trailing slash.
        token: in clear, None to write none.
        own: names and globs to exempt from the client's own age gate.
        projects: the own names that stand behind those globs today, for clients that know no globs.
        ca: file of the authority that certifies the server; None where the client knows it already.
    """

    base_url: str
    token: str | None = None
    own: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    ca: Path | None = None

    def __repr__(self) -> str:
        """Never the token."""
        return f"Setup({self.base_url!r}, own={self.own!r})"

    @property
    def below_scheme(self) -> str:
        """The URL from `//` on, without a trailing slash."""
        return "//" + self.base_url.partition("://")[2]

    @property
    def host(self) -> str:
        """The server's host, without its port."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def single_names(self) -> tuple[str, ...]:
        """Every own name without a glob, sorted."""
        return tuple(sorted({*self.projects, *(name for name in self.own if "*" not in name)}))

    @property
    def globs(self) -> tuple[str, ...]:
        """What is own by a pattern."""
        return tuple(name for name in self.own if "*" in name)

    def with_credentials(self, path: str) -> str:
        """The URL of a path below the base, with the token in it where there is one."""
        if self.token is None:
            return self.base_url + path
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://__token__:{self.token}@{parts.netloc}{parts.path}{path}"


class Plan(msgspec.Struct, frozen=True):
    """A change of one file, and sentences for the person.

    Attributes:
        change: None where there is nothing to write; what was written before is then taken back.
    """

    change: Change | None
    notes: tuple[str, ...] = ()


def written_by(client: str) -> str:
    """The first line of every block."""
    return f"# Written by `pratique configure {client}`; the same command with --undo takes it back."


def exempt_note(names: tuple[str, ...], gate: str) -> tuple[str, ...]:
    """What to say of names that were exempted from a client's age gate."""
    return (f"exempt from {gate}: {', '.join(names)}",) if names else ()


def globs_note(setup: Setup, client: str) -> tuple[str, ...]:
    """What to say where a client exempts single names only."""
    if not setup.globs:
        return ()
    note = (
        f"{client} exempts single names only: after the first release of a new project below "
        f"{', '.join(setup.globs)} give this command again, or {client}'s own age gate holds it back"
    )
    return (note,)
