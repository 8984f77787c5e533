"""Act on our server's data folder as its operator does, from this process."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from typing import TypeVar

from pratique.app import open_ports
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.accounts.tokens import CreateToken, create_token
from pratique.services.governing.revoke import revoke
from pratique.services.governing.waive import waive
from pratique.services.ports import Ports
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder

T = TypeVar("T")

KINDS = (ActorKind.USER, ActorKind.AGENT, ActorKind.CI)
"""People, agents, and what waivers are for: three policy classes."""

TOKENS_EACH = 10
"""Of one account: what one account may ask in a minute has a limit, which a load in the name of one would meet."""


class Operator:
    """Verbs on a data folder, each waited for; the loop that they run on lives as long as the `with`."""

    def __init__(self, folder: DataFolder) -> None:
        self._folder = folder
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._stack = AsyncExitStack()

    def __enter__(self) -> Operator:
        self._thread.start()
        settings = load_settings(self._folder.settings_file, {})
        self._ports = self._wait(self._stack.enter_async_context(open_ports(self._folder, settings)))
        return self

    def __exit__(self, *_ended: object) -> None:
        self._wait(self._stack.aclose())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def tokens(self, count: int) -> list[tuple[ActorKind, str]]:
        """So many tokens, of each kind as many."""
        return self._do(lambda ports: _tokens(ports, count))

    def waive_for_ci(self, name: str) -> None:
        """Another class for what CI asks of this project."""
        self._do(
            lambda ports: waive(
                ports, "main", f"pkg:npm/{name}", "cooldown", "a benchmark's class", OPERATOR, actor_kinds=("ci",)
            )
        )

    def revoke(self, purl: str) -> None:
        """Revoke one release."""
        self._do(lambda ports: revoke(ports, "main", purl, None, "a benchmark's revocation", OPERATOR))

    def _do(self, verb: Callable[[Ports], Awaitable[T]]) -> T:
        return self._wait(verb(self._ports))

    def _wait(self, awaited: Awaitable[T]) -> T:
        async def run() -> T:
            return await awaited

        return asyncio.run_coroutine_threadsafe(run(), self._loop).result()


async def _tokens(ports: Ports, count: int) -> list[tuple[ActorKind, str]]:
    made = []
    for number in range(count):
        kind, user = KINDS[number % len(KINDS)], f"user-{number // TOKENS_EACH}"
        if number % TOKENS_EACH == 0:
            await add_user(ports, AddUser(name=user, password="correct horse battery", admin=False), OPERATOR)
        operations = frozenset({Operation.READ, Operation.EXPLAIN})
        request = CreateToken(name=f"{kind}-{number}", user=user, kind=kind, operations=operations)
        made.append((kind, (await create_token(ports, request, OPERATOR)).secret))
    return made
