"""A public registry without any policy, whose owner may change his mind: yank, remove, swap bytes.

It speaks just enough npm, Python index and cargo index to be an upstream, and writes down what it was asked.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import unquote

from tests.harness import crates, packages
from tests.harness.server import Answer
from tests.harness.threaded_server import ThreadedServer

METADATA = b"Metadata-Version: 2.1\nName: left\nVersion: 1.0.0\n"


@dataclass
class Release:
    """One file of one release, as the registry lists it."""

    version: str
    filename: str
    content: bytes
    published: datetime
    manifest: dict[str, Any] = field(default_factory=dict)
    yanked: str | None = None
    listed: bool = True


class PlainRegistry(ThreadedServer):
    """Serves npm, PyPI and cargo below `/npm`, `/pypi` and `/cargo` on a free port, while the `with` lasts.

    Attributes:
        instead: part of a path -> what is answered there instead of what there is.
        uploads: what is answered to whatever is sent.
    """

    def __init__(self) -> None:
        self.releases: dict[tuple[str, str], list[Release]] = {}
        self.asked: list[str] = []
        self.sent: list[str] = []
        self.listed_content: dict[str, bytes] = {}
        self.core_metadata = False
        self.away = False
        self.pins_metadata = True
        self.metadata = METADATA
        self.pinned = METADATA
        self.file_query = ""
        self.page_fields: dict[str, dict[str, Any]] = {}
        self.without_digests: set[str] = set()
        self.other_digests: dict[str, dict[str, str]] = {}
        self.instead: dict[str, Answer] = {}
        self.uploads = Answer(404, "", {}, b"nothing is taken in here")
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                registry.asked.append(self.path)
                self._send(registry._answer_of(unquote(self.path.partition("?")[0])))

            def _send(self, answer: Answer) -> None:
                self.send_response(answer.status, answer.reason or None)
                for name, value in answer.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(answer.body)

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_PUT(self) -> None:
                _read_body(self)
                registry.sent.append(self.path)
                self._send(registry.uploads)

            def do_POST(self) -> None:
                self.do_PUT()

            def log_message(self, *_arguments: Any) -> None:
                """The list of paths is log enough."""

        super().__init__(Handler)

    @property
    def settings(self) -> str:
        """The table of a front's settings file that makes this its upstream."""
        places = {"npm": "npm", "pypi": "pypi/simple", "cargo": "cargo/index"}
        lines = (f'{ecosystem} = ["{self.url}/{path}"]\n' for ecosystem, path in places.items())
        return "[repositories.main.upstreams]\n" + "".join(lines)

    def npm(self, name: str, version: str, *, days: float = 90, **manifest: Any) -> Release:
        """Publish a tarball that many days ago."""
        content = packages.npm_tarball(name, version, manifest=manifest)
        base = name.rsplit("/", 1)[-1]
        release = Release(version, f"{base}-{version}.tgz", content, _ago(days), manifest)
        return self._add("npm", name, release)

    def wheel(self, name: str, version: str, *, days: float = 90) -> Release:
        """Publish a wheel that many days ago."""
        filename, content = packages.wheel(name, version)
        return self._add("pypi", name, Release(version, filename, content, _ago(days)))

    def crate(self, name: str, version: str, *, days: float = 90, **fields: Any) -> Release:
        """Publish a crate that many days ago; `fields` are of its index line."""
        content = crates.crate(name, version)
        release = Release(version, f"{name}-{version}.crate", content, _ago(days), fields)
        return self._add("cargo", name, release)

    def file_url(self, ecosystem: str, name: str, filename: str) -> str:
        """Where a document says that a file is."""
        return f"{self.url}/files/{ecosystem}/{name}/{filename}"

    def downloads(self, filename: str) -> int:
        """How often a file was asked for."""
        return sum(path.endswith("/" + filename) for path in self.asked)

    def _add(self, ecosystem: str, name: str, release: Release) -> Release:
        self.releases.setdefault((ecosystem, name), []).append(release)
        return release

    def _answer_of(self, path: str) -> Answer:
        for part, answer in self.instead.items():
            if part in path:
                return answer
        status, kind, body = self._answer(path)
        return Answer(status, "", {"Content-Type": kind}, body)

    def _answer(self, path: str) -> tuple[int, str, bytes]:
        if self.away:
            return 503, "text/plain", b"gone fishing"
        _, ecosystem, rest = [*path.split("/", 2), "", ""][:3]
        speak = {"files": self._file, "npm": self._npm, "pypi": self._pypi, "cargo": self._cargo}.get(ecosystem)
        found = speak(rest) if speak is not None else None
        return (200, *found) if found is not None else (404, "application/json", b'{"error": "not found"}')

    def _file(self, path: str) -> tuple[str, bytes] | None:
        ecosystem, rest = path.split("/", 1)
        name, filename = rest.rsplit("/", 1)
        for release in self.releases.get((ecosystem, name), []):
            if f"{release.filename}.metadata" == filename and self.core_metadata:
                return "application/octet-stream", self.metadata
            if release.filename == filename:
                return "application/octet-stream", release.content
        return None

    def _npm(self, name: str) -> tuple[str, bytes] | None:
        releases = self.releases.get(("npm", name))
        return ("application/json", json.dumps(self._packument(name, releases)).encode()) if releases else None

    def _pypi(self, path: str) -> tuple[str, bytes] | None:
        name = path.removeprefix("simple/").rstrip("/")
        releases = self.releases.get(("pypi", name))
        page = json.dumps(self._simple_page(name, releases)).encode() if releases else b""
        return ("application/vnd.pypi.simple.v1+json", page) if releases else None

    def _cargo(self, path: str) -> tuple[str, bytes] | None:
        if path == "index/config.json":
            template = f"{self.url}/files/cargo/{{crate}}/{{crate}}-{{version}}.crate"
            return "application/json", json.dumps({"dl": template, "api": self.url}).encode()
        for (ecosystem, name), releases in self.releases.items():
            if ecosystem == "cargo" and path == f"index/{crates.index_path(name)}":
                return "text/plain", "".join(self._index_lines(name, releases)).encode()
        return None

    def _digests(self, release: Release, stated: dict[str, str]) -> dict[str, str]:
        return {} if release.filename in self.without_digests else self.other_digests.get(release.filename, stated)

    def _pinned(self) -> bool | dict[str, str]:
        return {"sha256": hashlib.sha256(self.pinned).hexdigest()} if self.pins_metadata else True

    def _listed(self, release: Release) -> bytes:
        """The bytes that the index promises, which a liar does not send."""
        return self.listed_content.get(release.filename, release.content)

    def _packument(self, name: str, releases: list[Release]) -> dict[str, Any]:
        listed = [release for release in releases if release.listed]
        versions = {
            release.version: {
                "name": name,
                "version": release.version,
                **release.manifest,
                "dist": self._digests(
                    release,
                    {
                        "integrity": packages.npm_integrity(self._listed(release)),
                        "shasum": hashlib.sha1(self._listed(release)).hexdigest(),
                    },
                )
                | {"tarball": self.file_url("npm", name, release.filename)},
            }
            for release in listed
        }
        times = {release.version: release.published.isoformat() for release in listed}
        latest = listed[-1].version if listed else ""
        tags = {"latest": latest} if latest else {}
        return {"_id": name, "name": name, "dist-tags": tags, "versions": versions, "time": times}

    def _simple_page(self, name: str, releases: list[Release]) -> dict[str, Any]:
        listed = [release for release in releases if release.listed]
        files = [
            {
                "filename": release.filename,
                "url": f"{self.file_url('pypi', name, release.filename)}{self.file_query}",
                "hashes": self._digests(release, {"sha256": hashlib.sha256(self._listed(release)).hexdigest()}),
                "requires-python": ">=3.8",
                "size": len(self._listed(release)),
                "upload-time": release.published.isoformat().replace("+00:00", "Z"),
                **({"core-metadata": self._pinned()} if self.core_metadata else {}),
                "yanked": release.yanked if release.yanked is not None else False,
            }
            for release in listed
        ]
        versions = sorted({release.version for release in listed})
        page = {"meta": {"api-version": "1.1"}, "name": name, "versions": versions, "files": files}
        return page | self.page_fields.get(name, {})

    def _index_lines(self, name: str, releases: list[Release]) -> list[str]:
        lines = []
        for release in releases:
            fields: dict[str, Any] = {
                "pubtime": release.published.isoformat().replace("+00:00", "Z"),
                "yanked": release.yanked is not None,
                **release.manifest,
            }
            if release.filename in self.without_digests:
                fields["cksum"] = ""
            if release.listed:
                written = fields.pop("name", name)
                lines.append(crates.index_line(written, release.version, self._listed(release), **fields) + "\n")
        return lines


def _read_body(request: BaseHTTPRequestHandler) -> None:
    if "chunked" in request.headers.get("Transfer-Encoding", ""):
        while size := int(request.rfile.readline(), 16):
            request.rfile.read(size + 2)
        request.rfile.readline()
    request.rfile.read(int(request.headers.get("Content-Length", 0)))


def _ago(days: float) -> datetime:
    return (datetime.now(UTC) - timedelta(days=days)).replace(microsecond=0)
