"""What became of promised jobs: waiting, running, failed. Read in the job process, where the engine runs."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from pratique.core.clock import Instant
from pratique.jobs.names import APPLICATION, job_of

_ACTIVE = ["ENQUEUED", "DELAYED", "PENDING"]
_FAILED = ["ERROR", "MAX_RECOVERY_ATTEMPTS_EXCEEDED", "CANCELLED"]
_FINISHED = ["SUCCESS", *_FAILED]

_PAGE = 500


class FailedJob(msgspec.Struct, frozen=True):
    """A job that was given up.

    Attributes:
        job_id: as promised.
        name: its kind.
        attempts: how often it was tried.
        why: the sentence of the last failure.
        at: when it was given up.
    """

    job_id: str
    name: str
    attempts: int
    why: str
    at: Instant


def unfinished(job_name: str) -> tuple[str, ...]:
    """Ids of the jobs of this name that wait, run or pause before another attempt, oldest first."""
    from dbos import DBOS

    found = DBOS.list_workflows(
        name=job_name, status=_ACTIVE, application_name=APPLICATION, load_input=False, load_output=False
    )
    return tuple(dict.fromkeys(job_of(status.workflow_id)[0] for status in found))


def failed(limit: int = 100) -> tuple[FailedJob, ...]:
    """Jobs that were given up, newest first."""
    from dbos import DBOS

    found = DBOS.list_workflows(
        status=_FAILED, application_name=APPLICATION, load_input=False, sort_desc=True, limit=limit
    )
    return tuple(
        FailedJob(
            job_id=job_of(status.workflow_id)[0],
            name=status.name,
            attempts=job_of(status.workflow_id)[1],
            why=str(status.error) if status.error is not None else "it took its process down too often",
            at=Instant(status.updated_at or 0),
        )
        for status in found
    )


def missing(promised: Iterable[str]) -> tuple[str, ...]:
    """Those of the given job ids that the engine has never heard of.

    The sweep hands in the jobs of everything that still waits in the business tables; whatever comes
    back would wait for ever. It must come back empty.
    """
    from dbos import DBOS

    wanted = list(dict.fromkeys(promised))
    known: set[str] = set()
    for start in range(0, len(wanted), _PAGE):
        page = wanted[start : start + _PAGE]
        found = DBOS.list_workflows(workflow_ids=page, load_input=False, load_output=False)
        known.update(status.workflow_id for status in found)
    return tuple(job_id for job_id in wanted if job_id not in known)


def forget_finished(before: Instant) -> int:
    """Drop the records of jobs that ended before an instant; how many there were.

    A job id is refused a second time only as long as its record is kept.
    """
    from dbos import DBOS

    gone = 0
    while True:
        found = DBOS.list_workflows(
            status=_FINISHED,
            application_name=APPLICATION,
            completed_before=_iso(before),
            limit=_PAGE,
            load_input=False,
            load_output=False,
        )
        if not found:
            return gone
        DBOS.delete_workflows([status.workflow_id for status in found])
        gone += len(found)


def _iso(instant: Instant) -> str:
    from pratique.core.clock import to_iso

    return to_iso(instant)
