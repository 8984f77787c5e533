"""Synthetic packages: documents of a wanted size and archives of a wanted size, the same for the same seed."""

from __future__ import annotations

import base64
import gzip
import hashlib
import io
import json
import random
import tarfile
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

PUBLISHED = "2025-{:02}-{:02}T08:00:00.000Z"
"""Long before any cooldown, so that nothing changes by time while the bench runs."""

RELEASES = {"project": 33, "large": 300, "cold": 3_000, "file": 2, "tiny": 40, "tree": 5}
"""Kind of project, which is what its name begins with, to number of releases: 33 and 300 make a listing of about 21 KB
and 188 KB in the form that `npm install` asks for, and 3,000 one of 20 MB in the full form."""

_COLD_TEXT = "an inert text " * 430
"""Of each release of a cold project: what makes real documents long."""

PAGE_FILES = {"page": 64, "tool": 5}
"""Kind of Python project to number of files: 64 make a page of about 21 KB as JSON."""

PAGES = ("page-0", "page-1", *(f"tool-{number}" for number in range(20)))
"""All Python projects."""

FILE_BYTES = 1_000_000
_WITH_FILES = {"file": FILE_BYTES, "tiny": 1_000, "tree": 20_000}
"""Kinds whose tarballs can be fetched, and how much noise is in them; of the others only the listing is asked for."""


@dataclass(frozen=True)
class Catalogue:
    """What the upstream has.

    Attributes:
        projects: how many npm projects of about 21 KB, `project-0000` and so on, asked for by Zipf's law.
        given: name to packument of a corpus, which then take the places of the first projects.
    """

    projects: int
    seed: int
    given: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """The working set, the most asked first."""
        made = [f"project-{number:04}" for number in range(max(0, self.projects - len(self.given)))]
        return [*self.given, *made]


def read_corpus(folder: Path | None) -> dict[str, dict[str, Any]]:
    """Packuments of a folder's `*.json`, by their own names."""
    if folder is None:
        return {}
    documents = [json.loads(path.read_text("utf-8")) for path in sorted(folder.glob("*.json"))]
    return {document["name"]: document for document in documents}


def packument(name: str, url: str, seed: int) -> bytes:
    """An npm document; the kind of project and so its size stand in its name."""
    kind = name.partition("-")[0]
    count = RELEASES[kind]
    source = random.Random(f"{seed} {name}")
    made = [_manifest(name, f"1.{number}.0", url, source) for number in range(count)]
    for one in made if kind == "cold" else ():
        one["description"] = _COLD_TEXT
    for one in made if kind in _WITH_FILES else ():
        one["dist"] |= _dist(npm_file(name, one["version"], seed))
    times = {one["version"]: _published(number) for number, one in enumerate(made)}
    document = {
        "name": name,
        "dist-tags": {"latest": made[-1]["version"]},
        "versions": {one["version"]: one for one in made},
        "time": {"created": _published(0), "modified": _published(count - 1), **times},
    }
    return json.dumps(document, separators=(",", ":")).encode()


def _manifest(name: str, version: str, url: str, source: random.Random) -> dict[str, Any]:
    digest = source.randbytes(64)
    depends = {f"dependency-{source.randrange(5_000):04}": f"^{source.randrange(9)}.0.0" for _ in range(8)}
    return {
        "name": name,
        "version": version,
        "description": "An inert package of a benchmark",
        "license": "MIT",
        "dependencies": depends,
        "engines": {"node": ">=18"},
        "dist": {
            "integrity": "sha512-" + base64.b64encode(digest).decode(),
            "shasum": digest[:20].hex(),
            "tarball": f"{url}/npm/{name}/-/{name}-{version}.tgz",
            "fileCount": 7,
            "unpackedSize": source.randrange(1_000_000),
        },
    }


def _dist(content: bytes) -> dict[str, str]:
    integrity = base64.b64encode(hashlib.sha512(content).digest()).decode()
    return {"integrity": f"sha512-{integrity}", "shasum": hashlib.sha1(content).hexdigest()}


def _published(number: int) -> str:
    return PUBLISHED.format(1 + number // 28 % 9, 1 + number % 28)


@lru_cache(maxsize=4)
def npm_file(name: str, version: str, seed: int) -> bytes:
    """A tarball of noise, which nothing compresses."""
    manifest = json.dumps({"name": name, "version": version}).encode()
    noise = random.Random(f"{seed} {name} {version}").randbytes(_WITH_FILES[name.partition("-")[0]])
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in (("package/package.json", manifest), ("package/noise.bin", noise)):
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 1, mtime=0)


def python_page(name: str, url: str) -> dict[str, Any]:
    """A project page as PEP 691 and 700 say it."""
    files, versions = [], []
    for number in range(PAGE_FILES[name.partition("-")[0]]):
        version = f"1.{number}.0"
        versions.append(version)
        filename, content = wheel(name, version)
        files.append(
            {
                "filename": filename,
                "url": f"{url}/pypi/files/{name}/{filename}",
                "hashes": {"sha256": hashlib.sha256(content).hexdigest()},
                "requires-python": ">=3.8",
                "size": len(content),
                "upload-time": _published(number),
            }
        )
    return {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": files}


@lru_cache(maxsize=512)
def wheel(name: str, version: str) -> tuple[str, bytes]:
    """Name and bytes of a small wheel; the first release of a `page` has more than a megabyte."""
    from tests.harness import packages

    large = name.startswith("page") and version == "1.0.0"
    noise = base64.b85encode(random.Random(f"{name} {version}").randbytes(FILE_BYTES)).decode() if large else ""
    return packages.wheel(name, version, description=noise)
