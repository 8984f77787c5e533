"""What a flood costs the server in memory, and what it does to somebody who asks honestly meanwhile.

    python3 dev.py bench flood [--connections 5000] [--names 1000] [--uploads 50] [--upload-mb 100] [--json]

One server with one web process and an upstream of our own. Each flood comes from several addresses of 127.0.0.0/8; the
memory of the web process is watched twenty times a second, while one client with a token asks for a listing. With
--json the last line is one object with the figures.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import resource
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path

import uvloop

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import MB, Peak, look
from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Server, ask

FILE = 16 << 20
"""More than the system itself holds for a connection."""

SLOW, SETTLES = 3.0, 2.0
"""Seconds for which connections that do nothing are held, and after which memory is looked at again."""

Flood = Callable[[], Awaitable[Counter[str]]]


class Honest:
    """Somebody who asks for one listing, ten times a second, on a connection of his own."""

    def __init__(self, server: Server, token: str) -> None:
        self._url, self._token, self._over = f"{server.npm}/left", token, threading.Event()
        self.waited: list[float] = []
        self.failures = Counter[str]()

    def __enter__(self) -> Honest:
        self._thread = threading.Thread(target=self._ask, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_what: object) -> None:
        self._over.set()
        self._thread.join()

    def _ask(self) -> None:
        while not self._over.wait(0.1):
            began = time.monotonic()
            try:
                status = str(ask("GET", self._url, self._token).status)
            except OSError as error:
                status = type(error).__name__
            self.waited.append(time.monotonic() - began)
            if status != "200":
                self.failures[status] += 1

    @property
    def slowest_ms(self) -> float:
        """What 99 of 100 answers did not exceed."""
        ordered = sorted(self.waited) or [0.0]
        return round(ordered[min(len(ordered) - 1, int(0.99 * len(ordered)))] * 1000, 1)


class Floods:
    """The floods, each a coroutine that counts how its questions ended."""

    def __init__(self, server: Server, tokens: list[str], options: argparse.Namespace) -> None:
        self.port, self.tokens, self.options = server.port, tokens, options

    async def idle(self) -> Counter[str]:
        """Connections whose requests never get complete."""
        return await self._hold(lambda _number: b"GET /main/npm/left HTTP/1.1\r\nHost: ")

    async def slow_readers(self) -> Counter[str]:
        """Connections that ask for a file and do not read it."""
        path = "/main/npm/large/-/large-1.0.0.tgz"
        return await self._hold(lambda _number: self._get(path))

    async def cold_names(self) -> Counter[str]:
        """Names that the upstream has and nobody has asked for, all at once."""
        return await self._all([self._get(f"/main/npm/cold-{number}", 0) for number in range(self.options.names)])

    async def missing_names(self) -> Counter[str]:
        """Names that nobody has, all at once."""
        return await self._all([self._get(f"/main/npm/none-{number}", 0) for number in range(self.options.names)])

    async def uploads(self) -> Counter[str]:
        """Long uploads, all at once, of several accounts."""
        return await self._gather([self._upload(number) for number in range(self.options.uploads)])

    async def _hold(self, request: Callable[[int], bytes]) -> Counter[str]:
        held = await asyncio.gather(
            *(self._open(number, request(number)) for number in range(self.options.connections))
        )
        await asyncio.sleep(SLOW)
        ended = Counter("held" if writer is not None else "turned away" for writer in held)
        for writer in held:
            if writer is not None:
                writer.transport.abort()
        return ended

    async def _open(self, number: int, request: bytes) -> asyncio.StreamWriter | None:
        try:
            _reader, writer = await self._connect(number, 1 << 10)
            writer.write(request)
        except OSError:
            return None
        return writer

    async def _connect(self, number: int, limit: int = 1 << 16) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        source = (f"127.0.0.{2 + number % 5}", 0)
        return await asyncio.open_connection("127.0.0.1", self.port, local_addr=source, limit=limit)

    async def _all(self, requests: list[bytes]) -> Counter[str]:
        return await self._gather([self._status(number, request) for number, request in enumerate(requests)])

    async def _gather(self, questions: list[Awaitable[str]]) -> Counter[str]:
        return Counter(await asyncio.gather(*questions))

    async def _status(self, number: int, request: bytes) -> str:
        try:
            reader, writer = await self._connect(number)
            writer.write(request)
            line = await asyncio.wait_for(reader.readline(), 120)
            writer.transport.abort()
        except (OSError, TimeoutError) as error:
            return type(error).__name__
        return _told(line)

    async def _upload(self, number: int) -> str:
        name, length = f"large-{number}", self.options.upload_mb * MB
        token = self.tokens[number % len(self.tokens)]
        start = f'{{"name": "{name}", "_attachments": {{"{name}-1.0.0.tgz": {{"data": "'.encode()
        head = self._head("PUT", f"/main/npm/{name}", token, f"Content-Length: {length}")
        reader, writer = await self._connect(number)
        with contextlib.suppress(OSError):
            writer.write(head + start)
            piece, sent = b"A" * (256 << 10), len(start)
            while sent < length and not reader.at_eof():
                writer.write(piece[: length - sent])
                sent += min(len(piece), length - sent)
                await writer.drain()
        try:
            line = await asyncio.wait_for(reader.readline(), 120)
        except (OSError, TimeoutError) as error:
            line = f"- {type(error).__name__}".encode()
        writer.transport.abort()
        return _told(line)

    def _get(self, path: str, token: int | None = None) -> bytes:
        return self._head("GET", path, None if token is None else self.tokens[token])

    def _head(self, method: str, path: str, token: str | None, *more: str) -> bytes:
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", *more]
        if token:
            lines += [f"Authorization: Bearer {token}", "Content-Type: application/json"]
        return "\r\n".join([*lines, "", ""]).encode()


def main() -> int:
    """Start the server, flood it, report."""
    options = _options()
    _allow_many_connections()
    with tempfile.TemporaryDirectory() as folder, PlainRegistry() as registry:
        _publish(registry, options.names)
        server = Server(Path(folder) / "server", settings=f"{registry.settings}\n{options.settings}\n").start()
        try:
            figures, notes = _measure(server, options)
        finally:
            server.stop()
    if options.json:
        print(json.dumps({"bench": "flood", "figures": figures, "peers": {}, "notes": notes}))
    return 0


def _measure(server: Server, options: argparse.Namespace) -> tuple[dict[str, float], list[str]]:
    tokens = [server.token(f"flood-{number}", operations=("read", "publish")) for number in range(4)]
    for path in ("left", "large", "large/-/large-1.0.0.tgz"):
        answer = ask("GET", f"{server.npm}/{path}", tokens[0])
        assert answer.status == 200, answer
    floods, figures, notes = Floods(server, tokens, options), {}, []
    process = server.process
    assert process is not None
    each: dict[str, Flood] = {
        "idle": floods.idle,
        "slow_readers": floods.slow_readers,
        "cold_names": floods.cold_names,
        "missing_names": floods.missing_names,
        "uploads": floods.uploads,
    }
    for name in options.only or each:
        flood = each[name]
        with Peak(process.pid) as peak, Honest(server, tokens[1]) as honest:
            ended = uvloop.run(flood())
        time.sleep(SETTLES)
        web = [one for one in look(process.pid) if one.kind == "web"]
        figures[f"{name}_grown_mb"] = peak.grown_mb
        figures[f"{name}_left_mb"] = round((sum(one.rss for one in web) - peak.before) / MB, 1)
        figures[f"{name}_descriptors_left"] = sum(one.descriptors for one in web)
        figures[f"{name}_honest_p99_ms"] = honest.slowest_ms
        figures[f"{name}_honest_failures"] = honest.failures.total()
        notes.append(f"{name}: {dict(ended)}")
        told = f"{peak.grown_mb:>9} MB more, honest p99 {honest.slowest_ms:>8} ms, {dict(honest.failures)} failed"
        print(f"{name:16}{told}; {dict(ended)}", flush=True)
    figures["web_mb"] = round(peak.highest / MB, 1)
    return figures, notes


def _told(line: bytes) -> str:
    """Status, of failures with the first words of what was said with it."""
    words = line.decode("latin-1").split()[1:7]
    return "closed" if not words else " ".join(words) if words[0][0] == "5" else words[0]


def _publish(registry: PlainRegistry, names: int) -> None:
    for version in range(30):
        registry.npm("left", f"1.{version}.0", days=100)
    registry.npm("large", "1.0.0", days=100).content = b"x" * FILE
    for number in range(names):
        registry.npm(f"cold-{number}", "1.0.0", days=100)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--connections", type=int, default=5_000)
    parser.add_argument("--names", type=int, default=1_000)
    parser.add_argument("--uploads", type=int, default=50)
    parser.add_argument("--upload-mb", type=int, default=100)
    parser.add_argument("--only", action="append", help="one flood by its name; may be given several times")
    parser.add_argument("--settings", default="", help="TOML for the server, after its own settings")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def _allow_many_connections() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


if __name__ == "__main__":
    sys.exit(main())
