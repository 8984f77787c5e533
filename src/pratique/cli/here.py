"""Perform a verb on a data folder of this machine, as its operator."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TypeVar

from pratique.app import open_ports
from pratique.cli.folder_lock import running_server
from pratique.core.actors import OPERATOR
from pratique.core.errors import Conflict, NotFound
from pratique.services.verbs.verb import Tell, Verb
from pratique.settings import Settings, load_settings
from pratique.settings.folder import DataFolder, default_root
from pratique.store.schema_revision import current, head

Request = TypeVar("Request")
Response = TypeVar("Response")


def perform_here(verb: Verb[Request, Response], request: Request, data: Path | None, tell: Tell) -> Response:
    """Perform it.

    Raises:
        NotFound: there is no data folder there.
        Conflict: the folder belongs to another version.
        PratiqueError: whatever the verb raises.
    """
    folder = folder_of_a_server(data)
    settings = settings_in_use(folder)
    _check_schema(folder.database_url(settings))
    return asyncio.run(_perform(verb, request, folder, settings, tell))


def folder_of_a_server(data: Path | None) -> DataFolder:
    """The data folder that is meant. Raises NotFound if no server has begun there."""
    folder = DataFolder(data.absolute() if data else default_root(os.environ))
    if not folder.is_begun():
        raise NotFound(
            f'there is no server\'s data in "{folder.root}": start one with `pratique up`, name its folder with '
            "--data or PRATIQUE_DATA, or a server elsewhere with --server"
        )
    return folder


def settings_in_use(folder: DataFolder) -> Settings:
    """The settings of the server that runs on the folder, or that would. Raises Invalid if they cannot be used."""
    running = running_server(folder)
    return load_settings(folder.settings_file, os.environ, running.given if running else None)


async def _perform(
    verb: Verb[Request, Response], request: Request, folder: DataFolder, settings: Settings, tell: Tell
) -> Response:
    async with open_ports(folder, settings) as ports:
        return await verb.perform(ports, request, OPERATOR, tell)


def _check_schema(database_url: str) -> None:
    revision = current(database_url)
    if revision is None:
        raise Conflict("the data folder is not set up yet: `pratique up` does it when it starts; then try again")
    if revision != head():
        raise Conflict(
            "the data folder was last used by another version of Pratique: run `pratique up` of this version once"
        )
