"""How fast a warm server answers, as a ratio to a bare aiohttp server that sends the same bytes from memory.

    python3 dev.py bench serve [--seconds 5] [--connections 16] [--corpus DIR] [--seed N]

Both are measured in one run, on one core each, by the same load: keep-alive connections that ask again as soon
as an answer is complete. Figures of different runs or machines say nothing about each other; the ratio does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import socket
import sys
import tempfile
import time
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

import uvloop
from aiohttp import web

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.harness.plain_registry import PlainRegistry
from tests.harness.server import Server, ask, free_port

DEFAULT_SIZES = {"small tarball": 20_000, "large tarball": 1_000_000}


@dataclass
class Measured:
    """Latencies of one load, in seconds."""

    seconds: float
    latencies: list[float] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    def percentile(self, share: float) -> float:
        """The latency that this share of the answers does not exceed, in milliseconds."""
        ordered = sorted(self.latencies)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000


def main() -> int:
    """Start both servers and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--corpus", type=Path, help="folder of files to serve instead of generated ones")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, PlainRegistry() as registry:
        paths = publish(registry, contents(options.corpus, options.seed))
        server = Server(Path(folder) / "server", settings=registry.settings).start()
        try:
            answers = {label: ask("GET", server.url + path) for label, path in paths.items()}
            failed = {label: answer.status for label, answer in answers.items() if answer.status != 200}
            assert not failed, failed
            bare_port = free_port()
            bodies = {path: answers[label].body for label, path in paths.items()}
            bare = get_context("spawn").Process(target=serve_bare, args=(bare_port, bodies), daemon=True)
            bare.start()
            wait_for(bare_port)
            report(options, paths, {label: len(answer.body) for label, answer in answers.items()}, server, bare_port)
            bare.terminate()
        finally:
            server.stop()
    return 0


def contents(corpus: Path | None, seed: int) -> dict[str, bytes]:
    """Label to bytes: the corpus' files, or random ones of the default sizes."""
    if corpus is not None:
        return {path.name: path.read_bytes() for path in sorted(corpus.iterdir()) if path.is_file()}
    source = random.Random(seed)
    return {label: source.randbytes(size) for label, size in DEFAULT_SIZES.items()}


def publish(registry: PlainRegistry, files: dict[str, bytes]) -> dict[str, str]:
    """Put each file under a package of its own; what to measure, as paths below the server's URL."""
    paths = {}
    for number, (label, content) in enumerate(files.items()):
        for release in range(30):
            registry.npm(f"bench-{number}", f"1.{release}.0", days=300 - release).content = content
        paths[f"{label}: listing"] = f"/main/npm/bench-{number}"
        paths[f"{label}: file"] = f"/main/npm/bench-{number}/-/bench-{number}-1.3.0.tgz"
    return paths


def report(
    options: argparse.Namespace, paths: dict[str, str], sizes: dict[str, int], server: Server, bare_port: int
) -> None:
    """Measure each path on both and print a line for it."""
    print(f"{'':32}{'bytes':>10}{'ours /s':>10}{'bare /s':>10}{'ratio':>8}{'p50 ms':>9}{'p99 ms':>9}")
    for label, path in paths.items():
        ours, bare = (
            uvloop.run(load(port, path, options.connections, options.seconds)) for port in (server.port, bare_port)
        )
        print(
            f"{label:32}{sizes[label]:>10}{ours.rate:>10.0f}{bare.rate:>10.0f}{ours.rate / bare.rate:>8.2f}"
            f"{ours.percentile(0.5):>9.1f}{ours.percentile(0.99):>9.1f}",
            flush=True,
        )


async def load(port: int, path: str, connections: int, seconds: float) -> Measured:
    """Keep that many connections busy for that long."""
    measured = Measured(seconds)
    end = time.perf_counter() + seconds
    await asyncio.gather(*(one_connection(port, path, end, measured) for _ in range(connections)))
    return measured


async def one_connection(port: int, path: str, end: float, measured: Measured) -> None:
    """Ask, wait for the whole answer, ask again."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=1 << 20)
    request = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode()
    while (began := time.perf_counter()) < end:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length:", 1)[1].split(b"\r\n", 1)[0])
        await reader.readexactly(length)
        measured.latencies.append(time.perf_counter() - began)
    writer.close()


def serve_bare(port: int, bodies: dict[str, bytes]) -> None:
    """The peer: no policy, no log, no disk."""

    async def handle(request: web.Request) -> web.Response:
        return web.Response(body=bodies[request.raw_path])

    application = web.Application()
    application.router.add_get("/{path:.*}", handle)
    uvloop.install()
    web.run_app(application, host="127.0.0.1", port=port, print=None, access_log=None)


def wait_for(port: int) -> None:
    """Return once somebody listens there."""
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


if __name__ == "__main__":
    sys.exit(main())
