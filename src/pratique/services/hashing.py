"""Password hashing off the event loop, two at a time: each takes 64 MiB and a core."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor

from pratique.trust.passwords import hash_new_password, password_matches

_POOL = ThreadPoolExecutor(2, thread_name_prefix="passwords")


async def hash_password(password: str, account: str) -> str:
    """Hash a newly chosen password. Raises Invalid if it will not do."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, hash_new_password, password, account)


async def check_password(stored: str | None, given: str) -> bool:
    """Whether the password is the stored one; None takes as long and says no."""
    return await asyncio.get_running_loop().run_in_executor(_POOL, password_matches, stored, given)
