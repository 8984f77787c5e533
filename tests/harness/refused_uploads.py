"""What a stock client shows of an upload that is refused, as the server refuses it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import Conflict, Forbidden, Invalid, PratiqueError, TooLarge, Unauthorised
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from tests.harness import packages
from tests.harness.cargo_client import Cargo
from tests.harness.clients import NodeProject, Npm, Twine, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.process import Result
from tests.harness.python_projects import Hatch, Poetry
from tests.harness.refusals import Seen, as_answered, said_of, sentence_of
from tests.harness.refusing_registry import RefusingRegistry

TOKEN = "a-token-of-nobody"

ERRORS: Mapping[int, PratiqueError] = {
    400: Invalid("left 1.0.0: the archive ends too early and cannot be read; build it again"),
    401: Unauthorised("the token has expired: make a new one with `pratique token create`"),
    403: Forbidden("the token's scope lacks `publish`; it is good for: read"),
    409: Conflict(
        "left 1.0.0 already exists with other content; a published file never changes, choose the next version"
    ),
    413: TooLarge("the upload is over 104857600 bytes (setting publish.max_upload)"),
}
"""What Pratique answers to clients that publish, each with a sentence of its own."""


@dataclass(frozen=True)
class Publisher:
    """A stock client and how it publishes `left` 1.0.0 to a repository from a fresh home.

    Attributes:
        publish: folder and address of the repository.
    """

    name: str
    ecosystem: Ecosystem
    publish: Callable[[Path, str], Result]


def observe_upload(publisher: Publisher, status: int, folder: Path) -> Seen:
    """Let a client publish while every upload is answered with one status."""
    error = ERRORS[status]
    with RefusingRegistry() as registry:
        registry.uploads = as_answered(error, publisher.ecosystem)
        result = publisher.publish(folder, registry.repository)
        sent = len(registry.sent)
    return Seen(said_of(sentence_of(error), registry.uploads.status, result.shown), result.code, sent, result)


def _package(project: NodeProject) -> None:
    project.manifest.pop("private")
    project.write_manifest(name="left", version="1.0.0", main="index.js", description="Inert", license="MIT")
    project.write({"index.js": "module.exports = 1;\n", "README.md": "# Inert\n"})


def _npm(folder: Path, repository: str) -> Result:
    npm = Npm(folder).use(f"{repository}/npm", TOKEN)
    _package(npm)
    return npm.run("publish")


def _node(kind: type[NodeClient]) -> Callable[[Path, str], Result]:
    def publish(folder: Path, repository: str) -> Result:
        client = kind(folder).use(f"{repository}/npm", TOKEN)
        _package(client)
        return client.publish()

    return publish


def _built(folder: Path) -> Path:
    filename, content = packages.wheel("left", "1.0.0")
    folder.mkdir(parents=True)
    (folder / filename).write_bytes(content)
    return folder / filename


def _twine(folder: Path, repository: str) -> Result:
    return Twine(folder).upload(f"{repository}/pypi", TOKEN, _built(folder / "dist"))


def _uv(folder: Path, repository: str) -> Result:
    return Uv(folder).use(f"{repository}/pypi").publish(f"{repository}/pypi", TOKEN, _built(folder / "dist"))


def _poetry(folder: Path, repository: str) -> Result:
    poetry = Poetry(folder).use(f"{repository}/pypi", TOKEN).package("left", "1.0.0")
    return poetry.upload(_built(folder / "dist").parent)


def _hatch(folder: Path, repository: str) -> Result:
    return Hatch(folder).upload(f"{repository}/pypi", TOKEN, _built(folder / "dist"))


def _cargo(folder: Path, repository: str) -> Result:
    cargo = Cargo(folder).use(f"{repository}/cargo").package("left", "1.0.0")
    cargo.environment["CARGO_REGISTRIES_REG_TOKEN"] = TOKEN
    return cargo.run("publish", "--registry", "reg", "--allow-dirty", "--no-verify")


PUBLISHERS = (
    Publisher("npm", NPM, _npm),
    *(Publisher(kind.name, NPM, _node(kind)) for kind in (Yarn1, Yarn4, Pnpm, Bun)),
    Publisher("twine", PYPI, _twine),
    Publisher("uv", PYPI, _uv),
    Publisher("poetry", PYPI, _poetry),
    Publisher("hatch", PYPI, _hatch),
    Publisher("cargo", CARGO, _cargo),
)
