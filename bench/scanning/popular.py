"""Benign packages to scan: popular ones of PyPI and npm, fetched once by their stock clients into `.bench`."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

from bench.serving.peers import CACHE

from pratique.naming.corpus import shipped

FOLDER = CACHE / "popular"
MOST = 200
LARGEST = 30 << 20
"""Bytes of an artefact that is taken; larger ones say nothing about false alarms that these do not."""

SKIPPED = frozenset(("pyarrow", "scipy", "sglang", "torch", "tensorflow", "awscli", "telecom-mas-agent"))
"""Large, or not popular for what they are."""

NAMED = {
    "pypi": (
        "ansible-core",
        "black",
        "boto3",
        "botocore",
        "cryptography",
        "django",
        "flask",
        "numpy",
        "paramiko",
        "pip",
        "pyinstaller",
        "requests",
        "setuptools",
    ),
    "npm": (
        "axios",
        "chalk",
        "core-js",
        "esbuild",
        "eslint",
        "express",
        "husky",
        "lodash",
        "puppeteer-core",
        "react",
        "sharp",
        "typescript",
        "vite",
        "webpack",
    ),
}
"""Packages that scanners of this kind raise false alarms about."""


def popular(wanted: int, notes: list[str]) -> list[Path]:
    """So many artefacts at most, half of them of each registry; fetched if they are not here yet."""
    each = min(wanted, MOST) // 2
    found: list[Path] = []
    for ecosystem, fetch in (("pypi", _fetch_wheel), ("npm", _fetch_tarball)):
        folder = FOLDER / ecosystem
        folder.mkdir(parents=True, exist_ok=True)
        ledger = folder / "fetched.json"
        known: dict[str, str | None] = json.loads(ledger.read_text()) if ledger.is_file() else {}
        names = [*NAMED[ecosystem], *(one.name for one in shipped(ecosystem)[:400])]
        for name in dict.fromkeys(one for one in names if one not in SKIPPED):
            if sum(value is not None for value in known.values()) >= each:
                break
            if name not in known:
                known[name] = fetch(name, folder)
                ledger.write_text(json.dumps(known, indent=1))
        found += [folder / name for name in [value for value in known.values() if value][:each]]
        if sum(value is not None for value in known.values()) < each:
            notes.append(f"{ecosystem}: fewer artefacts than wanted could be fetched")
    return found


def _fetch_wheel(name: str, folder: Path) -> str | None:
    """The file's name; None if there is no wheel, or a large one. An sdist is not fetched: pip would run its build."""
    options = ["--no-deps", "--only-binary", ":all:", "--disable-pip-version-check", "--no-cache-dir", "--quiet"]
    return _fetched([sys.executable, "-m", "pip", "download", *options, name], folder)


def _fetch_tarball(name: str, folder: Path) -> str | None:
    return _fetched([shutil.which("npm") or "npm", "pack", "--ignore-scripts", "--silent", name], folder)


def _fetched(command: list[str], folder: Path) -> str | None:
    apart = folder / "arriving"
    shutil.rmtree(apart, ignore_errors=True)
    apart.mkdir()
    done = subprocess.run(command, cwd=apart, capture_output=True, check=False, timeout=300)
    arrived = [path for path in apart.iterdir() if path.stat().st_size <= LARGEST]
    if done.returncode or not arrived:
        shutil.rmtree(apart)
        return None
    arrived[0].rename(folder / arrived[0].name)
    shutil.rmtree(apart)
    return arrived[0].name
