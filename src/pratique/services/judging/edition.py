"""Tell one state of an own project from another, so that nobody overwrites what they have not read."""

from __future__ import annotations

import hashlib

import msgspec
from sqlalchemy import Connection

from pratique.core.errors import Conflict
from pratique.core.project_verbs import Edition
from pratique.store import projects, releases
from pratique.store.projects import Project
from pratique.trust.permissions import Role


def read_edition(connection: Connection, project_id: int) -> Edition:
    """What publishers have laid down until now.

    Its id depends on nothing else: a download, a listing's age or a change of policy outdates nobody's change.
    """
    held = [one for one in releases.of_project(connection, project_id) if one.unpublished is None]
    tags = releases.tags(connection, project_id)
    owners = tuple(one.name for one in projects.members(connection, project_id) if one.role == Role.OWNER)
    content = ([(one.version, one.deprecated) for one in held], tags, owners)
    digest = hashlib.sha256(msgspec.json.encode(content)).hexdigest()[:32]
    return Edition(f"{len(held)}-{digest}", tags, owners)


def check_edition(connection: Connection, project: Project, sent: str) -> None:
    """Refuse a change of what its sender has not seen. Raises Conflict."""
    current = read_edition(connection, project.id).id
    if current != sent:
        raise Conflict(
            f"{project.display} has changed since it was read (revision {sent[:60]!a} was sent, {current} is here); "
            "nothing was changed now, run the command again"
        )
