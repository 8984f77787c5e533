"""Sign own files once: when they are published, or when they are first listed after there was a key."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterable

import msgspec
import structlog
from sqlalchemy import Connection

from pratique.core.account_verbs import Signs
from pratique.core.artifacts import Digests, OwnFile, ProjectView, Signature
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Invalid, Unavailable
from pratique.services.judging.knowledge import Knowledge
from pratique.services.judging.sources import OwnReleases, own_project, own_releases
from pratique.services.ports import Ports, Visit
from pratique.store import signatures
from pratique.trust.signing import Signer

log = structlog.get_logger(__name__)


def sign_file(signer: Signer, ecosystem: Ecosystem, name: str, version: str, digests: Digests) -> Signature | None:
    """The signature over one file; None where its clients verify none, or the key cannot be read just now.

    What is not signed can be installed, and is signed when it is next listed: a release is not lost over it.
    """
    text = ecosystem.signed_text(name, version, digests) if isinstance(ecosystem, Signs) else ""
    if not text:
        return None
    try:
        return signer.sign(text)
    except Invalid as error:
        if signer.may_complain(time.monotonic()):
            log.error("files are not signed", error=str(error), name=name, version=version)
        return None


def keep_signatures(connection: Connection, project_id: int, made: Iterable[tuple[str, Signature]]) -> None:
    """Keep signatures by filename, unless their key was replaced meanwhile: another process has the one that signs."""
    found = tuple(made)
    if all(signatures.signs(connection, key_id) for key_id in {one.key_id for _, one in found}):
        signatures.keep(connection, project_id, found)
    else:
        log.error("files were not signed: this process still has the signing key that was replaced; start it again")


class SignedView(msgspec.Struct, frozen=True):
    """An own project with all that an index carries.

    Attributes:
        lacks_signatures: some could not be made or kept just now; they may be there the next time.
    """

    view: ProjectView
    lacks_signatures: bool


async def signed_view(ports: Ports, visit: Visit, known: Knowledge) -> SignedView:
    """An own project with all that an index carries; files that have no signature yet get theirs now.

    Raises:
        NotFound: there is no project.
    """
    own = await ports.db.read(own_releases, visit, known)
    unsigned = _unsigned(visit, own)
    if unsigned and known.project is not None:
        made = await asyncio.to_thread(_sign_each, ports.signer, visit.ecosystem, known.key.name, unsigned)
        try:
            await ports.db.write(keep_signatures, known.project.id, made)
        except Unavailable as error:
            log.warning("signatures were not kept", error=str(error), project=known.key.name)
        own = await ports.db.read(own_releases, visit, known)
    return SignedView(await asyncio.to_thread(own_project, visit, known, own), bool(_unsigned(visit, own)))


def _unsigned(visit: Visit, own: OwnReleases) -> list[OwnFile]:
    return [one for one in own.files if not one.signatures] if isinstance(visit.ecosystem, Signs) else []


def _sign_each(
    signer: Signer, ecosystem: Ecosystem, name: str, files: Iterable[OwnFile]
) -> list[tuple[str, Signature]]:
    made = ((one.filename, sign_file(signer, ecosystem, name, one.version, one.digests)) for one in files)
    return [(filename, signature) for filename, signature in made if signature is not None]
