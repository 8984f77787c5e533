"""The whole server inside the test's process: real wiring, real HTTP, a clock that a test turns.

For tests that look at many answers; what concerns processes, start-up or stock clients uses `server.Server`.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web
from yarl import URL

from pratique.app import open_ports, prepare
from pratique.core.actors import OPERATOR, ActorKind, Operation
from pratique.services.accounts.accounts import AddUser, add_user
from pratique.services.accounts.tokens import CreateToken, create_token
from pratique.services.ports import Ports
from pratique.settings import load_settings
from pratique.settings.folder import DataFolder
from pratique.settings.limits import web_limits
from pratique.web.application import make_application
from pratique.web.connections import Runner
from tests.harness.leftovers import at_the_end
from tests.harness.postgresql import cluster
from tests.harness.server import Answer, ClockFile, free_port

EAGER = '\n[upstream]\nfresh_for = "0 s"\nstale_for = "0 s"\nmissing_for = "0 s"\nretry_after = "0 s"\n'
EAGER += '\n[scan]\nwait_seconds = "600 s"\n'
"""Ask the upstream every time, so that a test need not wait for a document to grow old; nobody is told to come back
because this machine is slow."""


@dataclass
class Site:
    """One running server.

    Attributes:
        token: of a person who may read, publish and explain.
        agent: of an AI agent that may read.
    """

    url: str
    data: Path
    ports: Ports
    clock: ClockFile
    session: aiohttp.ClientSession
    application: web.Application
    token: str = ""
    agent: str = ""
    admin: str = ""

    async def ask(
        self, method: str, path: str, token: str | None = None, *, data: Any = None, **headers: str
    ) -> Answer:
        """One request; the path is sent as it stands."""
        if token:
            headers["Authorization"] = f"Bearer {token}"
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        url = URL(self.url + path, encoded=True)
        async with self.session.request(method, url, data=data, headers=sent, allow_redirects=False) as answer:
            return Answer(answer.status, answer.reason or "", answer.headers.copy(), await answer.read())

    async def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        """GET."""
        return await self.ask("GET", path, token, **headers)


@asynccontextmanager
async def running_site(
    folder: Path, settings: str, patience: str = EAGER, port: int | None = None, database: str = "sqlite"
) -> AsyncIterator[Site]:
    """A server on a free port of 127.0.0.1, with an admin, a person and an agent.

    `patience` is TOML that says how long documents are believed.
    """
    name, tokens = await _settled(folder / "data", database)
    try:
        async with _serving(folder, _database(name) + settings + patience, port or free_port()) as site:
            site.token, site.agent, site.admin = tokens
            yield site
    finally:
        if name:
            cluster().drop(name)


@dataclass(frozen=True)
class Template:
    """A data folder with its people, and the name of its database where that is a PostgreSQL's."""

    data: Path
    database: str
    people: tuple[str, str, str]


_templates: dict[str, Template] = {}


async def _settled(data: Path, kind: str) -> tuple[str, tuple[str, str, str]]:
    """Make a data folder as a copy of one that is made once in each test process; the name of its database where that
    is a PostgreSQL's, and the tokens of its people."""
    if kind not in _templates:
        root = Path(tempfile.mkdtemp(prefix="pratique-template-"))
        at_the_end(lambda: shutil.rmtree(root, ignore_errors=True))
        name = cluster().new_database() if kind == "postgresql" else ""
        async with _serving(root, _database(name), free_port()) as site:
            people = await _people(site)
        _templates[kind] = Template(root / "data", name, people)
    template = _templates[kind]
    shutil.copytree(template.data, data)
    (data / "secret").unlink(missing_ok=True)  # each server has a name of its own
    return cluster().new_database(template.database) if template.database else "", template.people


def unscanned(settings: str) -> dict[str, str]:
    """Most tests are not about scans, and none of those waits for one: own releases are scanned where settings say."""
    return {} if "scan = " in settings else {"PRATIQUE_PUBLISH__SCAN": "off"}


def _database(name: str) -> str:
    return f"database = {json.dumps(cluster().url(name))}\n" if name else ""


@asynccontextmanager
async def _serving(folder: Path, settings: str, port: int) -> AsyncIterator[Site]:
    folder.mkdir(parents=True, exist_ok=True)
    data = DataFolder(folder / "data")
    clock = ClockFile(folder / "clock")
    data.root.mkdir(mode=0o700, exist_ok=True)
    data.settings_file.write_text(f'port = {port}\nunsafe_test_clock = "{clock.path}"\n{settings}')
    data.create()
    read = load_settings(data.settings_file, unscanned(settings))
    await asyncio.to_thread(prepare, data, read)
    async with AsyncExitStack() as stack:
        with _without_the_systems_certificates():
            ports = await stack.enter_async_context(open_ports(data, read))
        application = make_application(ports, web_limits(read))
        runner = Runner(application, header_patience=30.0)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", port).start()
        session = await stack.enter_async_context(
            aiohttp.ClientSession(auto_decompress=True, cookie_jar=aiohttp.DummyCookieJar())
        )
        yield Site(f"http://127.0.0.1:{port}", data.root, ports, clock, session, application)


@contextmanager
def _without_the_systems_certificates() -> Iterator[None]:
    """Reading them costs more than the whole start, and no test of this kind asks a server that they vouch for."""
    named = {name: os.environ.get(name) for name in ("SSL_CERT_FILE", "SSL_CERT_DIR")}
    os.environ |= dict.fromkeys(named, os.devnull)
    try:
        yield
    finally:
        for name, value in named.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


async def _people(site: Site) -> tuple[str, str, str]:
    for name, admin in (("alice", True), ("ann", False)):
        await add_user(site.ports, AddUser(name=name, password="correct horse battery", admin=admin), OPERATOR)
    person = frozenset({Operation.READ, Operation.PUBLISH, Operation.EXPLAIN})
    return (
        await new_token(site, "ann", ActorKind.USER, person),
        await new_token(site, "ann", ActorKind.AGENT, frozenset({Operation.READ}), expires_in="24h"),
        await new_token(site, "alice", ActorKind.USER, frozenset(Operation)),
    )


async def new_token(site: Site, user: str, kind: ActorKind, operations: frozenset[Operation], **more: Any) -> str:
    """The secret of a new token."""
    request = CreateToken(name=f"{user}-{kind}", user=user, kind=kind, operations=operations, **more)
    return (await create_token(site.ports, request, OPERATOR)).secret
