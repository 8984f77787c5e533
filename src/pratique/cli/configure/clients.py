"""All clients that `pratique configure` knows."""

from __future__ import annotations

from pratique.cli.configure.bunfig import BUN
from pratique.cli.configure.cargo_config import CARGO
from pratique.cli.configure.client import Client
from pratique.cli.configure.npmrc import NPM
from pratique.cli.configure.pip_conf import PIP
from pratique.cli.configure.pnpm_config import PNPM
from pratique.cli.configure.poetry_toml import POETRY
from pratique.cli.configure.uv_toml import UV
from pratique.cli.configure.yarnrc import YARN1
from pratique.cli.configure.yarnrc_yml import YARN
from pratique.core.errors import Invalid

CLIENTS: tuple[Client, ...] = (NPM, PNPM, YARN, YARN1, BUN, PIP, UV, POETRY, CARGO)


def client_named(name: str) -> Client:
    """The client of this name. Raises Invalid."""
    for client in CLIENTS:
        if client.name == name:
            return client
    known = ", ".join(client.name for client in CLIENTS)
    raise Invalid(f'"{name[:64]}" is no client that can be configured here; there are: {known}')
