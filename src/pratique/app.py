"""The only place where parts are wired: settings in, ports and jobs out."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import msgspec
from sqlalchemy.exc import DBAPIError

from pratique.core.clock import HOUR, MINUTE, Clock
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, Unavailable
from pratique.core.names import ProjectKey
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from pratique.jobs import outbox, tables
from pratique.jobs.kinds import JobKind, JobRun
from pratique.jobs.timers import Timer, Turn
from pratique.naming import popular
from pratique.services.advisories.import_each import IMPORT_JOB, PATIENCE, import_each, import_missing
from pratique.services.advisories.questions import Questions
from pratique.services.governing.remember_decisions import DecisionMemory
from pratique.services.governing.report_dry_runs import REPORT_JOB, report_dry_runs
from pratique.services.installing.document_shelf import StoredDocuments
from pratique.services.installing.download_log import DownloadLog
from pratique.services.installing.fetch_file import Flights
from pratique.services.installing.get_cleared import Clearings
from pratique.services.installing.metadata_cache import MetadataCache
from pratique.services.installing.render_process import RenderLimits, RenderProcess, RenderSetup
from pratique.services.installing.renderings import Renderings
from pratique.services.installing.self_descriptions import SelfDescriptions
from pratique.services.installing.stored_views import StoredViews
from pratique.services.installing.views import ViewCache
from pratique.services.installing.watch_documents import DocumentWatcher
from pratique.services.judging.recheck_release import (
    RECHECK_JOB,
    RECHECK_QUARANTINED_JOB,
    Recheck,
    recheck_quarantined,
    recheck_releases,
)
from pratique.services.ports import Ports
from pratique.services.publishing.signing_keys import adopt_signing_key
from pratique.services.publishing.uploads import Uploads
from pratique.services.upkeep.clean_up import CLEAN_UP_JOB, clean_up
from pratique.services.upkeep.compare_fetched import COMPARE_JOB, compare_fetched
from pratique.services.upkeep.make_room import MAKE_ROOM_JOB, make_room
from pratique.services.upkeep.nodes import Node, refuse_odd_one, refuse_wrong_clock
from pratique.services.upkeep.set_up import RepositoryPlan, set_up_repositories
from pratique.services.upkeep.sweep_views import SWEEP_VIEWS_JOB, sweep_views
from pratique.services.upkeep.verify_blobs import VERIFY_JOB, verify_blobs
from pratique.settings import Settings
from pratique.settings.agreement import common_settings
from pratique.settings.folder import DataFolder, write_private
from pratique.settings.limits import (
    database_limits,
    flight_limits,
    freshness,
    publish_limits,
    question_slots,
    upload_slots,
    upstream_access,
    upstream_limits,
)
from pratique.settings.object_store import address_of, is_object_store, patience_of
from pratique.store.blobs_file import FileBlobs
from pratique.store.blobs_object import ObjectBlobs
from pratique.store.clocks import SystemClock, open_clock
from pratique.store.copies import Copies
from pratique.store.database import Database
from pratique.store.dialects import as_unavailable
from pratique.store.object_client import ObjectClient, ObjectStoreFailed
from pratique.store.processes import Process
from pratique.store.reserve import Reserve
from pratique.store.revisions import RevisionReader
from pratique.trust.signing import Signer, new_signing_key
from pratique.upstream.client import UpstreamClient
from pratique.upstream.descriptions import Descriptions
from pratique.upstream.documents import Documents
from pratique.upstream.public import OSV_EXPORT

RENDERER = (sys.executable, "-m", "pratique.cli.render_child")
"""Renders listings of large documents, in a process of its own."""

ECOSYSTEMS: tuple[Ecosystem, ...] = (NPM, PYPI, CARGO)
"""A new ecosystem is one folder and one word here."""


def prepare(folder: DataFolder, settings: Settings) -> tuple[str, ...]:
    """Bring a data folder to the state that this version and these settings need; the names of new repositories.

    Raises:
        Conflict: the folder belongs to a newer version or to the other kind of clock, its database is gone, its signing
            key was replaced, or other nodes run on its database with other settings or another time.
        Invalid: the settings name an upstream twice, or for an ecosystem that is not here, or no signing key.
        Unavailable: the database is in use by somebody who does not let go, or the disk or the object store refuses.
    """
    # Only who prepares a folder needs the machinery of migrations; every command would load it otherwise.
    from pratique.store import migrations

    clock = folder_clock(folder, settings)
    _reach_object_store(folder, settings)
    url = folder.database_url(settings)
    folder.refuse_lost_database(settings)
    migrations.upgrade(url)
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


def node_of(folder: DataFolder, settings: Settings) -> Node:
    """This server among those that may run on its database; of a prepared data folder.

    Raises:
        Invalid: its signing key cannot be read.
    """
    identity = open_blobs(folder, settings).known_identity()
    common = common_settings(folder, settings, identity, signer_of(folder, settings).key_id)
    return Node(f"{socket.gethostname()}:{folder.root}", common)


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


@asynccontextmanager
async def open_ports(folder: DataFolder, settings: Settings) -> AsyncIterator[Ports]:
    """The wired parts, on a prepared data folder; let go again when the block ends.

    Raises:
        Conflict: the folder belongs to the other kind of clock.
    """
    base = _Base(folder_clock(folder, settings), open_database(folder, settings), open_blobs(folder, settings))
    busy = _busy_parts(folder, settings, base)
    async with AsyncExitStack() as held:
        for blocking in (base.db, busy.questions, busy.self_descriptions, busy.uploads):
            held.push_async_callback(asyncio.to_thread, blocking.close)
        _close_after(held, busy.stored_views, busy.client, busy.descriptions, busy.documents, busy.flights)
        _close_after(held, busy.render_process, busy.renderings)
        yield _wired(folder, settings, base, busy)


@dataclass(frozen=True)
class _Base:
    """What the other parts stand on."""

    clock: Clock
    db: Database
    blobs: FileBlobs | ObjectBlobs
    ecosystems: Mapping[str, Ecosystem] = field(default_factory=lambda: {one.id: one for one in ECOSYSTEMS})


@dataclass(frozen=True)
class _Busy:
    """Parts that may have something under way."""

    client: UpstreamClient
    documents: Documents
    descriptions: Descriptions
    flights: Flights
    stored_views: StoredViews
    render_process: RenderProcess
    renderings: Renderings
    uploads: Uploads
    questions: Questions
    self_descriptions: SelfDescriptions


def _busy_parts(folder: DataFolder, settings: Settings, base: _Base) -> _Busy:
    client = _upstream_client(folder, settings)
    watcher = DocumentWatcher(base.db, base.clock, base.ecosystems)
    return _Busy(
        client=client,
        documents=Documents(client, StoredDocuments(base.db), base.clock, watcher, freshness(settings.upstream)),
        descriptions=Descriptions(client, base.clock),
        flights=Flights(client, base.blobs, flight_limits(settings.downloads)),
        stored_views=StoredViews(base.db, settings.web.stored_from),
        render_process=_render_process(folder, settings),
        renderings=Renderings(),
        uploads=Uploads(upload_slots(settings.publish)),
        questions=Questions(question_slots(settings.advisories)),
        self_descriptions=SelfDescriptions(question_slots(settings.advisories)),
    )


def _wired(folder: DataFolder, settings: Settings, base: _Base, busy: _Busy) -> Ports:
    return Ports(
        db=base.db,
        blobs=base.blobs,
        clock=base.clock,
        ecosystems=base.ecosystems,
        reserve=Reserve(folder.reserve_file),
        documents=busy.documents,
        descriptions=busy.descriptions,
        upstream=busy.client,
        flights=busy.flights,
        revisions=RevisionReader(base.db),
        downloads=DownloadLog(base.db),
        clearings=Clearings(base.db, base.blobs),
        decisions=DecisionMemory(base.db),
        views=ViewCache(settings.web.rendered_cache),
        stored_views=busy.stored_views,
        renderings=busy.renderings,
        render_process=busy.render_process,
        metadata_cache=MetadataCache(settings.upstream.metadata_cache),
        uploads=busy.uploads,
        questions=busy.questions,
        self_descriptions=busy.self_descriptions,
        enqueue=outbox.enqueue,
        popularity=_popularity,
        signer=signer_of(folder, settings),
        publish_limits=publish_limits(settings.publish),
        advisory_sources=advisory_sources(settings),
        public_urls=settings.origins,
        server_name=folder.server_name(),
        login_life=int(settings.accounts.login_life * 1000),
        cache_max_bytes=int(settings.cache_max_bytes),
    )


class _Closing(Protocol):
    async def close(self) -> None: ...


def _close_after(held: AsyncExitStack, *parts: _Closing) -> None:
    """What is under way ends first: last in, first out."""
    for part in parts:
        held.push_async_callback(part.close)


def _render_process(folder: DataFolder, settings: Settings) -> RenderProcess:
    """One that is given the database and nothing else, and takes one connection of it."""
    limits = msgspec.structs.replace(database_limits(settings.postgresql), readers=1, writers=1)
    setup = RenderSetup(folder.database_url(settings), limits)
    return RenderProcess(RENDERER, setup, RenderLimits(settings.web.render_apart_from))


def _upstream_client(folder: DataFolder, settings: Settings) -> UpstreamClient:
    return UpstreamClient(
        upstream_access(settings),
        limits=upstream_limits(settings.upstream),
        ca_file=settings.upstream.ca_file or None,
        server_name=folder.server_name(),
    )


def job_kinds(ports: Ports, settings: Settings) -> tuple[JobKind, ...]:
    """The job table: what each promised job does."""

    async def recheck(run: JobRun) -> None:
        await recheck_releases(ports, run.read(Recheck))

    async def recheck_all_quarantined(run: JobRun) -> None:
        del run
        await recheck_quarantined(ports)

    async def tidy(run: JobRun) -> None:
        del run
        await clean_up(ports, int(settings.keep.decisions * 1000))

    async def sweep_stored_views(run: JobRun) -> None:
        del run
        await sweep_views(ports, settings.keep.views, int(settings.keep.decisions * 1000))

    async def verify(run: JobRun) -> None:
        del run
        await verify_blobs(ports, ports.clock.now() // HOUR)

    async def report(run: JobRun) -> None:
        del run
        await report_dry_runs(ports)

    async def compare(run: JobRun) -> None:
        del run
        await compare_fetched(ports)

    async def room(run: JobRun) -> None:
        del run
        await make_room(ports, settings.cache_max_bytes)

    return (
        JobKind(MAKE_ROOM_JOB, room, attempts=1),
        JobKind(RECHECK_JOB, recheck),
        JobKind(RECHECK_QUARANTINED_JOB, recheck_all_quarantined, attempts=3),
        _import_kind(ports, settings),
        JobKind(CLEAN_UP_JOB, tidy, attempts=3),
        JobKind(COMPARE_JOB, compare, attempts=1),
        JobKind(REPORT_JOB, report, attempts=3),
        JobKind(SWEEP_VIEWS_JOB, sweep_stored_views, attempts=1),
        JobKind(VERIFY_JOB, verify, attempts=2, time_limit=3_000),
    )


def _import_kind(ports: Ports, settings: Settings) -> JobKind:
    """Tried until the next day's turn, never more than two hours apart."""
    sources = advisory_sources(settings)

    async def import_all(run: JobRun) -> None:
        if run.attempt == 1:
            await import_each(ports, sources)
        else:
            await import_missing(ports, sources, _import_timer(settings).began(run.read(Turn).turn))

    return JobKind(
        IMPORT_JOB,
        import_all,
        attempts=15,
        first_pause=60,
        back_off=4,
        longest_pause=7_200,
        time_limit=PATIENCE * (len(sources) + 1),
    )


