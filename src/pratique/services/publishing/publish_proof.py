"""Owners can demand that a person confirms every publish into a project with a one-time code.

What then takes a code is in `services.accounts.project_proof`.
"""

from __future__ import annotations

from functools import partial

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import PublishProof, Purpose
from pratique.core.actors import Actor, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.names import ProjectKey
from pratique.services.accounts.one_time_codes import has_just_proved, write_with_code
from pratique.services.accounts.sign_in import write_as
from pratique.services.changes import note_change
from pratique.services.judging.judge import authorise_on, know
from pratique.services.ports import Ports, Visit
from pratique.services.purls import read_purl
from pratique.services.visits import visit_repository
from pratique.store import projects
from pratique.trust.permissions import NO_SUCH_PROJECT

_STRICTER = (PublishProof.NOBODY, PublishProof.PEOPLE, PublishProof.EVERYBODY)


class SetPublishProof(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Say of whom a one-time code is demanded with every publish into an own project."""

    purl: str
    proof: PublishProof
    repository: str = "main"


class PublishProofShown(msgspec.Struct, frozen=True):
    """Of whom a code is demanded from now on."""

    purl: str
    proof: PublishProof


async def set_publish_proof(ports: Ports, request: SetPublishProof, actor: Actor) -> PublishProofShown:
    """Say it by a verb, which carries no code: who demands less than before does so in a browser or on the data folder.

    Raises:
        NotFound, Conflict: there is no own project of this name.
        Forbidden, StepUpNeeded: the actor is no owner; or a token asks for less than is demanded now.
    """
    named = read_purl(request.purl, ports.ecosystems)
    if named.version is not None:
        raise Invalid(f"this is about the whole project: write {named.key.purl()}, without a version")
    visit = await visit_repository(ports, request.repository, named.key.ecosystem, actor)
    now = ports.clock.now()
    authorise_on(visit, Operation.MEMBERS, await know(ports, visit, named.key), now)
    return await write_as(ports.db, actor, now, _set_by_verb, visit, named.key, request.proof, now)


def _set_by_verb(
    connection: Connection, visit: Visit, key: ProjectKey, proof: PublishProof, now: Instant
) -> PublishProofShown:
    if _demands_less(connection, visit, key, proof) and not has_just_proved(visit.actor, now):
        raise Forbidden(
            "a token does not lower what is demanded of publishers: `npm access set mfa=none` does with a one-time "
            "code, or `pratique project proof` on the data folder"
        )
    return _set(connection, visit, key, proof, now)


async def set_publish_proof_by_client(ports: Ports, visit: Visit, name: str, proof: PublishProof) -> PublishProofShown:
    """Say it by a package client; to demand less than before takes a one-time code itself.

    Raises:
        NotFound, Conflict: there is no own project of this name.
        CodeNeeded: less is demanded, and no good code came along.
        Forbidden, StepUpNeeded: the actor is no owner.
    """
    key, now = visit.key(name), ports.clock.now()
    authorise_on(visit, Operation.MEMBERS, await know(ports, visit, key), now)
    needed = partial(_demands_less, visit=visit, key=key, proof=proof)
    return await write_with_code(ports, visit, Purpose.PROOF, key.purl(), needed, _set, visit, key, proof, now)


def _demands_less(connection: Connection, visit: Visit, key: ProjectKey, proof: PublishProof) -> bool:
    project = projects.find(connection, visit.repository.id, key)
    before = PublishProof.NOBODY if project is None else project.publish_proof
    return _STRICTER.index(proof) < _STRICTER.index(before)


def _set(connection: Connection, visit: Visit, key: ProjectKey, proof: PublishProof, now: Instant) -> PublishProofShown:
    repository_id = visit.repository.id
    project = projects.find(connection, repository_id, key)
    if project is None:
        raise NotFound(NO_SUCH_PROJECT)
    if project.origin is not Origin.OWN:
        raise Conflict(f"{key.name} comes from an upstream: only into own projects anybody publishes here")
    projects.set_publish_proof(connection, project.id, proof)
    body = {"proof": proof.value, "before": project.publish_proof.value}
    note_change(
        connection,
        "publish_proof_set",
        key.purl(),
        body,
        actor=visit.actor,
        now=now,
        repository_id=repository_id,
        key=key,
    )
    return PublishProofShown(key.purl(), proof)
