"""What a stock client shows of a refusal: each is refused as Pratique refuses it, and what it printed is read.

The answers are the server's own (`web.refusals.answer_error`), from a registry that gives nothing else. How uploads
are refused is in `refused_uploads`, how one version of several is in `held_versions`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pratique.core.decisions import Decision, Vote
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import BadUpstream, NotFound, PratiqueError, Unauthorised, Unavailable
from pratique.core.names import ProjectKey, Subject
from pratique.core.refused import Refused
from pratique.ecosystems.cargo import CARGO
from pratique.ecosystems.npm import NPM
from pratique.ecosystems.pypi import PYPI
from pratique.rules import cooldown
from pratique.rules.contract import hold
from pratique.rules.policy import short_hash
from pratique.web.refusals import answer_error, to_refusal
from tests.harness.cargo_client import Cargo
from tests.harness.clients import Npm, OldestPip, Pip, Uv
from tests.harness.node_clients import Bun, NodeClient, Pnpm, Yarn1, Yarn4
from tests.harness.process import Result
from tests.harness.python_projects import Poetry
from tests.harness.refusing_registry import RefusingRegistry
from tests.harness.server import Answer

SITE = "http://127.0.0.1:7417"


def refused(vote: Vote, version: str) -> Refused:
    """Policy's no to one release of `left`, as the server makes it; its id is like any other."""
    subject = Subject(ProjectKey("npm", "left"), version)
    decision = Decision(short_hash([vote.rule, version]), subject, vote.action, (vote,))
    return Refused(decision, (), f"{SITE}/r/{decision.id}")


ERRORS: Mapping[int, PratiqueError] = {
    403: refused(hold(cooldown.NAME, "is 1 hour old; 48 hours are needed"), "1.0.0"),
    401: Unauthorised("this npm repository needs a token; make one with `pratique token create`"),
    404: NotFound("there is no package left here"),
    502: BadUpstream("the upstream cannot be reached; what is stored here is still served"),
    503: Unavailable("left@1.0.0 is being scanned; try again in a minute", retry_after=1),
}
"""What Pratique answers to clients that install, each with a sentence of its own."""

PLACES = ("listing", "bytes")
INSISTENT = 5
PAGE = Path(__file__).resolve().parents[2] / "docs" / "refusals-by-client.md"


@dataclass(frozen=True)
class Client:
    """A stock client and how it installs `left` from a repository in a fresh home.

    Attributes:
        install: folder, address of the repository, and the version or range (`>=1.0.1`) that is wanted; an empty one
            is any.
    """

    name: str
    ecosystem: Ecosystem
    install: Callable[[Path, str, str], Result]

    def refused_path(self, place: str) -> str:
        """The part of a path that is refused."""
        listings = {"npm": "/npm/left", "pypi": "/simple/left", "cargo": "/index/le/ft/left"}
        return listings[self.ecosystem.id] if place == "listing" else "/files/"


@dataclass(frozen=True)
class Seen:
    """What came of one refusal.

    Attributes:
        said: how much of the sentence was printed.
        code: exit code.
        asked: how often the refused address was asked for.
        result: all that was printed.
    """

    said: str
    code: int
    asked: int
    result: Result

    @property
    def cell(self) -> str:
        """What the committed table says; how often exactly a client insists differs from run to run."""
        insists = f"; asks {INSISTENT} times or more" if self.asked >= INSISTENT else ""
        return f"{self.said}; exit {self.code}{insists}"


def observe(client: Client, status: int, place: str, folder: Path) -> Seen:
    """Let a client install while one place answers with one status."""
    error = ERRORS[status]
    with RefusingRegistry() as registry:
        registry.npm("left", "1.0.0")
        registry.crate("left", "1.0.0")
        wheel = registry.wheel("left", "1.0.0")
        if client.name == "pip-oldest":
            url = registry.file_url("pypi", "left", wheel.filename)
            registry.instead["/simple/left"] = page(url, wheel.filename)
        else:
            registry.core_metadata = True
        part = client.refused_path(place)
        registry.instead[part] = as_answered(error, client.ecosystem)
        result = client.install(folder, registry.repository, "")
        asked = sum(_is_at(path, place, client) for path in registry.asked)
    return Seen(said_of(sentence_of(error), status, result.shown), result.code, asked, result)


def _is_at(path: str, place: str, client: Client) -> bool:
    is_file = "/-/left-" in path or "/files/" in path
    return is_file if place == "bytes" else client.refused_path(place) in path and not is_file


def page(url: str, filename: str) -> Answer:
    """A project's page in the one form that pip read before there was JSON."""
    body = f'<!DOCTYPE html><html><body><a href="{url}">{filename}</a></body></html>'
    return Answer(200, "", {"Content-Type": "text/html"}, body.encode())


def sentence_of(error: PratiqueError) -> str:
    """The line that the server makes of an error."""
    return to_refusal(error).line


def as_answered(error: PratiqueError, ecosystem: Ecosystem) -> Answer:
    """The server's own answer to this error."""
    response = answer_error(error, ecosystem)
    body = response.body
    assert isinstance(body, bytes)
    headers = {name: value for name, value in response.headers.items() if name != "Content-Length"}
    return Answer(response.status, response.reason or "", headers, body)


def said_of(sentence: str, status: int, shown: str) -> str:
    """How much of the sentence stands in the output, however that wraps it."""
    wanted, printed = letters(sentence), letters(shown)
    if wanted in printed:
        return "**the sentence**"
    if wanted[:24] in printed:
        return "the sentence, cut"
    return "the status only" if re.search(rf"\b{status}\b", shown) else "nothing of it"


def letters(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


def _npm(folder: Path, repository: str, version: str) -> Result:
    return Npm(folder).use(f"{repository}/npm").run("install", f"left@{version}" if version else "left")


def _node(kind: type[NodeClient]) -> Callable[[Path, str, str], Result]:
    return lambda folder, repository, version: (
        kind(folder).use(f"{repository}/npm").add(f"left@{version}" if version else "left@^1.0.0")
    )


def _pip(kind: type[Pip]) -> Callable[[Path, str, str], Result]:
    return lambda folder, repository, version: kind(folder).use(f"{repository}/pypi").install(_pinned(version))


def _uv(folder: Path, repository: str, version: str) -> Result:
    return Uv(folder).use(f"{repository}/pypi").install(_pinned(version))


def _poetry(folder: Path, repository: str, version: str) -> Result:
    return Poetry(folder).use(f"{repository}/pypi").want(_pinned(version) if version else "left>=1").run("install")


def _cargo(folder: Path, repository: str, version: str) -> Result:
    wanted = {"left": (version if version.startswith(">") else f"={version}") if version else "1"}
    return Cargo(folder).use(f"{repository}/cargo").package("the-project", "0.1.0", wanted).run("fetch")


def _pinned(version: str) -> str:
    return f"left{version}" if version.startswith(">") else f"left=={version}" if version else "left"


CLIENTS = (
    Client("npm", NPM, _npm),
    *(Client(kind.name, NPM, _node(kind)) for kind in (Yarn1, Yarn4, Pnpm, Bun)),
    Client("pip-oldest", PYPI, _pip(OldestPip)),
    Client("pip", PYPI, _pip(Pip)),
    Client("uv", PYPI, _uv),
    Client("poetry", PYPI, _poetry),
    Client("cargo", CARGO, _cargo),
)
