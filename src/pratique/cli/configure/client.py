"""What `pratique configure` knows of one client. A new client is one file and one word in `clients`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pratique.cli.configure.setup import Plan, Setup


class Target(msgspec.Struct, frozen=True):
    """One file of a client and how it is changed."""

    path: Path
    plan: Callable[[str, Setup], Plan]
    check: Callable[[str], object] = lambda _text: None


class Client(msgspec.Struct, frozen=True):
    """One client.

    Attributes:
        name: the word on the command line.
        ecosystem: what it installs from.
        index_path: where its index is, below the repository's ecosystem.
        stronger: environment variables that it believes before its file.
        find: its file, from the environment and the project's folder (None: the user's own file);
            raises Invalid or NotFound if there can be none.
        where_the_token_goes: what to tell whoever gave a token for a project's file, which others read;
            None if that file is the user's own in either case.
    """

    name: str
    ecosystem: str
    index_path: str
    stronger: tuple[str, ...]
    find: Callable[[Mapping[str, str], Path | None], Target]
    where_the_token_goes: Callable[[Setup], str] | None = None
