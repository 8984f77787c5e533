"""What `pratique configure` knows of one client. A new client is one file and one word in `clients`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import msgspec

from pratique.cli.configure.setup import Plan, Setup


class Target(msgspec.Struct, frozen=True):
    """One file of a client and how it is changed.

    Attributes:
        path: where.
        plan: from the text without us to our change of it.
        check: raises Invalid if the client could not read a text.
        holds: what to say of the file; empty where it is the one that names the index.
        owner: set where another client's settings stand in the same file.
    """

    path: Path
    plan: Callable[[str, Setup], Plan]
    check: Callable[[str], object] = lambda _text: None
    holds: str = ""
    owner: str = ""


class Client(msgspec.Struct, frozen=True):
    """One client.

    Attributes:
        name: the word on the command line.
        ecosystem: what it installs from.
        index_path: where its index is, below the repository's ecosystem.
        stronger: environment variables that it believes before its file.
        find: its files, from the environment and the project's folder (None: the user's own files);
            raises Invalid or NotFound if there can be none.
        where_the_token_goes: what to tell whoever gave a token for a project's file, which others read;
            None if that file is the user's own in either case.
        stronger_ca: environment variables with a CA file that it believes before its file.
        exempts: whether names can be exempted from an age gate of its own.
        unmarked: commands of the client that take our lines out of a text in which it has dropped our marks.
    """

    name: str
    ecosystem: str
    index_path: str
    stronger: tuple[str, ...]
    find: Callable[[Mapping[str, str], Path | None], tuple[Target, ...]]
    where_the_token_goes: Callable[[Setup], str] | None = None
    stronger_ca: tuple[str, ...] = ()
    exempts: bool = True
    unmarked: Callable[[str], tuple[str, ...]] = lambda _text: ()
