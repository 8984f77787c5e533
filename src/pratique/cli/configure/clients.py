"""All clients that `pratique configure` knows."""

from __future__ import annotations

from pratique.cli.configure.cargo_config import CARGO
from pratique.cli.configure.client import Client
from pratique.cli.configure.npmrc import NPM
from pratique.cli.configure.pip_conf import PIP
from pratique.cli.configure.uv_toml import UV
from pratique.core.errors import Invalid

CLIENTS: tuple[Client, ...] = (NPM, PIP, UV, CARGO)


def client_named(name: str) -> Client:
    """The client of this name. Raises Invalid."""
    for client in CLIENTS:
        if client.name == name:
            return client
    known = ", ".join(client.name for client in CLIENTS)
    raise Invalid(f'"{name[:64]}" is no client that can be configured here; there are: {known}')
