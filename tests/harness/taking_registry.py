"""A cargo registry that takes every crate as it comes and keeps what `cargo publish` sent, byte by byte."""

from __future__ import annotations

import json
from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.harness import crates
from tests.harness.threaded_server import ThreadedServer


class TakingRegistry(ThreadedServer):
    """Serves one index for everybody and for members on a free port, while the `with` lasts.

    Attributes:
        bodies: of the publishes, in their order.
    """

    def __init__(self) -> None:
        self.bodies: list[bytes] = []
        self._lines: dict[str, list[str]] = {}
        registry = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_GET(self) -> None:
                self._send(*registry._found(self.path))

            def do_PUT(self) -> None:
                self._send(200, registry._taken(self.rfile.read(int(self.headers["Content-Length"]))))

            def _send(self, status: int, body: bytes) -> None:
                self.send_response(status)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_arguments: Any) -> None:
                """Nobody reads it."""

        super().__init__(Handler)

    def offers(self, name: str, version: str, *features: str) -> None:
        """List a crate that nobody will download."""
        line = crates.index_line(name, version, b"", features={feature: [] for feature in features})
        self._lines.setdefault(crates.index_path(name), []).append(line)

    def _found(self, path: str) -> tuple[int, bytes]:
        if path.endswith("/index/config.json"):
            stated = {"dl": f"{self.url}/files", "api": self.url, "auth-required": path.startswith("/members/")}
            return 200, json.dumps(stated).encode()
        lines = self._lines.get(path.partition("/index/")[2], [])
        return (200, "\n".join(lines).encode()) if lines else (404, b"")

    def _taken(self, body: bytes) -> bytes:
        self.bodies.append(body)
        said = json.loads(body[4 : 4 + int.from_bytes(body[:4], "little")])
        self.offers(said["name"], said["vers"])
        return b'{"warnings": {"invalid_categories": [], "invalid_badges": [], "other": []}}'
