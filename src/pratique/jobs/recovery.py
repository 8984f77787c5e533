"""Take over the jobs of processes that died.

The engine (pinned) offers this to its own paid service and as one private call. It is used here and
nowhere else, and a contract test holds it to what we rely on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog

from pratique.jobs.names import APPLICATION

_log = structlog.get_logger("jobs")


def recover_dead(living: Callable[[], Collection[str]]) -> tuple[str, ...]:
    """Put the jobs of dead executors back on the queue.

    Args:
        living: ids of the job processes whose heartbeat is fresh. Asked **after** the claimed jobs were
            read: a process shows its heartbeat before its first claim, so that whoever claimed and is not
            among the living is dead. A process that was only frozen finds its claim gone and writes nothing.

    Returns:
        Ids of the executors whose jobs were taken over.
    """
    from dbos import DBOS

    claimed = DBOS.list_workflows(status="PENDING", application_name=APPLICATION, load_input=False, load_output=False)
    owners = {status.executor_id for status in claimed if status.executor_id}
    dead = sorted(owners - set(living())) if owners else []
    if dead:
        jobs = [status.workflow_id for status in claimed if status.executor_id in dead]
        _log.warning("taking over jobs of dead processes", processes=dead, jobs=jobs)
        DBOS._recover_pending_workflows(dead)
    return tuple(dead)
