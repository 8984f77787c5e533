"""Accounts and tokens of the bench, made before any node runs."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

from pratique.app import open_ports, prepare
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.accounts.tokens import CreateToken, TokenCreated, create_token
from pratique.services.ports import Ports
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder

_EVERYTHING = frozenset(Operation)
_READING = frozenset({Operation.READ})


@dataclass
class People:
    """Secrets of tokens, and their ids where the record of downloads names them.

    Attributes:
        admin: may do everything.
        publisher: founds and publishes projects, which are for members.
        stranger: of an account that is a member of nothing.
        spare: tokens that are used for a while and then revoked, with their ids.
    """

    admin: str
    publisher: str
    stranger: str
    ids: dict[str, int]
    spare: list[tuple[str, int]] = field(default_factory=list)


async def make_people(data: Path, spare: int) -> People:
    """Prepare the first node's folder and the database, and make everybody.

    Args:
        data: folder of the first node, with its settings.
        spare: how many tokens to make that may be revoked.
    """
    folder = DataFolder(data)
    settings = load_settings(folder.settings_file, {})
    folder.create()
    await asyncio.to_thread(prepare, folder, settings)
    async with open_ports(folder, settings) as ports:
        for name, admin in (("alice", True), ("ann", False), ("sam", False)):
            await add_user(ports, AddUser(name=name, password="correct horse battery", admin=admin), OPERATOR)
        ann = _EVERYTHING - {Operation.ACCOUNTS, Operation.APPROVE, Operation.POLICY}
        made = {
            "admin": await _token(ports, "alice", "admin", _EVERYTHING),
            "publisher": await _token(ports, "ann", "publisher", ann),
            "stranger": await _token(ports, "sam", "stranger", _READING),
        }
        spares = [await _token(ports, "ann", f"spare-{number}", _READING) for number in range(spare)]
    ids = {one.secret: one.token.id for one in (*made.values(), *spares)}
    secrets = {name: one.secret for name, one in made.items()}
    return People(**secrets, ids=ids, spare=[(one.secret, one.token.id) for one in spares])


async def _token(ports: Ports, user: str, name: str, operations: frozenset[Operation]) -> TokenCreated:
    asked = CreateToken(name=name, user=user, kind=ActorKind.USER, operations=operations)
    return await create_token(ports, asked, OPERATOR)
