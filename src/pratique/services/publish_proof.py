"""Owners can demand that every publish into a project is confirmed by a person, with a one-time code."""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from pratique.core.account_verbs import PublishProof, Purpose
from pratique.core.actors import Actor, ActorKind, Operation
from pratique.core.artifacts import Origin
from pratique.core.clock import Instant
from pratique.core.errors import Conflict, Forbidden, Invalid, NotFound
from pratique.core.names import ProjectKey
from pratique.services.changes import note_change
from pratique.services.judge import authorise_on, know
from pratique.services.knowledge import Knowledge
from pratique.services.one_time_codes import demand_code, has_just_proved
from pratique.services.ports import Ports, Visit
from pratique.services.purls import read_purl
from pratique.services.sign_in import write_as
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


async def prove_publisher(ports: Ports, visit: Visit, known: Knowledge) -> None:
    """Return if nothing is demanded of this actor, or a good code came along, which is used up by that.

    Raises:
        CodeNeeded, Forbidden: as `one_time_codes.demand_code`.
    """
    project = known.project
    if project is None or known.origin is not Origin.OWN or project.publish_proof is PublishProof.NOBODY:
        return
    if project.publish_proof is PublishProof.PEOPLE and visit.actor.kind is ActorKind.CI:
        return
    await demand_code(ports, visit, Purpose.PUBLISH, known.key.purl())


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
    if await _demands_less(ports, visit, named.key, request.proof) and not has_just_proved(actor, ports.clock.now()):
        raise Forbidden(
            "a token does not lower what is demanded of publishers: `npm access set mfa=none` does with a one-time "
            "code, or `pratique project proof` on the data folder"
        )
    return await _set_as(ports, visit, named.key, request.proof)


async def set_publish_proof_by_client(ports: Ports, visit: Visit, name: str, proof: PublishProof) -> PublishProofShown:
    """Say it by a package client; to demand less than before takes a one-time code itself.

    Raises:
        NotFound, Conflict: there is no own project of this name.
        CodeNeeded: less is demanded, and no good code came along.
        Forbidden, StepUpNeeded: the actor is no owner.
    """
    key = visit.key(name)
    if await _demands_less(ports, visit, key, proof):
        await demand_code(ports, visit, Purpose.PROOF, key.purl())
    return await _set_as(ports, visit, key, proof)


async def _demands_less(ports: Ports, visit: Visit, key: ProjectKey, proof: PublishProof) -> bool:
    known = await know(ports, visit, key)
    authorise_on(visit, Operation.MEMBERS, known, ports.clock.now())
    now = PublishProof.NOBODY if known.project is None else known.project.publish_proof
    return _STRICTER.index(proof) < _STRICTER.index(now)


async def _set_as(ports: Ports, visit: Visit, key: ProjectKey, proof: PublishProof) -> PublishProofShown:
    now = ports.clock.now()
    return await write_as(ports.db, visit.actor, now, _set, visit, key, proof, now)


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
