"""Bring a data folder to the state that this version and its settings need."""

from __future__ import annotations

from sqlalchemy.exc import DBAPIError

from pratique.app.foundations import (
    ECOSYSTEMS,
    folder_clock,
    node_of,
    open_blobs,
    open_database,
    signer_of,
)
from pratique.core.errors import Invalid, Unavailable
from pratique.jobs import tables
from pratique.services.publishing.signing_keys import adopt_signing_key
from pratique.services.upkeep.nodes import refuse_odd_one, refuse_wrong_clock
from pratique.services.upkeep.set_up import RepositoryPlan, set_up_repositories
from pratique.settings import Settings
from pratique.settings.folder import DataFolder, write_private
from pratique.settings.object_store import is_object_store
from pratique.store import schema_revision
from pratique.store.clocks import SystemClock
from pratique.store.database import Database
from pratique.store.dialects import as_unavailable
from pratique.store.object_client import ObjectStoreFailed
from pratique.store.processes import Process
from pratique.trust.signing import new_signing_key


def prepare(folder: DataFolder, settings: Settings) -> tuple[str, ...]:
    """Bring a data folder to the state that this version and these settings need; the names of new repositories.

    Raises:
        Conflict: the folder belongs to a newer version or to the other kind of clock, its database is gone, its signing
            key was replaced, or other nodes run on its database with other settings or another time.
        Invalid: the settings name an upstream twice, or for an ecosystem that is not here, or no signing key.
        Unavailable: the database is in use by somebody who does not let go, or the disk or the object store refuses.
    """
    clock = folder_clock(folder, settings)
    _reach_object_store(folder, settings)
    url = folder.database_url(settings)
    folder.refuse_lost_database(settings)
    _bring_schema_up(url)
    try:
        tables.prepare(url)
    except DBAPIError as error:  # of the job engine's own connections
        sentence = as_unavailable(error)
        if sentence is None:
            raise
        raise sentence from error
    signer = signer_of(folder, settings)
    if not settings.signing_key and not signer.path.exists():
        write_private(signer.path, new_signing_key())
    db = open_database(folder, settings)
    try:
        _refuse_odd_node(folder, settings, db)
        db.write_now(adopt_signing_key, signer, clock.now())
        return db.write_now(set_up_repositories, _plans(settings), clock.now())
    finally:
        db.close()


def _bring_schema_up(url: str) -> None:
    if schema_revision.current(url) == schema_revision.head():
        return
    from pratique.store import migrations

    migrations.upgrade(url)


def _reach_object_store(folder: DataFolder, settings: Settings) -> None:
    """Nothing is changed where files could not be stored. Raises Unavailable."""
    if not is_object_store(settings):
        return
    try:
        open_blobs(folder, settings).identity()
    except ObjectStoreFailed as error:
        raise Unavailable(f"`blobs` is {settings.blobs}, and {error}") from error


def _refuse_odd_node(folder: DataFolder, settings: Settings, db: Database) -> None:
    """Before anything in the database becomes what these settings say. Raises Conflict."""
    now = SystemClock().now()
    me = node_of(folder, settings).process(Process("", "", "", 0, now, now))
    db.read_now(refuse_wrong_clock, SystemClock().now())
    db.read_now(refuse_odd_one, me, now)


def _plans(settings: Settings) -> tuple[RepositoryPlan, ...]:
    known = [one.id for one in ECOSYSTEMS]
    for name, said in settings.repositories.items():
        for ecosystem in said.upstreams:
            if ecosystem not in known:
                raise Invalid(
                    f"`repositories.{name}.upstreams.{ecosystem}`: the ecosystems here are {', '.join(known)}"
                )
    return tuple(
        RepositoryPlan(
            name, settings.anonymous_read(name), {one.id: said.upstreams.get(one.id, ()) for one in ECOSYSTEMS}
        )
        for name, said in settings.repositories.items()
    )
