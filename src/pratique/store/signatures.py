"""Signatures over own files, and the public keys they were made with."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
import sqlalchemy as sa

from pratique.core.artifacts import Signature
from pratique.core.clock import Instant
from pratique.store.dialects import insert
from pratique.store.rows import many
from pratique.store.schema import file, signature, signing_key


class SigningKey(msgspec.Struct, frozen=True):
    """One public key.

    Attributes:
        public: base64 of its SubjectPublicKeyInfo.
        expires: since when another one signs, None while it does.
    """

    key_id: str
    public: str
    created: Instant
    expires: Instant | None


def keys(c: sa.Connection) -> tuple[SigningKey, ...]:
    """All there ever were, oldest first."""
    return many(c.execute(sa.select(signing_key).order_by(signing_key.c.created, signing_key.c.key_id)), SigningKey)


def add_key(c: sa.Connection, key_id: str, public: str, now: Instant) -> None:
    """Let this key sign from now on, and no other one."""
    c.execute(signing_key.update().where(signing_key.c.expires.is_(None)).values(expires=now))
    c.execute(signing_key.insert().values(key_id=key_id, public=public, created=now))


def signs(c: sa.Connection, key_id: str) -> bool:
    """Whether it is this key that signs."""
    wanted = sa.select(signing_key.c.key_id).where(signing_key.c.key_id == key_id, signing_key.c.expires.is_(None))
    return c.execute(wanted).first() is not None


def of_project(c: sa.Connection, project_id: int) -> dict[str, tuple[Signature, ...]]:
    """Filename to the signatures over it, for every own file that has one."""
    wanted = (
        sa.select(file.c.filename, signature.c.key_id, signature.c.value)
        .join(signature, signature.c.file_id == file.c.id)
        .where(file.c.project_id == project_id)
        .order_by(signature.c.key_id)
    )
    found: dict[str, tuple[Signature, ...]] = {}
    for row in c.execute(wanted):
        found[row.filename] = (*found.get(row.filename, ()), Signature(row.key_id, row.value))
    return found


def keep(c: sa.Connection, project_id: int, made: Iterable[tuple[str, Signature]]) -> None:
    """Keep signatures by filename; one that is there stays, and what is no file any more gets none."""
    for filename, one in made:
        wanted = sa.select(file.c.id).where(file.c.project_id == project_id, file.c.filename == filename)
        file_id = c.execute(wanted).scalar_one_or_none()
        if file_id is not None:
            row = insert(c, signature).values(file_id=file_id, key_id=one.key_id, value=one.value)
            c.execute(row.on_conflict_do_nothing())
