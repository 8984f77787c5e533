"""Two servers: one plays the public registry, the other stands in front of it. Both are the real thing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.harness import packages
from tests.harness.publishing import post_python, put_npm
from tests.harness.server import Server

EAGER = """
[upstream]
fresh_for = "0 s"
stale_for = "0 s"
missing_for = "0 s"
"""
"""The front asks again every time, so that a test need not wait for a document to grow old."""


class Pair:
    """`upstream` holds what a test publishes; clients talk to `front`.

    Attributes:
        reader: the token by which the front reads the upstream.
    """

    def __init__(self, folder: Path, *, workers: int = 1) -> None:
        self.upstream = Server(folder / "upstream", settings="[repositories.main.upstreams]\n")
        self.upstream.start()
        self.publisher = self.upstream.token("publisher", operations=("read", "publish"))
        self.front = Server(folder / "front", settings=self._settings(), workers=workers)
        self.front.start()

    def publish_npm(self, name: str, version: str, *, age: str = "90d", **manifest: Any) -> bytes:
        """Put a release on the upstream, as old as said; its tarball."""
        tarball = packages.npm_tarball(name, version, manifest=manifest)
        self._at(age, lambda: put_npm(self.upstream.npm, self.publisher, name, version, tarball))
        return tarball

    def publish_wheel(self, name: str, version: str, *, age: str = "90d", requires: tuple[str, ...] = ()) -> bytes:
        """Put a wheel on the upstream, as old as said; its bytes."""
        filename, content = packages.wheel(name, version, requires)
        self._at(age, lambda: post_python(self.upstream.pypi, self.publisher, name, version, filename, content))
        return content

    def stop(self) -> None:
        """End both, and fail if either ever failed itself."""
        codes = [server.stop() for server in (self.front, self.upstream)]
        self.front.no_5xx()
        self.upstream.no_5xx()
        assert codes == [0, 0], codes
