"""Settings as the limits that the rooms below take; they know nothing of settings."""

from __future__ import annotations

from ipaddress import ip_network

import msgspec

from pratique.core.ecosystem import ArchiveLimits
from pratique.core.limits import DatabaseLimits, FlightLimits, Freshness, ScanWaiting, UpstreamLimits
from pratique.scan.cage.confine import CageLimits
from pratique.scan.cage.setup import Setup
from pratique.scan.limits import ScanLimits
from pratique.services.advisories.questions import QuestionSlots
from pratique.services.ports import PublishLimits, ReviewLimits
from pratique.services.publishing.uploads import UploadSlots
from pratique.services.slots import SlotLimits
from pratique.settings.of_clients import LimitSettings
from pratique.settings.of_names import NamesSettings
from pratique.settings.of_reviews import ReviewSettings
from pratique.settings.of_scans import ScanSettings
from pratique.settings.quantities import Duration
from pratique.settings.values import (
    AdvisorySettings,
    ArchiveSettings,
    DownloadSettings,
    PostgresqlSettings,
    PublishSettings,
    Settings,
    UpstreamSettings,
)
from pratique.upstream.access import Credentials, UpstreamAccess
from pratique.web.limits import RateLimits, WebLimits


def upstream_limits(said: UpstreamSettings) -> UpstreamLimits:
    """Bounds on one exchange with an upstream."""
    return UpstreamLimits(
        connect=_milliseconds(said.connect_timeout),
        silence=_milliseconds(said.silence),
        document=_milliseconds(said.document_timeout),
        slowest_file=said.slowest_file,
        max_document=said.max_document,
        max_file=said.max_file,
        max_redirects=said.max_redirects,
    )


def database_limits(said: PostgresqlSettings) -> DatabaseLimits:
    """Connections to the database, and patience with it."""
    return DatabaseLimits(
        readers=said.readers,
        writers=said.writers,
        patience=_milliseconds(said.patience),
        statement=_milliseconds(said.statement_timeout),
        connect=_milliseconds(said.connect_timeout),
    )


def freshness(said: UpstreamSettings) -> Freshness:
    """How long a stored document is believed."""
    return Freshness(
        fresh_for=_milliseconds(said.fresh_for),
        wait_after=_milliseconds(said.stale_for),
        missing_for=_milliseconds(said.missing_for),
        stale_if_error=_milliseconds(said.usable_for),
        retry_after=_milliseconds(said.retry_after),
        patience=_milliseconds(said.patience),
        cached_views=said.parsed_cache,
    )


def flight_limits(said: DownloadSettings) -> FlightLimits:
    """How first downloads are handed on."""
    return FlightLimits(
        complete_bytes=said.wait_bytes,
        complete_within=_milliseconds(said.wait_seconds),
        held_back=said.held_back,
    )


def archive_limits(said: ArchiveSettings) -> ArchiveLimits:
    """Bounds on an artefact's inside."""
    return ArchiveLimits(
        max_entries=said.max_entries,
        max_unpacked=said.max_unpacked,
        max_ratio=said.max_ratio,
        ratio_from=said.ratio_from,
        max_member=said.max_member,
        max_depth=said.max_depth,
    )


def publish_limits(said: PublishSettings, names: NamesSettings) -> PublishLimits:
    """Bounds on uploads."""
    return PublishLimits(
        max_upload=said.max_upload,
        max_entry=said.max_entry,
        max_entries=said.max_entries,
        archive=archive_limits(said.archive),
        release_open=_milliseconds(said.release_open),
        unpublish_window=_milliseconds(said.unpublish_window),
        new_names=names.new_a_day,
        scan=said.scan,
        scan_wait=_milliseconds(said.scan_wait),
    )


def review_limits(said: ReviewSettings) -> ReviewLimits:
    """How far reports go, and what takes two people."""
    return ReviewLimits(
        anonymous_reports=said.anonymous_reports,
        reports_a_day=said.reports_a_day,
        newcomer_for=_milliseconds(said.newcomer_for),
        hold_for=_milliseconds(said.hold_for),
        holds_each=said.holds_each,
        two_people_from=said.two_people_from,
    )


def scan_setup(said: ScanSettings, archive: ArchiveSettings) -> Setup:
    """Bounds of whoever looks at an artefact, and of how far it looks."""
    cage = CageLimits(memory=said.memory, processor=round(said.processor), patience=round(said.patience))
    return Setup(cage, ScanLimits(archive=archive_limits(archive)))


def scan_waiting(said: ScanSettings) -> ScanWaiting:
    """How long a client is kept waiting for a scan."""
    return ScanWaiting(_milliseconds(said.wait_seconds), max(1, round(said.retry_after)))


def upload_slots(said: PublishSettings) -> UploadSlots:
    """How many uploads are taken in at once."""
    return UploadSlots(said.at_once, said.at_once_account, said.patience)


def question_slots(said: AdvisorySettings) -> QuestionSlots:
    """How many audits are answered at once."""
    return QuestionSlots(said.at_once, said.at_once_asker, said.patience, said.waiting)


def upstream_access(settings: Settings) -> dict[str, UpstreamAccess]:
    """Credentials and hosts by upstream."""
    return {
        url: UpstreamAccess(Credentials(one.password, one.user) if one.password else None, one.file_hosts)
        for url, one in settings.upstream.access.items()
    }


def web_limits(settings: Settings) -> WebLimits:
    """Bounds on requests; proxies are believed only where one is said to stand in front."""
    proxies = settings.trusted_proxies if settings.behind_proxy else ()
    return WebLimits(
        body_silence=settings.web.body_silence,
        slowest_body=settings.web.slowest_body,
        max_unpacking=settings.web.max_unpacking,
        max_body=settings.web.max_body,
        longest_body=settings.web.longest_body,
        max_head=settings.web.max_head,
        connections=settings.web.connections,
        connections_address=settings.web.connections_address,
        reader_patience=settings.web.reader_patience,
        slowest_reader=settings.web.slowest_reader,
        trusted_proxies=tuple(ip_network(one) for one in proxies),
        only_by_proxy=settings.behind_proxy and not settings.tls_certificate,
        rates=msgspec.convert(settings.limits, RateLimits, from_attributes=True),
        seats=seat_limits(settings.limits),
    )


def seat_limits(said: LimitSettings) -> SlotLimits:
    """How many reads are decided at once."""
    return SlotLimits(said.at_once, _most(said.at_once), said.patience, said.waiting, _most(said.waiting))


def _most(number: int) -> int:
    """Three quarters, so that nobody alone keeps the others out."""
    return max(1, number * 3 // 4)


def _milliseconds(seconds: Duration) -> int:
    return round(seconds * 1000)
