"""The stock clients that the tests drive: installed once from hashed locks into `.clients`. Standard library only."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "locks"
CLIENTS = ROOT / ".clients"
NPM_LOCK = LOCKS / "clients-npm"
SCRIPTS = "Scripts" if os.name == "nt" else "bin"
ON_THE_MACHINE = ("node", "npm", "cargo")


@dataclass(frozen=True)
class Kit:
    """Clients that one lock installs into one folder of `.clients`.

    Attributes:
        registry: who has to be reached to install them.
        lock: the files that say what to install; they change with every change of it.
        programs: a client's name -> where its program stands in the folder; a pattern where that differs by machine.
    """

    name: str
    registry: str
    lock: tuple[Path, ...]
    programs: dict[str, str]

    @property
    def folder(self) -> Path:
        return CLIENTS / self.name

    @property
    def stamp(self) -> Path:
        return self.folder / ".installed"


def python_kit(name: str, program: str) -> Kit:
    """A Python client in an environment of its own."""
    return Kit(name, "PyPI", (LOCKS / f"clients-{name}.txt",), {name: f"{SCRIPTS}/{program}"})


KITS = (
    Kit(
        "npm",
        "the npm registry",
        (NPM_LOCK / "package.json", NPM_LOCK / "package-lock.json"),
        {
            "yarn1": "node_modules/yarn1/bin/yarn.js",
            "yarn4": "node_modules/@yarnpkg/cli-dist/bin/yarn.js",
            "pnpm": "node_modules/@pnpm/exe.*/pnpm*",
            "bun": "node_modules/@oven/bun-*/bin/bun*",
        },
    ),
    python_kit("pip-oldest", "python"),
    python_kit("poetry", "poetry"),
    python_kit("hatch", "hatch"),
)


def place(client: str) -> Path | None:
    """Where the program of an installed client stands; None if it is not there."""
    for kit in KITS:
        if client in kit.programs:
            return next(iter(sorted(kit.folder.glob(kit.programs[client]))), None)
    return None


def prepare(python: Path, install_python: Callable[[Path, Path], None]) -> Iterator[tuple[str, bool]]:
    """Install what is missing, and say of every client whether it is there; those that are not are printed by name.

    Args:
        python: an interpreter for the Python clients' environments.
        install_python: puts what a lock says into the environment of an interpreter; raises CalledProcessError.
    """
    for name in ON_THE_MACHINE:
        found = shutil.which(name) is not None
        if not found:
            print(f"the stock client {name} is not on this machine", flush=True)
        yield name, found
    for kit in KITS:
        if not is_installed(kit, python):
            install(kit, python, install_python)
        for client in kit.programs:
            yield client, is_installed(kit, python) and place(client) is not None


def is_installed(kit: Kit, python: Path) -> bool:
    """Whether the folder holds what the lock says now."""
    return kit.stamp.is_file() and kit.stamp.read_text(encoding="utf-8") == fingerprint(kit, python)


def install(kit: Kit, python: Path, install_python: Callable[[Path, Path], None]) -> None:
    """Fill one folder from its lock; a failure is printed with the clients' names and leaves no stamp."""
    names = ", ".join(kit.programs)
    print(f"installing {names} into {kit.folder} ...", flush=True)
    shutil.rmtree(kit.folder, ignore_errors=True)
    kit.folder.mkdir(parents=True)
    try:
        if kit.name == "npm":
            install_npm(kit)
        else:
            command: list[str | Path] = [python, "-m", "venv", "--without-pip", kit.folder]
            subprocess.run(command, check=True, capture_output=True, text=True)
            install_python(kit.folder / SCRIPTS / "python", kit.lock[0])
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        print(f"could not install {names} from {kit.registry}:\n{said.strip()}", flush=True)
        return
    kit.stamp.write_text(fingerprint(kit, python), encoding="utf-8")


def install_npm(kit: Kit) -> None:
    """The clients that the npm registry has; none needs an install script."""
    for path in kit.lock:
        shutil.copy(path, kit.folder)
    options = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
    npm = shutil.which("npm") or "npm"
    subprocess.run([npm, "ci", *options], cwd=kit.folder, check=True, capture_output=True, text=True)


def fingerprint(kit: Kit, python: Path) -> str:
    """Changes with the lock, with the interpreter, and when this checkout is moved, as scripts name its path."""
    parts = [path.read_bytes() for path in kit.lock]
    places = f"{kit.folder}\0{python.resolve()}".encode()
    return hashlib.sha256(b"\0".join([*parts, places])).hexdigest()
