"""An approval is for the bytes that its giver looked at: it ends when the index names others."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.actors import OPERATOR
from pratique.core.artifacts import FileView, ProjectView
from pratique.core.clock import Instant
from pratique.core.decisions import Waiver
from pratique.core.events import new_event
from pratique.store import events, policy


def end_approvals(connection: Connection, repository_id: int, view: ProjectView, now: Instant) -> None:
    """Withdraw every approval of a file for which the view states other digests than were approved.

    For the transaction that records the new view and outdates what was rendered before.
    """
    for waiver in policy.waivers(connection, repository_id, view.key, (policy.ACTIVE, policy.PENDING)):
        changed = next((file.filename for file in view.files if _is_another(file, waiver)), None)
        if changed is not None:
            policy.withdraw_waiver(connection, waiver.id)
            body = {"waiver": waiver.id, "why": f"the index names other bytes for {changed} than were approved"}
            events.append(connection, new_event("waiver_withdrawn", now, OPERATOR, view.key.purl(), body))


def _is_another(file: FileView, waiver: Waiver) -> bool:
    approved = waiver.files.get(file.filename)
    return approved is not None and not approved.same_bytes(file.digests)
