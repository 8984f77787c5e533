"""Threads in which stored bytes are opened, read and kept: where they are on another machine, that may take long.

They are not those that answer. Whoever waits for a machine that is silent keeps no listing and no decision waiting.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_AT_ONCE = 64

_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="blobs")


async def in_blob_thread(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` returns; its exceptions too."""
    return await asyncio.wrap_future(_threads.submit(work, *args, **kwargs))
