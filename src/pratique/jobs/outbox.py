"""Promise a job inside the caller's own transaction: it exists exactly if the transaction commits."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from pratique.core.errors import Conflict, Invalid
from pratique.jobs.kinds import encode_payload
from pratique.jobs.names import APPLICATION, QUEUE, VERSION, is_job_id

if TYPE_CHECKING:
    from dbos import DBOSClient

_clients: dict[str, DBOSClient] = {}
_lock = threading.Lock()


def enqueue(connection: Connection, job_name: str, payload: Any, job_id: str) -> None:
    """Promise one job. The caller commits or rolls back; both take the job along.

    Args:
        connection: inside a write transaction on our own database.
        job_name: a name of the job table.
        payload: bytes of JSON, a struct or JSON values; no secrets, it is kept for days.
        job_id: the id of the event that starts it, or another name of the same occasion. The same id
            twice is one job.

    Raises:
        Invalid: the id holds blanks or other odd characters.
        Conflict: the id belongs to a job of another name.
    """
    from dbos import error

    if not is_job_id(job_id):
        raise Invalid(f"{job_id!r} cannot be a job's id: use printable ASCII without blanks and `#`")
    try:
        _client(connection).enqueue_in_transaction(
            connection,
            {
                "workflow_name": job_name,
                "queue_name": QUEUE,
                "workflow_id": job_id,
                "app_version": VERSION,
                "application_name": APPLICATION,
            },
            encode_payload(payload),
        )
    except error.DBOSConflictingWorkflowError as conflict:
        raise Conflict(
            f"job {job_id} exists already and is no {job_name}; give every occasion its own id"
        ) from conflict


def warm_up() -> None:
    """Import the engine's client ahead of the first promise; it takes a second that nobody should wait for."""
    import dbos  # noqa: F401


def _client(connection: Connection) -> DBOSClient:
    from dbos import DBOSClient, DBOSPortableJSONSerializer

    dialect = connection.dialect.name
    with _lock:
        if dialect not in _clients:
            # Lazy: it never opens a connection of its own, it only writes through the caller's,
            # so that one client serves every database of that dialect.
            _clients[dialect] = DBOSClient(
                system_database_engine=connection.engine,
                serializer=DBOSPortableJSONSerializer(),
                application_name=APPLICATION,
                lazy=True,
            )
        return _clients[dialect]
