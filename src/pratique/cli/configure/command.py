"""The command: find the file, ask the server for own names, write, and say what was done."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from cyclopts import Parameter

from pratique.cli.asking import WHERE, Where, ask
from pratique.cli.configure import npmrc, pip_conf, uv_toml
from pratique.cli.configure.files import take_back, write_change
from pratique.cli.configure.places import npm_file, pip_file, uv_file
from pratique.cli.configure.setup import Plan, Setup
from pratique.cli.here import settings_in_use
from pratique.cli.showing import say
from pratique.core.errors import PratiqueError
from pratique.services.own_names import ListOwnNames
from pratique.services.verbs import table
from pratique.settings import Settings
from pratique.settings.folder import DataFolder, default_root

Client = Literal["npm", "pip", "uv"]

_ECOSYSTEM = {"npm": "npm", "pip": "pypi", "uv": "pypi"}


_STRONGER = {
    "npm": ("npm_config_registry", "NPM_CONFIG_REGISTRY"),
    "pip": ("PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL"),
    "uv": ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_INDEX", "UV_EXTRA_INDEX_URL"),
}
"""Variables that the client believes before its file."""


class Target(msgspec.Struct, frozen=True):
    """One client's file and how it is changed."""

    path: Path
    plan: Callable[[str, Setup], Plan]
    check: Callable[[str], object]


def configure(
    client: Client,
    *,
    project: Path | None = None,
    repository: str = "main",
    undo: Annotated[bool, Parameter(negative=())] = False,
    server: Annotated[str | None, Parameter(env_var="PRATIQUE_SERVER", group=WHERE)] = None,
    token: Annotated[str | None, Parameter(env_var="PRATIQUE_TOKEN", group=WHERE)] = None,
    data: Annotated[Path | None, Parameter(group=WHERE)] = None,
) -> None:
    """Point npm, pip or uv at a server. Other lines of its file stay, and --undo takes everything back.

    Args:
        client: npm (also for pnpm, bun and yarn 1), pip or uv.
        project: only for this folder: its `.npmrc`, its `uv.toml` or `pyproject.toml`, for pip the `pip.conf` of
            its virtual environment.
        repository: which one of the server.
        undo: make the file what it was.
        server: URL of the server; the one on this machine if not given.
        token: written into your own file, never into a project's.
        data: data folder of the server on this machine.
    """
    target = find_target(client, project)
    if undo:
        gone = take_back(target.path)
        say(f"{target.path} is {'gone again: it was made by Pratique' if gone else 'as it was'}")
        return
    origin = _origin(server, data)
    base_url = f"{origin}/{repository}/{_ECOSYSTEM[client]}"
    own, doubt = _own_names(client, repository, Where(server, token, data))
    shared = project is not None and client != "pip"
    setup = Setup(base_url, None if shared else token, own)
    _write(client, target, setup)
    for sentence in (doubt, *_overridden(client)):
        if sentence:
            say(sentence)
    if shared and token is not None:
        say(_where_the_token_goes(client, setup))


def find_target(client: Client, project: Path | None) -> Target:
    """The file of a client. Raises Invalid or NotFound if there can be none."""
    if client == "npm":
        return Target(npm_file(os.environ, project), npmrc.plan_npmrc, lambda _text: None)
    if client == "pip":
        return Target(pip_file(os.environ, project), pip_conf.plan_pip_conf, pip_conf.check_readable)
    path = uv_file(os.environ, project)
    below = "tool.uv." if path.name == "pyproject.toml" else ""
    return Target(path, lambda text, setup: uv_toml.plan_uv_toml(text, setup, below=below), uv_toml.check_toml)


def _write(client: Client, target: Target, setup: Setup) -> None:
    notes: list[str] = []

    def plan(text: str) -> Plan:
        made = target.plan(text, setup)
        notes.extend(made.notes)
        return made

    done = write_change(target.path, lambda text: plan(text).change, target.check, secret=setup.token is not None)
    index = setup.base_url + ("/" if client == "npm" else "/simple/")
    say(f"{target.path} {'sends' if done.changed else 'already sends'} {client} to {index}")
    if done.closed:
        say("it holds a token now, so only you may read it")
    if done.backup is not None:
        say(f"the file from before: {done.backup}")
    for note in notes:
        say(note)


def _origin(server: str | None, data: Path | None) -> str:
    """The server's URL: as given, of the data folder, or where a fresh server listens."""
    if server is not None:
        return server.rstrip("/")
    folder = DataFolder(data.absolute() if data else default_root(os.environ))
    settings = settings_in_use(folder) if folder.settings_file.exists() else Settings()
    return settings.origins[0]


def _own_names(client: Client, repository: str, where: Where) -> tuple[tuple[str, ...], str]:
    """Own names to exempt from the client's age gate, and a sentence if they could not be had."""
    try:
        found = ask(table.OWN_NAMES, ListOwnNames(_ECOSYSTEM[client], repository), where)
    except PratiqueError as error:
        return (), f"own names are not exempted from {client}'s own age gate, as they could not be asked for: {error}"
    return (found.names if found else ()), ""


def _overridden(client: Client) -> tuple[str, ...]:
    found = [name for name in _STRONGER[client] if os.environ.get(name)]
    return tuple(f"the environment variable {name} is set, and {client} believes it before the file" for name in found)


def _where_the_token_goes(client: Client, setup: Setup) -> str:
    if client == "npm":
        key = f"{setup.below_scheme}/:_authToken"
        return f"a project's file is read by others; put the token into your own: npm config set {key} ..."
    return (
        "a project's file is read by others; give uv the token as UV_INDEX_PRATIQUE_USERNAME=__token__ and "
        "UV_INDEX_PRATIQUE_PASSWORD=..."
    )
