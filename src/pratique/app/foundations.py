"""What the other parts stand on, from the settings: database, files, clock, key; and which ecosystems there are."""

from __future__ import annotations

import socket
from pathlib import Path

from pratique.core.clock import Clock
from pratique.core.ecosystem import Ecosystem
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from pratique.services.upkeep.nodes import Node
from pratique.settings import Settings
from pratique.settings.agreement import common_settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import (
    database_limits,
)
from pratique.settings.object_store import address_of, is_object_store, patience_of
from pratique.store.blobs_file import FileBlobs
from pratique.store.blobs_object import ObjectBlobs
from pratique.store.clocks import open_clock
from pratique.store.copies import Copies
from pratique.store.database import Database
from pratique.store.object_client import ObjectClient
from pratique.trust.signing import Signer
from pratique.upstream.public import OSV_EXPORT

ECOSYSTEMS: tuple[Ecosystem, ...] = (NPM, PYPI, CARGO)
"""A new ecosystem is one folder and one word here."""


def open_blobs(folder: DataFolder, settings: Settings) -> FileBlobs | ObjectBlobs:
    """Where files are; a bucket is not asked for anything yet. Raises Invalid, OSError."""
    if not is_object_store(settings):
        return FileBlobs(folder.blobs_root(settings.blobs))
    client = ObjectClient(address_of(settings), patience_of(settings))
    return ObjectBlobs(client, Copies(folder.copies, settings.object_store.copies))


def open_database(folder: DataFolder, settings: Settings) -> Database:
    """The database of a prepared data folder; the caller closes it."""
    return Database.open(folder.database_url(settings), database_limits(settings.postgresql))


def signer_of(folder: DataFolder, settings: Settings) -> Signer:
    """What signs own releases; the key is read when it is first needed."""
    return Signer(folder.signing_key_file(settings.signing_key))


def folder_clock(folder: DataFolder, settings: Settings) -> Clock:
    """The clock of a data folder. Raises Conflict if the folder belongs to the other kind of clock."""
    return open_clock(folder.root, Path(settings.unsafe_test_clock) if settings.unsafe_test_clock else None)


def node_of(folder: DataFolder, settings: Settings) -> Node:
    """This server among those that may run on its database; of a prepared data folder.

    Raises:
        Invalid: its signing key cannot be read.
    """
    identity = open_blobs(folder, settings).known_identity()
    common = common_settings(folder, settings, identity, signer_of(folder, settings).key_id)
    return Node(f"{socket.gethostname()}:{folder.root}", common)


def advisory_sources(settings: Settings) -> tuple[str, ...]:
    """Where advisories come from: as configured, else the public export of each ecosystem with an upstream."""
    if settings.advisories.sources:
        return settings.advisories.sources
    asked = {ecosystem for one in settings.repositories.values() for ecosystem, urls in one.upstreams.items() if urls}
    return tuple(f"{OSV_EXPORT}/{one.osv_name}/all.zip" for one in ECOSYSTEMS if one.id in asked)
