"""What every use case is handed: the parts, wired once by `app`, and the visit it serves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from pratique.core.actors import Actor
from pratique.core.clock import DAY, SECOND, Clock
from pratique.core.ecosystem import ArchiveLimits, Ecosystem
from pratique.core.limits import ScanWhen
from pratique.core.names import ProjectKey
from pratique.core.ports import Blobs
from pratique.store.database import Database
from pratique.store.repositories import Repository
from pratique.store.reserve import Reserve
from pratique.store.revisions import RevisionReader

if TYPE_CHECKING:
    from pratique.services.advisories.questions import Questions
    from pratique.services.governing.remember_decisions import DecisionMemory
    from pratique.services.installing.download_log import DownloadLog
    from pratique.services.installing.fetch_file import Flights
    from pratique.services.installing.get_cleared import Clearings
    from pratique.services.installing.metadata_cache import MetadataCache
    from pratique.services.installing.render_process import RenderProcess
    from pratique.services.installing.renderings import Renderings
    from pratique.services.installing.self_descriptions import SelfDescriptions
    from pratique.services.installing.stored_views import StoredViews
    from pratique.services.installing.views import ViewCache
    from pratique.services.judging.corpora import Corpora
    from pratique.services.publishing.uploads import Uploads
    from pratique.services.scanning.scanner import Scanner
    from pratique.services.scanning.under_way import ScansUnderWay
    from pratique.trust.signing import Signer
    from pratique.upstream.client import UpstreamClient
    from pratique.upstream.descriptions import Descriptions
    from pratique.upstream.documents import Documents

Enqueue = Callable[[Connection, str, dict[str, Any], str], None]
"""(connection of the business transaction, job name, payload, job id): the job starts only if it commits."""


@dataclass(frozen=True)
class PublishLimits:
    """Bounds on uploads.

    Attributes:
        max_upload: bytes of the request body.
        max_entry: bytes of what the index carries of one file.
        max_entries: bytes of what the index carries of all files of one project.
        unpublish_window: milliseconds after publishing in which owners may unpublish a release.
        archive: bounds on the artefact's inside.
        release_open: milliseconds after its first file in which a release takes further ones; 0: for ever.
        new_names: projects that one account may found within 24 hours; 0: no limit.
        scan: when an own release is scanned.
        scan_wait: milliseconds for which the answer to an upload waits for its scan.
    """

    max_upload: int = 1 << 30
    max_entry: int = 512 << 10
    max_entries: int = 32 << 20
    unpublish_window: int = 3 * DAY
    archive: ArchiveLimits = field(default_factory=ArchiveLimits)
    release_open: int = 14 * DAY
    new_names: int = 0
    scan: ScanWhen = ScanWhen.OFF
    scan_wait: int = 5 * SECOND


@dataclass(frozen=True)
class ReviewLimits:
    """How far reports go, and what takes two people.

    Attributes:
        anonymous_reports: nobody in particular may report.
        reports_a_day: of one account, or of one network of nobody in particular.
        newcomer_for: milliseconds for which an account counts as new, and its word for little.
        hold_for: milliseconds for which the report of somebody trusted keeps a release back.
        holds_each: releases that one trusted reporter may keep back at the same time.
        two_people_from: downloads from here, within thirty days, from which on a release takes two people; 0: never.
    """

    anonymous_reports: bool = False
    reports_a_day: int = 50
    newcomer_for: int = 7 * DAY
    hold_for: int = DAY
    holds_each: int = 3
    two_people_from: int = 1_000


@dataclass(frozen=True)
class Ports:
    """The parts. Built in `app`; a use case takes what it needs and builds none itself.

    Attributes:
        popularity: rank of a name among the most downloaded, None if not among them.
        public_urls: the URLs under which clients may reach this server; absolute links are built from these only.
        stand_in_key: makes the names that upstreams are asked for in the place of those they may not hear of.
        server_name: how this server is called in Via headers.
        login_life: milliseconds that a token is good for which a client's login made.
        cache_max_bytes: that upstreams' files may take, 0: no limit.
    """

    db: Database
    reserve: Reserve
    blobs: Blobs
    clock: Clock
    ecosystems: Mapping[str, Ecosystem]
    documents: Documents
    descriptions: Descriptions
    upstream: UpstreamClient
    flights: Flights
    revisions: RevisionReader
    downloads: DownloadLog
    clearings: Clearings
    decisions: DecisionMemory
    views: ViewCache
    stored_views: StoredViews
    renderings: Renderings
    render_process: RenderProcess
    metadata_cache: MetadataCache
    uploads: Uploads
    scanner: Scanner
    scans_under_way: ScansUnderWay
    questions: Questions
    self_descriptions: SelfDescriptions
    enqueue: Enqueue
    popularity: Callable[[ProjectKey], int | None]
    names: Corpora
    signer: Signer
    stand_in_key: bytes = field(repr=False)
    publish_limits: PublishLimits = PublishLimits()
    review_limits: ReviewLimits = ReviewLimits()
    advisory_sources: tuple[str, ...] = ()
    name_feeds: tuple[str, ...] = ()
    public_urls: tuple[str, ...] = ()
    server_name: str = ""
    login_life: int = 30 * DAY
    cache_max_bytes: int = 0

    @property
    def public_url(self) -> str:
        """The first configured public URL, used where no request names one."""
        return self.public_urls[0]

    def base_urls(self, repository: str, ecosystem: str) -> tuple[str, ...]:
        """`https://host/{repository}/{ecosystem}` by every public URL, without a trailing slash."""
        return tuple(f"{url.rstrip('/')}/{repository}/{ecosystem}" for url in self.public_urls)


@dataclass(frozen=True)
class Caller:
    """The program that sent a request, as far as people are told of it; nothing is decided by it.

    Attributes:
        client: what it calls itself.
        address: where the request came from.
        code: a one-time code that came along; empty for none.
        takes_codes: it can ask its user for a one-time code and send it.
    """

    client: str = ""
    address: str = ""
    code: str = field(default="", repr=False)
    takes_codes: bool = False


@dataclass(frozen=True)
class Visit:
    """One client's request: who asks, in which repository and ecosystem, and by which public URL."""

    actor: Actor
    repository: Repository
    ecosystem: Ecosystem
    public_url: str
    caller: Caller = Caller()

    @property
    def base_url(self) -> str:
        """`https://host/{repository}/{ecosystem}`, without a trailing slash."""
        return f"{self.public_url}/{self.repository.name}/{self.ecosystem.id}"

    def explain_url(self, decision_id: str) -> str:
        """The page that explains a decision."""
        return f"{self.public_url}/r/{decision_id}"

    def key(self, name: str) -> ProjectKey:
        """The project of this name. Raises InvalidName."""
        return ProjectKey(self.ecosystem.id, self.ecosystem.canonical(name))
