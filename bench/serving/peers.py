"""Other servers of packages, installed once into `.bench` from hashed locks, in front of the same upstream."""

from __future__ import annotations

import base64
import hashlib
import json
import shutil
import subprocess
import sys
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.processes import Program
from tests.harness.server import free_port

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".bench"
NPM_LOCK = ROOT / "locks" / "peers-npm"
DEVPI_LOCK = ROOT / "locks" / "peers-devpi.txt"
GUARDDOG_LOCK = ROOT / "locks" / "peers-guarddog.txt"


def place(name: str, notes: list[str]) -> Path | None:
    """The folder where a peer is installed, which is done now if it is missing; None, and a note, if it cannot be."""
    locks, install = _KITS[name]
    folder, stamp = CACHE / name, CACHE / name / ".installed"
    state = hashlib.sha256(b"\0".join([*(lock.read_bytes() for lock in locks), str(folder).encode()])).hexdigest()
    if stamp.is_file() and stamp.read_text() == state:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        install(folder)
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        notes.append(f"{name} could not be installed and is not measured: {str(said).strip()[-300:]}")
        return None
    stamp.write_text(state)
    return folder


def _install_verdaccio(folder: Path) -> None:
    for name in ("package.json", "package-lock.json"):
        shutil.copy(NPM_LOCK / name, folder)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    _run([shutil.which("npm") or "npm", "ci", *options], folder)


def _install_python(folder: Path, lock: Path) -> None:
    _run([sys.executable, "-m", "venv", "--without-pip", folder], folder)
    python, uv = folder / "bin" / "python", Path(sys.executable).with_name("uv")
    _run([uv, "pip", "install", "--quiet", "--python", python, "--require-hashes", "-r", lock], folder)


def _run(command: list[str | Path], folder: Path) -> None:
    subprocess.run([str(word) for word in command], cwd=folder, check=True, capture_output=True, text=True)


_KITS: dict[str, tuple[tuple[Path, ...], Callable[[Path], None]]] = {
    "verdaccio": ((NPM_LOCK / "package.json", NPM_LOCK / "package-lock.json"), _install_verdaccio),
    "devpi": ((DEVPI_LOCK,), partial(_install_python, lock=DEVPI_LOCK)),
    "guarddog": ((GUARDDOG_LOCK,), partial(_install_python, lock=GUARDDOG_LOCK)),
}


def verdaccio(installed: Path, folder: Path, upstream: str, core: int | None) -> Program:
    """Verdaccio in front of the upstream; packages at `/NAME`."""
    folder.mkdir(parents=True)
    port = free_port()
    settings = {
        "storage": str(folder / "storage"),
        "uplinks": {"up": {"url": f"{upstream}/npm", "maxage": "6h", "cache": True}},
        "packages": {"**": {"access": "$all", "proxy": "up"}},
        "log": {"type": "stdout", "format": "json", "level": "error"},
        "auth": {"htpasswd": {"file": str(folder / "htpasswd")}},
    }
    written = folder / "config.yaml"
    written.write_text(json.dumps(settings))  # JSON is YAML
    program = installed / "node_modules" / "verdaccio" / "bin" / "verdaccio"
    command: list[str | Path] = [
        shutil.which("node") or "node",
        program,
        "--config",
        written,
        "--listen",
        f"127.0.0.1:{port}",
    ]
    return Program(command, port, core, output=folder / "output", cwd=folder)


def devpi(installed: Path, folder: Path, core: int | None) -> Program:
    """devpi-server without any index; `mirror` makes one."""
    folder.mkdir(parents=True)
    port, state = free_port(), folder / "state"
    _run([installed / "bin" / "devpi-init", "--serverdir", state, "--no-root-pypi"], folder)
    command: list[str | Path] = [installed / "bin" / "devpi-server", "--serverdir", state, "--port", str(port)]
    return Program([*command, "--host", "127.0.0.1"], port, core, output=folder / "output", cwd=folder)


def mirror(port: int, upstream: str) -> str:
    """Make an index of devpi that mirrors the upstream; its path, below which `+simple/` is."""
    url = f"http://127.0.0.1:{port}"
    login = _send("POST", f"{url}/+login", {"user": "root", "password": ""}, {})
    credential = base64.b64encode(f"root:{login['result']['password']}".encode()).decode()
    index = {
        "type": "mirror",
        "mirror_url": f"{upstream}/pypi/simple/",
        "volatile": True,
        "mirror_cache_expiry": 21_600,
    }
    _send("PUT", f"{url}/root/up", index, {"X-Devpi-Auth": credential})
    return "/root/up"


def _send(method: str, url: str, body: object, headers: dict[str, str]) -> dict[str, dict[str, str]]:
    request = urllib.request.Request(url, json.dumps(body).encode(), method=method)
    for name, value in {"Content-Type": "application/json", "Accept": "application/json", **headers}.items():
        request.add_header(name, value)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(request, timeout=60) as answer:
        found: dict[str, dict[str, str]] = json.loads(answer.read())
    return found


def wheel_path(port: int, page: str, headers: dict[str, str]) -> str:
    """Where a page of devpi says that the first release's wheel is, as a path."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    url = f"http://127.0.0.1:{port}{page}"
    with opener.open(urllib.request.Request(url, headers=headers), timeout=60) as answer:
        files = json.loads(answer.read())["files"]
    named = next(one["url"] for one in files if "-1.0.0-" in one["filename"])
    return urllib.parse.urlsplit(urllib.parse.urljoin(url, named)).path