def job_timers(settings: Settings) -> tuple[Timer, ...]:
    """What comes round by itself."""
    hourly = tuple(Timer(job, every=HOUR) for job in (REPORT_JOB, VERIFY_JOB, RECHECK_QUARANTINED_JOB))
    wanted = settings.advisories.scheduled and bool(advisory_sources(settings))
    often = (
        Timer(COMPARE_JOB, every=MINUTE),
        Timer(SWEEP_VIEWS_JOB, every=10 * MINUTE),
        *((Timer(MAKE_ROOM_JOB, every=MINUTE),) if settings.cache_max_bytes else ()),
    )
    return (*((_import_timer(settings),) if wanted else ()), Timer(CLEAN_UP_JOB), *often, *hourly)


def _import_timer(settings: Settings) -> Timer:
    return Timer(IMPORT_JOB, starts=int(settings.advisories.at * 1000))


def advisory_sources(settings: Settings) -> tuple[str, ...]:
    """Where advisories come from: as configured, else the public export of each ecosystem with an upstream."""
    if settings.advisories.sources:
        return settings.advisories.sources
    asked = {ecosystem for one in settings.repositories.values() for ecosystem, urls in one.upstreams.items() if urls}
    return tuple(f"{OSV_EXPORT}/{one.osv_name}/all.zip" for one in ECOSYSTEMS if one.id in asked)


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


def _popularity(key: ProjectKey) -> int | None:
    return popular.rank(key.ecosystem, key.name)
