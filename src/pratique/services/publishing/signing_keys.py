"""The keys with which clients verify signatures: this server's, old and new, and its upstreams'."""

from __future__ import annotations

from sqlalchemy import Connection

from pratique.core.account_verbs import SigningKeyLine, Signs
from pratique.core.actors import OPERATOR
from pratique.core.clock import Instant, to_iso
from pratique.core.errors import Conflict, PratiqueError
from pratique.services.changes import note_change
from pratique.services.ports import Ports, Visit
from pratique.store import repositories, signatures
from pratique.store.signatures import SigningKey
from pratique.trust.signing import Signer


def adopt_signing_key(connection: Connection, signer: Signer, now: Instant) -> None:
    """Note at start which key signs. A new one takes over, and files published until now stay the old one's.

    Raises:
        Conflict: the key was replaced by another one before: some process still uses it.
        Invalid: the file holds no key.
    """
    known = {one.key_id: one for one in signatures.keys(connection)}
    mine = known.get(signer.key_id)
    if mine is None:
        signatures.add_key(connection, signer.key_id, signer.public, now)
        body = {"key": signer.key_id, "replaces": [one.key_id for one in known.values() if one.expires is None]}
        note_change(connection, "signing_key_adopted", "server", body, actor=OPERATOR, now=now)
    elif mine.expires is not None:
        raise Conflict(
            f'the signing key "{signer.path}" was replaced on {to_iso(mine.expires)[:10]} and signs no more: give '
            "every node the newer one (setting signing_key), or remove the file to make another"
        )


async def list_keys(ports: Ports, visit: Visit) -> tuple[SigningKeyLine, ...]:
    """This server's keys, then those of each upstream of the repository. An upstream without an answer adds none.

    Of two keys of one name the first counts, so that no upstream speaks for this server.
    """
    speech = visit.ecosystem
    assert isinstance(speech, Signs)
    own, upstreams = await ports.db.read(_read, visit)
    found = [_line(speech, one) for one in own]
    for upstream in upstreams:
        said = await _said_by(ports, upstream, speech)
        found += speech.read_keys(said)
    by_id: dict[str, SigningKeyLine] = {}
    for one in found:
        by_id.setdefault(one.id, one)
    return tuple(by_id.values())


def _read(connection: Connection, visit: Visit) -> tuple[tuple[SigningKey, ...], tuple[repositories.Upstream, ...]]:
    upstreams = repositories.upstreams(connection, visit.repository.id, visit.ecosystem.id)
    return signatures.keys(connection), upstreams


def _line(speech: Signs, key: SigningKey) -> SigningKeyLine:
    return speech.own_key(key.key_id, key.public, None if key.expires is None else to_iso(key.expires))


async def _said_by(ports: Ports, upstream: repositories.Upstream, speech: Signs) -> bytes:
    try:
        return await ports.descriptions.said(upstream, speech.keys_request)
    except PratiqueError:
        return b""
