"""The job table: what each promised job does, and what comes round by itself."""

from __future__ import annotations

from pratique.app.foundations import advisory_sources
from pratique.core.clock import HOUR, MINUTE
from pratique.jobs.kinds import JobKind, JobRun, whatever_run
from pratique.jobs.timers import Timer, Turn
from pratique.services.advisories.import_each import IMPORT_JOB, PATIENCE, import_each, import_missing
from pratique.services.governing.report_dry_runs import REPORT_JOB, report_dry_runs
from pratique.services.installing.fetch_previous import compare_with_previous
from pratique.services.judging.recheck_release import (
    RECHECK_JOB,
    RECHECK_QUARANTINED_JOB,
    Recheck,
    recheck_quarantined,
    recheck_releases,
)
from pratique.services.names.name_feeds import FEEDS_JOB, import_each_feed
from pratique.services.names.name_feeds import PATIENCE as FEED_PATIENCE
from pratique.services.names.public_under_reserved import WATCH_JOB, watch_reserved
from pratique.services.ports import Ports
from pratique.services.publishing.scan_release import SCAN_JOB, SCAN_LEFT_JOB, ScanWork, scan_left, scan_releases
from pratique.services.scanning.rescan import rescan_part
from pratique.services.scanning.rescan_part import RESCAN_JOB, RescanPart
from pratique.services.scanning.scan_fetched import SCAN_FETCHED_JOB, scan_fetched
from pratique.services.upkeep.clean_up import CLEAN_UP_JOB, clean_up
from pratique.services.upkeep.compare_fetched import COMPARE_JOB, compare_fetched
from pratique.services.upkeep.make_room import MAKE_ROOM_JOB, make_room
from pratique.services.upkeep.sweep_views import SWEEP_VIEWS_JOB, sweep_views
from pratique.services.upkeep.verify_blobs import VERIFY_JOB, verify_blobs
from pratique.settings import Settings


def job_kinds(ports: Ports, settings: Settings) -> tuple[JobKind, ...]:
    """The job table: what each promised job does."""
    kept = int(settings.keep.decisions * 1000)

    async def recheck(run: JobRun) -> None:
        await recheck_releases(ports, run.read(Recheck))

    async def verify() -> None:
        await verify_blobs(ports, ports.clock.now() // HOUR)

    return (
        *_scan_kinds(ports),
        JobKind(WATCH_JOB, whatever_run(watch_reserved, ports), attempts=1),
        JobKind(MAKE_ROOM_JOB, whatever_run(make_room, ports, settings.cache_max_bytes), attempts=1),
        JobKind(RECHECK_JOB, recheck),
        JobKind(RECHECK_QUARANTINED_JOB, whatever_run(recheck_quarantined, ports), attempts=3),
        _import_kind(ports, settings),
        _feeds_kind(ports, settings),
        JobKind(CLEAN_UP_JOB, whatever_run(clean_up, ports, kept), attempts=3),
        JobKind(COMPARE_JOB, whatever_run(compare_fetched, ports), attempts=1),
        JobKind(REPORT_JOB, whatever_run(report_dry_runs, ports), attempts=3),
        JobKind(SWEEP_VIEWS_JOB, whatever_run(sweep_views, ports, settings.keep.views, kept), attempts=1),
        JobKind(VERIFY_JOB, whatever_run(verify), attempts=2, time_limit=3_000),
    )


def _scan_kinds(ports: Ports) -> tuple[JobKind, ...]:
    async def scan(run: JobRun) -> None:
        await scan_releases(ports, run.read(ScanWork))

    async def part(run: JobRun) -> None:
        await rescan_part(ports, run.read(RescanPart))

    async def fetched() -> None:
        await scan_fetched(ports)
        await compare_with_previous(ports)

    return (
        JobKind(SCAN_JOB, scan, attempts=8),
        JobKind(SCAN_LEFT_JOB, whatever_run(scan_left, ports), attempts=1),
        # One that begins at the end of its job's patience may take as long again.
        JobKind(RESCAN_JOB, part, attempts=10, time_limit=3_600),
        JobKind(SCAN_FETCHED_JOB, whatever_run(fetched), attempts=1),
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


def _feeds_kind(ports: Ports, settings: Settings) -> JobKind:
    feeds = settings.names.hallucinated
    return JobKind(
        FEEDS_JOB,
        whatever_run(import_each_feed, ports, feeds),
        attempts=6,
        first_pause=60,
        back_off=4,
        time_limit=FEED_PATIENCE * (len(feeds) + 1),
    )


def job_timers(settings: Settings) -> tuple[Timer, ...]:
    """What comes round by itself."""
    hourly = tuple(Timer(job, every=HOUR) for job in (REPORT_JOB, VERIFY_JOB, RECHECK_QUARANTINED_JOB, WATCH_JOB))
    wanted = settings.advisories.scheduled and bool(advisory_sources(settings))
    often = (
        Timer(COMPARE_JOB, every=MINUTE),
        Timer(SCAN_LEFT_JOB, every=MINUTE),
        Timer(SCAN_FETCHED_JOB, every=MINUTE),
        Timer(SWEEP_VIEWS_JOB, every=10 * MINUTE),
        *((Timer(FEEDS_JOB, starts=int(settings.names.at * 1000)),) if settings.names.hallucinated else ()),
        *((Timer(MAKE_ROOM_JOB, every=MINUTE),) if settings.cache_max_bytes else ()),
    )
    return (*((_import_timer(settings),) if wanted else ()), Timer(CLEAN_UP_JOB), *often, *hourly)


def _import_timer(settings: Settings) -> Timer:
    return Timer(IMPORT_JOB, starts=int(settings.advisories.at * 1000))
