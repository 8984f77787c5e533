"""The ports, wired: the only place where parts meet each other."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Protocol

import msgspec

from pratique.app.foundations import (
    ECOSYSTEMS,
    advisory_sources,
    folder_clock,
    open_blobs,
    open_database,
    signer_of,
)
from pratique.core.clock import Clock
from pratique.core.ecosystem import Ecosystem
from pratique.core.names import ProjectKey
from pratique.jobs import outbox
from pratique.naming import popular
from pratique.services.advisories.questions import Questions
from pratique.services.governing.remember_decisions import DecisionMemory
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
from pratique.services.judging.corpora import Corpora
from pratique.services.ports import Ports
from pratique.services.publishing.uploads import Uploads
from pratique.services.scanning.scanner import Scanner
from pratique.services.scanning.under_way import ScansUnderWay
from pratique.settings import Settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import (
    database_limits,
    flight_limits,
    freshness,
    publish_limits,
    question_slots,
    review_limits,
    scan_setup,
    scan_waiting,
    upload_slots,
    upstream_access,
    upstream_limits,
)
from pratique.store.blobs_file import FileBlobs
from pratique.store.blobs_object import ObjectBlobs
from pratique.store.database import Database
from pratique.store.reserve import Reserve
from pratique.store.revisions import RevisionReader
from pratique.upstream.client import UpstreamClient
from pratique.upstream.descriptions import Descriptions
from pratique.upstream.documents import Documents

RENDERER = (sys.executable, "-P", "-m", "pratique.cli.render_child")
"""Renders listings of large documents, in a process of its own.

`-P`: nothing of the folder that the server was started in is a module of ours.
"""

SCANNER = (sys.executable, "-P", "-m", "pratique.cli.scan_child")
"""Scans artefacts, for all processes on one data folder."""

TURNS_OF_OTHERS = 3
"""How much longer a process waits for a report than one scan may take: others may have theirs first."""


@asynccontextmanager
async def open_ports(folder: DataFolder, settings: Settings) -> AsyncIterator[Ports]:
    """The wired parts, on a prepared data folder; let go again when the block ends.

    Raises:
        Conflict: the folder belongs to the other kind of clock.
    """
    base = _Base(folder_clock(folder, settings), open_database(folder, settings), open_blobs(folder, settings))
    busy = _busy_parts(folder, settings, base)
    async with AsyncExitStack() as held:
        for blocking in (base.db, busy.names, busy.questions, busy.self_descriptions, busy.uploads):
            held.push_async_callback(asyncio.to_thread, blocking.close)
        _close_after(held, busy.stored_views, busy.client, busy.descriptions, busy.documents, busy.flights)
        _close_after(held, busy.render_process, busy.renderings, busy.scanner, busy.scans_under_way)
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
    scanner: Scanner
    scans_under_way: ScansUnderWay
    questions: Questions
    self_descriptions: SelfDescriptions
    names: Corpora


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
        scanner=_scanner(folder, settings),
        scans_under_way=ScansUnderWay(scan_waiting(settings.scan)),
        questions=Questions(question_slots(settings.advisories)),
        self_descriptions=SelfDescriptions(question_slots(settings.advisories)),
        names=Corpora(base.db),
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
        scanner=busy.scanner,
        scans_under_way=busy.scans_under_way,
        questions=busy.questions,
        self_descriptions=busy.self_descriptions,
        enqueue=outbox.enqueue,
        popularity=_popularity,
        names=busy.names,
        signer=signer_of(folder, settings),
        stand_in_key=folder.stand_in_key(),
        publish_limits=publish_limits(settings.publish, settings.names),
        review_limits=review_limits(settings.review),
        advisory_sources=advisory_sources(settings),
        name_feeds=settings.names.hallucinated,
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


def _scanner(folder: DataFolder, settings: Settings) -> Scanner:
    bounds = scan_setup(settings.scan, settings.publish.archive)
    setup = msgspec.json.encode(bounds, enc_hook=int).decode()  # sizes are written by people and read as numbers
    command = (*SCANNER, f"{settings.scan.idle:g}", setup)
    return Scanner(folder.root, command, settings.scan.patience * TURNS_OF_OTHERS)


def _upstream_client(folder: DataFolder, settings: Settings) -> UpstreamClient:
    return UpstreamClient(
        upstream_access(settings),
        limits=upstream_limits(settings.upstream),
        ca_file=settings.upstream.ca_file or None,
        server_name=folder.server_name(),
    )


def _popularity(key: ProjectKey) -> int | None:
    return popular.rank(key.ecosystem, key.name)
