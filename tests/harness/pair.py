"""Two servers: one plays the public registry, the other stands in front of it. Both are the real thing."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.harness import crates, packages
from tests.harness.certificates import Authority
from tests.harness.clients import NpmPin
from tests.harness.publishing import post_python, put_crate, put_npm
from tests.harness.server import Answer, Server

EAGER = """
[upstream]
fresh_for = "0 s"
stale_for = "0 s"
missing_for = "0 s"

[scan]
wait_seconds = "600 s"
"""
"""The front asks again every time, so that a test need not wait for a document to grow old; nobody is told to come back
because this machine is slow."""


class Registry:
    """The server that plays the public registry.

    Attributes:
        publisher: a token that reads and publishes there.
    """

    def __init__(self, folder: Path) -> None:
        self.server = Server(folder / "upstream", settings="[repositories.main.upstreams]\n", used="upstream").start()
        try:
            self.publisher = self.server.token("publisher", operations=("read", "publish"))
        except BaseException:
            self.server.kill()
            raise

    def stop(self) -> None:
        """End it, and fail if it ever failed itself."""
        code = self.server.stop()
        self.server.no_5xx()
        assert code == 0, code


class Pair:
    """`upstream` holds what a test publishes; clients talk to `front`.

    Attributes:
        publisher: a token that publishes to the upstream; the front reads the upstream with it, too.
    """

    def __init__(
        self,
        folder: Path,
        registry: Registry | None = None,
        *,
        workers: int = 1,
        authority: Authority | None = None,
        settings: str = "",
    ) -> None:
        """Start both, or only the front.

        Args:
            registry: the other one, if it outlives the pair; whoever shares it publishes names of its own.
            workers: web processes of the front.
            authority: makes the front speak https.
            settings: TOML that follows the pair's own.
        """
        self._own_registry = Registry(folder) if registry is None else None
        both = registry or self._own_registry
        assert both is not None
        self.upstream, self.publisher = both.server, both.publisher
        try:
            said = self._settings() + settings
            self.front = Server(folder / "front", settings=said, workers=workers, authority=authority)
            self.front.start()
        except BaseException:
            if self._own_registry is not None:
                self.upstream.kill()
            raise

    @cached_property
    def user(self) -> str:
        """A person's token for the front, whose account is made when a test first needs it."""
        return self.front.token("user", operations=("read", "publish"))

    def publish_npm(self, name: str, version: str, *, age: str = "90d", tag: str = "latest", **manifest: Any) -> NpmPin:
        """Put a release on the upstream, as old as said; how a lockfile made through the front pins it."""
        tarball = packages.npm_tarball(name, version, manifest=manifest)
        self.upstream.clock.set(f"-{age}")
        taken = put_npm(self.upstream.npm, self.publisher, name, version, tarball, tag=tag)
        self._back_to_the_present(taken)
        filename = f"{name.rsplit('/', 1)[-1]}-{version}.tgz"
        return NpmPin(name, version, f"{self.front.npm}/{name}/-/{filename}", packages.npm_integrity(tarball))

    def publish_wheel(
        self,
        name: str,
        version: str,
        *,
        age: str = "90d",
        requires: tuple[str, ...] = (),
        content: bytes | None = None,
    ) -> bytes:
        """Put a wheel on the upstream, as old as said; its bytes, which may be given."""
        filename, usual = packages.wheel(name, version, requires)
        content = usual if content is None else content
        self.upstream.clock.set(f"-{age}")
        taken = post_python(self.upstream.pypi, self.publisher, name, version, filename, content)
        self._back_to_the_present(taken)
        return content

    def publish_crate(self, name: str, version: str, *, age: str = "90d") -> bytes:
        """Put a crate on the upstream, as old as said; its bytes."""
        content = crates.crate(name, version)
        self.upstream.clock.set(f"-{age}")
        taken = put_crate(self.upstream.cargo, self.publisher, name, version, content)
        self._back_to_the_present(taken)
        return content

    def publish_own_npm(self, name: str, version: str) -> None:
        """Put a release of the front's own there, as its user does."""
        tarball = packages.npm_tarball(name, version)
        self._must(put_npm(self.front.npm, self.user, name, version, tarball, trust=self.front.trust))

    def publish_own_wheel(self, name: str, version: str) -> None:
        """Put a wheel of the front's own there, as its user does."""
        filename, content = packages.wheel(name, version)
        self._must(post_python(self.front.pypi, self.user, name, version, filename, content, trust=self.front.trust))

    def downloads(self, filename: str) -> int:
        """How often the upstream was asked for a file's bytes."""
        return len([line for line in self.upstream.asked_for(filename) if line.startswith("GET")])

    def stop(self) -> None:
        """End what was started here, and fail if it ever failed itself."""
        code = self.front.stop()
        if self._own_registry is not None:
            self._own_registry.stop()
        self.front.no_5xx()
        assert code == 0, code

    def _back_to_the_present(self, taken: Answer) -> None:
        self.upstream.clock.set("+0s")
        self._must(taken)

    def _must(self, taken: Answer) -> None:
        assert taken.status in (200, 201), f"{taken.status} {taken.reason}\n{taken.text}"

    def _settings(self) -> str:
        places = {
            "npm": self.upstream.npm,
            "pypi": f"{self.upstream.pypi}/simple",
            "cargo": f"{self.upstream.cargo}/index",
        }
        upstreams = "".join(f"{ecosystem} = [{json.dumps(url)}]\n" for ecosystem, url in places.items())
        password = json.dumps(self.publisher)
        access = [f"[upstream.access.{json.dumps(url)}]\npassword = {password}\n" for url in places.values()]
        return "\n".join([f"[repositories.main.upstreams]\n{upstreams}", EAGER, *access])
