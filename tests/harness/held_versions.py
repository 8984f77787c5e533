"""What a stock client shows when it asks for the one version that is held, while others are allowed.

The listing is the real server's: each format has its own way to keep a version from resolvers.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.harness.clients import Npm
from tests.harness.node_clients import Bun, Yarn1, Yarn4
from tests.harness.pair import EAGER
from tests.harness.plain_registry import PlainRegistry
from tests.harness.refusals import Client, Seen, letters
from tests.harness.server import Server

ALLOWED, HELD = "1.0.0", "1.0.1"
WANTED: Mapping[str, str] = {"exactly it": HELD, "a range of it alone": f">={HELD}"}
"""What is asked for, as the page calls it -> how `Client.install` is told."""

SENTENCE = (
    f"Blocked by policy cooldown: left@{HELD} is 1 hour old; 48 hours are needed; allowed: {ALLOWED}; do not retry"
)


@dataclass(frozen=True)
class Question:
    """A command by which a client whose own words say nothing shows the sentence after all."""

    client: type[Npm | Yarn1 | Yarn4 | Bun]
    command: tuple[str, ...]

    @property
    def line(self) -> str:
        """As somebody types it."""
        program = {"yarn1": "yarn", "yarn4": "yarn"}.get(self.name, self.name)
        return " ".join((program, *self.command))

    @property
    def name(self) -> str:
        return self.client.__name__.lower()

    def ask(self, server: Server, folder: Path) -> str:
        """What it prints."""
        client = self.client(folder).use(server.npm)
        if isinstance(client, Yarn4):
            client.install().must()
        return client.run(*self.command).must().shown


_RESTRICTIONS = ("left", "policyRestrictions")
QUESTIONS: Mapping[str, Question] = {
    "yarn1": Question(Yarn1, ("info", *_RESTRICTIONS)),
    "yarn4": Question(Yarn4, ("npm", "info", "left", "--fields", "policyRestrictions")),
    "pnpm": Question(Npm, ("view", *_RESTRICTIONS)),
    "bun": Question(Bun, ("info", *_RESTRICTIONS)),
}
"""For the clients that print nothing of the sentence: which command does."""

FILE_OF_CARGO = f"/main/cargo/files/left/left-{HELD}.crate"


@contextmanager
def held_version(folder: Path) -> Iterator[Server]:
    """A server in front of a registry where `left` has a version of long ago, and one of an hour ago."""
    with PlainRegistry() as registry:
        for publish in (registry.npm, registry.wheel, registry.crate):
            publish("left", ALLOWED)
            publish("left", HELD, days=1 / 24)
        server = Server(folder, settings=registry.settings + EAGER).start()
        try:
            yield server
        finally:
            server.kill()


def observe_held(client: Client, wanted: str, server: Server, folder: Path) -> Seen:
    """Let a client ask for the held version, in one of the ways of `WANTED`."""
    result = client.install(folder, f"{server.url}/main", WANTED[wanted])
    return Seen(said_of_held(result.shown), result.code, 0, result)


def said_of_held(shown: str) -> str:
    """How much of the sentence stands in the output."""
    if letters(SENTENCE) in letters(shown):
        return "**the sentence**"
    return "that it is yanked" if "yanked" in shown else "that there is no such version"
