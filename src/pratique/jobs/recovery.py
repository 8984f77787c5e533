"""Take over the jobs of processes that died.

The engine (pinned) offers this to its own paid service and as one private call. It is used here and
nowhere else, and a contract test holds it to what we rely on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

import structlog

from pratique.jobs.names import APPLICATION, QUEUE

_log = structlog.get_logger("jobs")


class Forgotten:
    """Jobs that this process has claimed and runs no more.

    The engine writes down how a job ended. Where the database is away in that moment it lets the job lie as claimed,
    and as whoever claimed it lives, nobody would take it over.
    """

    def __init__(self, executor_id: str, is_running: Callable[[str], bool]) -> None:
        """Prepare.

        Args:
            executor_id: of this process.
            is_running: whether a claimed job's handler runs here.
        """
        self._executor_id, self._is_running = executor_id, is_running
        self._seen: frozenset[str] = frozenset()

    def take_up(self) -> tuple[str, ...]:
        """Put back on the queue what was forgotten at this look and at the one before.

        One look is not enough: between the end of a handler and its record lies a moment. A step that was recorded is
        not done again; one that was not is, as jobs are idempotent.

        Returns:
            Ids of the engine.
        """
        from dbos import DBOS

        claimed = DBOS.list_workflows(
            status="PENDING", application_name=APPLICATION, load_input=False, load_output=False
        )
        mine = {one.workflow_id for one in claimed if one.executor_id == self._executor_id}
        lying = frozenset(one for one in mine if not self._is_running(one))
        again = tuple(sorted(lying & self._seen))
        self._seen = lying - set(again)
        for workflow_id in again:
            DBOS.resume_workflow(workflow_id, queue_name=QUEUE)
        if again:
            _log.warning("jobs whose end could not be recorded are done again", jobs=again)
        return again


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
