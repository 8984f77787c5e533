"""One server with its people, asked as programs, browsers and commands ask it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest

from pratique.cli.main import main
from pratique.core.account_verbs import Purpose
from pratique.services.accounts.one_time_codes import make_code
from pratique.services.accounts.step_up import PasswordGate, sign_in
from tests.harness.server import Answer
from tests.harness.site import Site, running_site

PASSWORD = "correct horse battery"
"""Of alice, who administers, and of ann, who does not."""


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with running_site(tmp_path / "site", "[repositories.main.upstreams]\n") as running:
        yield running


@dataclass
class Api:
    """The management API as a program asks it."""

    site: Site

    async def post(self, path: str, token: str | None = None, /, **fields: Any) -> Answer:
        body = msgspec.json.encode(fields)
        return await self.site.ask("POST", f"/api/v1{path}", token, data=body, Content_Type="application/json")

    async def get(self, path: str, token: str | None = None, /, **fields: Any) -> Answer:
        query = f"?{urlencode(fields)}" if fields else ""
        return await self.site.get(f"/api/v1{path}{query}", token)


@dataclass
class Browser:
    """Keeps cookies, fills in forms, and sends what browsers send."""

    site: Site
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    async def open(self, path: str) -> Answer:
        return await self._ask("GET", path, None, {})

    async def submit(self, path: str, *, origin: str | None = None, csrf: str | None = None, **fields: Any) -> Answer:
        """Send a form of the page last opened, with its hidden token."""
        sent = {"csrf": self.csrf if csrf is None else csrf, **fields}
        headers = {"Origin": origin or self.site.url, "Content_Type": "application/x-www-form-urlencoded"}
        return await self._ask("POST", path, urlencode(sent, doseq=True), headers)

    @property
    def csrf(self) -> str:
        found = re.search(r'name="csrf" value="([^"]+)"', self.page)
        return found[1] if found else ""

    async def sign_in(self, name: str, password: str = PASSWORD) -> Answer:
        await self.open("/login")
        answer = await self.submit("/login", name=name, password=password)
        if answer.status == 303:
            await self.open(answer.headers["Location"])
        return answer

    async def _ask(self, method: str, path: str, data: str | None, headers: dict[str, str]) -> Answer:
        if self.cookies:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        answer = await self.site.ask(method, path, data=data, **headers)
        for line in answer.headers.getall("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                self.cookies[name] = morsel.value
                if morsel["max-age"] == "0":
                    del self.cookies[name]
        self.page = answer.text
        return answer


@dataclass
class Told:
    """What a command printed and how it ended."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        return msgspec.json.decode(self.out)


@dataclass
class Operator:
    """Types commands, on the data folder or with a token from afar."""

    site: Site
    capsys: pytest.CaptureFixture[str]

    async def types(self, *words: str, token: str | None = None, here: bool = True) -> Told:
        where = ["--data", str(self.site.data)] if here else ["--server", self.site.url]
        where += ["--token", token] if token else []
        self.capsys.readouterr()
        code = await asyncio.to_thread(main, [*words, *where])
        shown = self.capsys.readouterr()
        return Told(code, shown.out, shown.err)


async def made_code(site: Site, name: str, purpose: Purpose = Purpose.TOKENS) -> str:
    """A code that somebody made in the browser, having just given the password."""
    _, session = await sign_in(site.ports, PasswordGate(), name, PASSWORD, "127.0.0.1")
    return await make_code(site.ports, session.actor, purpose)


@pytest.fixture
def api(site: Site) -> Api:
    return Api(site)


@pytest.fixture
def browser(site: Site) -> Browser:
    return Browser(site)


@pytest.fixture
def operator(site: Site, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Operator:
    for name in ("PRATIQUE_SERVER", "PRATIQUE_TOKEN", "PRATIQUE_DATA"):
        monkeypatch.delenv(name, raising=False)
    return Operator(site, capsys)
