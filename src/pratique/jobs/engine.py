"""The one place that runs jobs. Lives in the job process only; everybody else uses `outbox`."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import msgspec
import structlog

from pratique.core.errors import PratiqueError, Unavailable
from pratique.jobs.engine_log import quieten
from pratique.jobs.kinds import JobKind, JobRun
from pratique.jobs.names import APPLICATION, QUEUE, VERSION, attempt_id, job_of

if TYPE_CHECKING:
    from dbos import DBOSConfig

_log = structlog.get_logger("jobs")


_LONGER_THAN_STOPPING = 300.0
"""Seconds; a process that ends is gone long before."""


class JobLimits(msgspec.Struct, frozen=True):
    """How much the job process does at once.

    Attributes:
        at_once: jobs running in this process.
        polling: seconds between two looks at the queue.
        restarts: how often a job may take its process down before it is given up.
    """

    at_once: int = 8
    polling: float = 0.2
    restarts: int = 10


class GivenUp(Exception):
    """A job failed as often as its kind allows; stored with the job."""


class JobEngine:
    """Claims promised jobs and runs their handlers. One per process: the engine below is a process-wide single."""

    def __init__(
        self,
        url: str,
        kinds: Mapping[str, JobKind],
        *,
        executor_id: str,
        loop: asyncio.AbstractEventLoop,
        limits: JobLimits = JobLimits(),  # noqa: B008 (frozen)
    ) -> None:
        """Prepare an engine.

        Args:
            url: of our own database, where the jobs were promised.
            kinds: the job table.
            executor_id: of this process, as in the heartbeat table; never used again by another one.
            loop: where handlers are awaited.
            limits: how much at once.
        """
        self._url, self._kinds, self._executor_id, self._loop, self._limits = url, kinds, executor_id, loop, limits
        self._running: set[tuple[str, int]] = set()
        self._stopping = False

    @property
    def executor_id(self) -> str:
        """The id under which this process claims jobs."""
        return self._executor_id

    def is_running(self, workflow_id: str) -> bool:
        """Whether the handler of a claimed job runs in this process now."""
        return job_of(workflow_id) in self._running

    def start(self) -> None:
        """Start claiming. Blocks for a second or two; call it from a thread."""
        from dbos import DBOS

        quieten()
        DBOS(config=self._configuration())
        for kind in self._kinds.values():
            self._register(kind)
        DBOS.launch()
        DBOS.register_queue(
            QUEUE,
            worker_concurrency=self._limits.at_once,
            polling_interval_sec=self._limits.polling,
            on_conflict="always_update",
        )

    def stop(self, patience: int = 10) -> None:
        """Wait for running jobs, and let go. What is not done by then stays promised.

        The caller ends the process at once afterwards, without waiting for the engine's threads: a handler
        that is still running must not get the chance to write its interruption down as a failure. Where
        nothing runs there is nothing to wait for, and ending the process is the whole of stopping.
        """
        from dbos import DBOS

        self._stopping = True
        if self._running:
            DBOS.destroy(destroy_registry=True, workflow_completion_timeout_sec=patience)

    def _configuration(self) -> DBOSConfig:
        from dbos import DBOSPortableJSONSerializer

        return {
            "name": APPLICATION,
            "system_database_url": self._url,
            "application_version": VERSION,
            "executor_id": self._executor_id,
            "enable_otlp": False,
            "log_level": "WARNING",
            # The pickle of the default would let whoever can write the database run code here.
            "serializer": DBOSPortableJSONSerializer(),
            # A job needs one thread for itself and one for its step; the rest are the engine's own.
            "max_executor_threads": 2 * self._limits.at_once + 4,
            "use_listen_notify": False,
            # `tables.prepare` has done it, with the rights that it takes.
            "run_migrations": False,
            "scheduler_polling_interval_sec": 3600.0,
            "sys_db_pool_size": self._limits.at_once + 4,
        }

    def _register(self, kind: JobKind) -> None:
        from dbos import DBOS

        def workflow(payload: str) -> None:
            job_id, attempt = job_of(str(DBOS.workflow_id))
            sentence = DBOS.run_step({"name": kind.name}, self._attempt, kind, job_id, attempt, payload)
            if sentence is not None:
                self._again_or_never(kind, job_id, attempt, payload, sentence)

        workflow.__qualname__ = workflow.__name__ = kind.name
        DBOS.workflow(name=kind.name, max_recovery_attempts=self._limits.restarts)(workflow)

    def _attempt(self, kind: JobKind, job_id: str, attempt: int, payload: str) -> str | None:
        """Run the handler once; None when it is done, else the sentence of its failure."""
        run = JobRun(job_id, payload.encode(), attempt)
        log = _log.bind(job=kind.name, job_id=job_id, attempt=attempt)
        if self._stopping:
            # The engine may claim until the process ends; what is not begun by then others take up as it is.
            time.sleep(_LONGER_THAN_STOPPING)
        self._running.add((job_id, attempt))
        try:
            asyncio.run_coroutine_threadsafe(_within(kind, run), self._loop).result()
        except PratiqueError as error:
            log.warning("job failed", why=str(error))
            return str(error)
        except Exception as error:  # whatever a handler raises is an attempt that failed
            log.exception("job failed", why=repr(error))
            return repr(error)
        finally:
            self._running.discard((job_id, attempt))
        log.info("job done")
        return None

    def _again_or_never(self, kind: JobKind, job_id: str, attempt: int, payload: str, sentence: str) -> None:
        from dbos import DBOS

        if attempt >= kind.attempts:
            _log.error("job given up", job=kind.name, job_id=job_id, attempts=attempt, why=sentence)
            raise GivenUp(f"{kind.name} {job_id} failed {attempt} times, last: {sentence}")
        # A stored delay instead of a sleeping thread: the pause outlives this process and holds no slot.
        DBOS.enqueue_workflow_with_options(
            {
                "workflow_name": kind.name,
                "queue_name": QUEUE,
                "workflow_id": attempt_id(job_id, attempt + 1),
                "app_version": VERSION,
                "application_name": APPLICATION,
                "delay_seconds": kind.pause_before(attempt + 1),
            },
            payload,
        )


async def _within(kind: JobKind, run: JobRun) -> None:
    try:
        async with asyncio.timeout(kind.time_limit):
            await kind.handler(run)
    except TimeoutError as error:
        raise Unavailable(f"{kind.name} was not done after {kind.time_limit:g} seconds") from error
