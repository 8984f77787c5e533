"""The command: find the file, ask the server for own names, write, and say what was done."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from pratique.cli.asking import WHERE, Where, ask
from pratique.cli.configure.client import Client, Target
from pratique.cli.configure.clients import client_named
from pratique.cli.configure.files import take_back, write_change
from pratique.cli.configure.setup import Plan, Setup
from pratique.cli.here import folder_of_a_server, settings_in_use
from pratique.cli.showing import say
from pratique.core.errors import PratiqueError
from pratique.services.own_names import ListOwnNames
from pratique.services.verbs import table


def configure(
    client: str,
    *,
    project: Path | None = None,
    repository: str = "main",
    undo: Annotated[bool, Parameter(negative=())] = False,
    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER", group=WHERE)] = None,
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN", group=WHERE)] = None,
    data: Annotated[Path | None, Parameter(group=WHERE)] = None,
) -> None:
    """Point npm, pip, uv or cargo at a server. Other lines of its file stay, and --undo takes everything back.

    Args:
        client: npm (also for pnpm, bun and yarn 1), pip, uv or cargo.
        project: only for this folder: its `.npmrc`, its `uv.toml` or `pyproject.toml`, its `.cargo/config.toml`,
            for pip the `pip.conf` of its virtual environment.
        repository: which one of the server.
        undo: make the file what it was.
        server: URL of the server; the one of the data folder on this machine if not given.
        token: written into your own file, never into a project's.
        data: data folder of the server on this machine; $PRATIQUE_DATA, else `pratique` in your user data folder.
    """
    chosen = client_named(client)
    target = chosen.find(os.environ, project)
    if undo:
        gone = take_back(target.path)
        say(f"{target.path} is {'gone again: it was made by Pratique' if gone else 'as it was'}")
        return
    base_url = f"{_origin(server, data)}/{repository}/{chosen.ecosystem}"
    own, doubt = _own_names(chosen, repository, Where(server, token, data))
    advice = chosen.where_the_token_goes if project is not None else None
    setup = Setup(base_url, None if advice else token, own)
    _write(chosen, target, setup)
    for sentence in (doubt, *_overridden(chosen)):
        if sentence:
            say(sentence)
    if advice is not None and token is not None:
        say(advice(setup))


def _write(client: Client, target: Target, setup: Setup) -> None:
    notes: list[str] = []

    def plan(text: str) -> Plan:
        made = target.plan(text, setup)
        notes.extend(made.notes)
        return made

    done = write_change(target.path, lambda text: plan(text).change, target.check, secret=setup.token is not None)
    index = setup.base_url + client.index_path
    say(f"{target.path} {'sends' if done.changed else 'already sends'} {client.name} to {index}")
    if done.closed:
        say("it holds a token now, so only you may read it")
    if done.backup is not None:
        say(f"the file from before: {done.backup}")
    for note in notes:
        say(note)


def _origin(server: str | None, data: Path | None) -> str:
    """The server's URL: as given, or of the data folder. Raises NotFound rather than guess."""
    if server is not None:
        return server.rstrip("/")
    return settings_in_use(folder_of_a_server(data)).origins[0]


def _own_names(client: Client, repository: str, where: Where) -> tuple[tuple[str, ...], str]:
    """Own names to exempt from the client's age gate, and a sentence if they could not be had."""
    try:
        found = ask(table.OWN_NAMES, ListOwnNames(client.ecosystem, repository), where)
    except PratiqueError as error:
        return (
            (),
            f"own names are not exempted from {client.name}'s own age gate, as they could not be asked for: {error}",
        )
    return (found.names if found else ()), ""


def _overridden(client: Client) -> tuple[str, ...]:
    found = [name for name in client.stronger if os.environ.get(name)]
    return tuple(
        f"the environment variable {name} is set, and {client.name} believes it before the file" for name in found
    )
