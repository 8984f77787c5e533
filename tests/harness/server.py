"""A real server in a folder of its own: started, turned in time, administered and read like an operator does it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.harness.certificates import Authority
from tests.harness.leftovers import at_the_end
from tests.harness.process import Result, run, stranger

PRATIQUE = Path(sys.executable).parent / "pratique"
START_PATIENCE = 60.0
STOP_PATIENCE = 30.0
TRUST = ("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy")
"""Only how to reach the outside at all is taken over from this machine, and only a live test goes there."""


class ClockFile:
    """The server's time, as an offset from now; a test turns it instead of waiting."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.set("+0s")

    def set(self, offset: str) -> None:
        """Set the distance from the present: `-90d`, `+49h`, `+0s`. Atomic, as the server reads at any moment."""
        fresh = self.path.with_suffix(".new")
        fresh.write_text(offset)
        fresh.rename(self.path)


@dataclass(frozen=True)
class Answer:
    """What the server answered over HTTP."""

    status: int
    reason: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode("utf-8", "replace")

    def json(self) -> Any:
        return json.loads(self.body)


class Server:
    """`pratique up` on a free port."""

    def __init__(
        self,
        folder: Path,
        *,
        settings: str = "",
        workers: int = 1,
        test_clock: bool = True,
        authority: Authority | None = None,
        used: str = "front",
    ) -> None:
        """Prepare the data folder; nothing runs before `start`.

        Args:
            settings: TOML that follows the harness's own settings.
            workers: web processes.
            test_clock: without it the server starts like a stranger's: no settings file, the system's time.
            authority: certifies the server, which then speaks https.
            used: the folder begins as the first start of a server of this name left it, signing key and all, where
                that can make no difference; making it anew each time would take half of a test's time. Empty: it does.
        """
        self.folder, self.data, self.workers = folder, folder / "data", workers
        self.port = free_port()
        self.url = f"{'https' if authority else 'http'}://127.0.0.1:{self.port}"
        self.trust = ssl.create_default_context(cafile=str(authority.path)) if authority else None
        certificate = authority.certify("127.0.0.1", "localhost") if authority else ()
        self.arguments = [word for pair in zip(("--tls-cert", "--tls-key"), certificate, strict=False) for word in pair]
        self.data.mkdir(parents=True, mode=0o700)
        self.clock = ClockFile(folder / "clock")
        if test_clock:
            head = f"port = {self.port}\nunsafe_test_clock = {json.dumps(str(self.clock.path))}\n"
            (self.data / "pratique.toml").write_text(head + settings)
            (self.data / "pratique.toml").chmod(0o600)
        passed_on = {name: os.environ[name] for name in TRUST if name in os.environ}
        if test_clock:
            # Nobody outside is asked, and reading the system's certificates takes a tenth of a command's time.
            passed_on["SSL_CERT_FILE"] = passed_on["SSL_CERT_DIR"] = os.devnull
        if "scan = " not in settings:
            passed_on["PRATIQUE_PUBLISH__SCAN"] = "off"  # only what is about scans waits for one
        # The daily import would ask the public export, and tests are offline.
        passed_on["PRATIQUE_ADVISORIES__SCHEDULED"] = "false"
        self.environment = stranger(folder / "home", PYTHONUNBUFFERED="1", **passed_on)
        self.process: subprocess.Popen[bytes] | None = None
        self._has_account = False
        is_special = any(word in settings for word in ("database", "blobs", "advisories"))
        self._used = used if test_clock and not is_special else ""

    @property
    def npm(self) -> str:
        """The npm registry's URL."""
        return f"{self.url}/main/npm"

    @property
    def pypi(self) -> str:
        """The Python index's URL, without `/simple/`."""
        return f"{self.url}/main/pypi"

    @property
    def cargo(self) -> str:
        """Where cargo's index and web API are, without `/index/`."""
        return f"{self.url}/main/cargo"

    def start(self) -> Server:
        """Start it and wait until it says that it is ready."""
        if self._used and not (self.data / "pratique.db").exists():
            shutil.copytree(_used_folder(self._used), self.data, dirs_exist_ok=True, ignore=_OF_ONE_SERVER)
        command = [PRATIQUE, "up", "--port", str(self.port), "--data", self.data, "--workers", str(self.workers)]
        command += self.arguments
        with (self.folder / "terminal").open("ab") as terminal:
            self.process = subprocess.Popen(
                list(map(str, command)),
                cwd=self.folder,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=terminal,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + START_PATIENCE
        while not self._ready():
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.kill()
                raise AssertionError(f"the server did not get ready within {START_PATIENCE} s:\n{self.terminal()}")
            time.sleep(0.1)
        return self

    def stop(self) -> int:
        """End it as an operator does (SIGTERM); its exit code. Whoever does not stop in time is killed and fails."""
        if self.process is None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(STOP_PATIENCE)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"the server did not stop within {STOP_PATIENCE} s:\n{self.terminal()}") from None
        self.process = None
        return code

    def kill(self) -> None:
        """End it and its children at once, as a power cut does."""
        if self.process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.process = None

    def terminal(self) -> str:
        """What it printed where it was started."""
        path = self.folder / "terminal"
        return path.read_text("utf-8", "replace") if path.is_file() else ""

    def cli(self, *arguments: str, answer: str = "") -> Result:
        """`pratique ARGUMENTS` on this server's data folder, as its operator."""
        environment = self.environment | {"PRATIQUE_DATA": str(self.data)}
        return run([PRATIQUE, *arguments], self.folder, environment, answer=answer)

    def token(
        self,
        name: str,
        *,
        kind: str = "user",
        operations: tuple[str, ...] = ("read", "explain"),
        names: tuple[str, ...] = ("*",),
    ) -> str:
        """A new token's secret; it belongs to the one account of this server, which is made at first."""
        if not self._has_account:
            self.cli("user", "add", "admin", "--admin", "--no-password").must()
            self._has_account = True
        options = ["--user", "admin", "--kind", kind, "--can", ",".join(operations)]
        options += [word for glob in names for word in ("--names", glob)]
        return self.cli("token", "create", name, *options).must().stdout.strip()

    def get(self, path: str, token: str | None = None, **headers: str) -> Answer:
        """GET a path below the server's URL."""
        return ask("GET", self.url + path, token, headers=headers, trust=self.trust)

    def requests(self) -> list[dict[str, Any]]:
        """The access log, oldest first."""
        lines = []
        for path in sorted((self.data / "logs").glob("web*.jsonl")):
            lines += [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        return [line for line in lines if line.get("event") == "request"]

    def asked_for(self, part: str) -> list[str]:
        """Method and path of every request so far whose path holds this."""
        return [f"{line['method']} {line['path']}" for line in self.requests() if part in line["path"]]

    def no_5xx(self) -> None:
        """Fail if the server ever answered that it failed itself."""
        failures = [line for line in self.requests() if line["status"] >= 500]
        assert not failures, "\n".join(map(str, failures))

    def _ready(self) -> bool:
        try:
            return self.get("/readyz").status == 200
        except OSError:
            return False


_OF_ONE_SERVER = shutil.ignore_patterns("pratique.toml", "secret", "lock", "logs")


@cache
def _used_folder(_name: str) -> Path:
    """A data folder that a server of this name has used, made once in each test process."""
    root = Path(tempfile.mkdtemp(prefix="pratique-used-"))
    at_the_end(lambda: shutil.rmtree(root, ignore_errors=True))
    assert Server(root, used="").start().stop() == 0
    return root / "data"


def ask(
    method: str,
    url: str,
    token: str | None = None,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    trust: ssl.SSLContext | None = None,
) -> Answer:
    """One request without any client's habits: no redirect followed, no proxy, errors are answers."""
    request = urllib.request.Request(url, data=body, method=method, headers=dict(headers or {}))
    if token:
        request.add_header("Authorization", f"Bearer {token}")
    tls = urllib.request.HTTPSHandler(context=trust)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _NoRedirect, tls)
    try:
        with opener.open(request, timeout=30) as response:
            return Answer(response.status, response.reason, dict(response.headers), response.read())
    except urllib.error.HTTPError as error:
        with error:
            return Answer(error.code, error.reason, dict(error.headers), error.read())


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_arguments: Any) -> None:
        return None


def free_port() -> int:
    """A port that nobody listens on, below those that systems give to outgoing connections.

    One of theirs could be taken by a connection before the server is there.
    """
    while True:
        port = 10_000 + secrets.randbelow(22_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
