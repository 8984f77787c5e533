"""How the engine's rows are called: one queue, one application, one version, and an id per attempt."""

from __future__ import annotations

QUEUE = "jobs"
APPLICATION = "pratique"

VERSION = "1"
"""Fixed: jobs stored by an older Pratique are done by a newer one. A job whose payload changes gets a new name."""

_ATTEMPT_MARK = "#"

MAX_JOB_ID = 200


def attempt_id(job_id: str, attempt: int) -> str:
    """The engine's id of one attempt: the job's own for the first, `id#2` for the second."""
    return job_id if attempt == 1 else f"{job_id}{_ATTEMPT_MARK}{attempt}"


def job_of(workflow_id: str) -> tuple[str, int]:
    """The job and the number of the attempt behind an engine's id."""
    job_id, mark, attempt = workflow_id.rpartition(_ATTEMPT_MARK)
    return (job_id, int(attempt)) if mark else (workflow_id, 1)


def is_job_id(text: str) -> bool:
    """Whether a text may be a job's id: printable ASCII without blanks or the attempt mark."""
    return (
        0 < len(text) <= MAX_JOB_ID and text.isascii() and text.isprintable() and not set(text) & {" ", _ATTEMPT_MARK}
    )
