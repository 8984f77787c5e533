"""The public registry of the bench: endless packages whose bytes follow from their names, served as a fault demands."""

from __future__ import annotations

import random
from functools import lru_cache

from aiohttp import web
from bench.faulting.moods import Mood, Temper, give_half, hang_up
from tests.harness import crates, packages
from tests.harness.plain_registry import PlainRegistry, Release

OLD, YOUNG = 90.0, 0.04
"""Days since a release was published: one that anybody may have, and one that the cooldown holds."""


class Origin:
    """Speaks npm, PyPI and cargo. A release exists from the moment it is made.

    Attributes:
        temper: how it answers.
    """

    def __init__(self, seed: int) -> None:
        self.temper = Temper()
        self._chance = random.Random(seed)
        self._registry = PlainRegistry()
        self._runner: web.ServerRunner | None = None

    async def start(self, host: str) -> None:
        """Listen on a free port."""
        self._runner = web.ServerRunner(web.Server(self._answer, access_log=None), shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, host, 0).start()
        self._registry.url = f"http://{host}:{self._runner.addresses[0][1]}"

    async def stop(self) -> None:
        """End."""
        self.temper.become(Mood.RESETS)
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def settings(self) -> str:
        """What makes this the upstream of a node."""
        return self._registry.settings

    def make(self, ecosystem: str, name: str, *, days: float) -> Release:
        """Publish version 1.0.0 of a new project that many days ago."""
        if ecosystem == "npm":
            release = self._registry.npm(name, "1.0.0", days=days)
        elif ecosystem == "pypi":
            release = self._registry.wheel(name, "1.0.0", days=days)
        else:
            release = self._registry.crate(name, "1.0.0", days=days)
        release.content = content_of(ecosystem, name, "1.0.0")
        return release

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        mood = self.temper.mood
        await self.temper.wait_while_it_hangs()
        if mood is Mood.RESETS:
            return hang_up(request)
        if mood is Mood.FAILS:
            return web.Response(status=500, text="out of order")
        status, kind, body = self._registry._answer(request.path)
        if mood is Mood.HALF_BODIES and len(body) > 1:
            headers = {"Content-Length": str(len(body)), "Content-Type": kind}
            return await give_half(request, headers, body)
        if mood is Mood.WRONG_BYTES and request.path.startswith("/files/") and status == 200:
            body = _spoilt(body, self._chance.randrange(len(body)))
        return web.Response(status=status, body=body, content_type=kind)


@lru_cache(maxsize=256)
def content_of(ecosystem: str, name: str, version: str) -> bytes:
    """The artefact of a release; a fifth of them are longer than what is held back as a whole."""
    chance = random.Random(f"{ecosystem}/{name}/{version}")
    size = chance.choice((500, 2_000, 20_000, 60_000, 200_000))
    ballast = chance.randbytes(size).hex()
    if ecosystem == "npm":
        return packages.npm_tarball(name, version, files={"ballast.txt": ballast})
    if ecosystem == "pypi":
        return packages.wheel(name, version, description=ballast)[1]
    return crates.crate(name, version, files={"ballast.txt": ballast})


def _spoilt(body: bytes, at: int) -> bytes:
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]
