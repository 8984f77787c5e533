"""Do threads take on work, or is everybody waiting behind something that does not end?"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from pratique.services.ports import Ports

PATIENCE = 2.0
"""Seconds until an empty piece of work must have had its turn; those who probe wait five or more."""


async def are_answers_late() -> bool:
    """Whether the threads that every listing and every file needs are all taken."""
    return not await _in_time(asyncio.to_thread(_nothing))


async def late_threads(ports: Ports) -> tuple[str, ...]:
    """Of the others, each for one kind of work: those that are all taken. Installs go on without them."""
    rooms = {
        "uploads": ports.uploads.run(_nothing),
        "audits": ports.questions.run(_nothing),
        "descriptions": ports.self_descriptions.run(_nothing),
    }
    in_time = await asyncio.gather(*map(_in_time, rooms.values()))
    return tuple(name for name, answered in zip(rooms, in_time, strict=True) if not answered)


async def _in_time(work: Awaitable[None]) -> bool:
    try:
        await asyncio.wait_for(work, PATIENCE)
    except TimeoutError:
        return False
    return True


def _nothing() -> None:
    """Only a turn on a thread is wanted."""
