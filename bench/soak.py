"""Does the server stay as it is? Mixed load for some minutes, while memory, descriptors and threads are watched.

    python3 dev.py bench soak [--minutes 10] [--workers 2] [--json]

Listings, files, 304s, cold names, missing names, refusals, uploads, revocations, wrong tokens, clients that stop
reading and clients that leave go on side by side. Every ten seconds each process of the server is looked at; what is
told is the slope over the last two thirds of the run. With --json the last line is one object with the figures. Exits
with 1 if anything grew more than it may.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
import socket
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import MB, Taken, look
from tests.harness import packages
from tests.harness.plain_registry import PlainRegistry
from tests.harness.publishing import put_npm
from tests.harness.server import Server, ask

EVERY = 10.0
FLAT = {"memory_mb": 10.0, "descriptors": 10.0, "threads": 4.0}
"""What may come in the time that is looked at: caches and pools of threads that still fill up, no leak of a request."""

NAMES = 100
"""Cold names, which are soon warm: what grows after that grows with every request."""

LARGE = 8 << 20
IN_TIME = 0.35
"""Seconds between two things that one client does; there are a dozen clients."""


class Load:
    """Clients that each do one kind of thing again and again, until it is over."""

    def __init__(self, server: Server, token: str) -> None:
        self._server, self._token = server, token
        self._over = threading.Event()
        self._numbers = itertools.count()
        self.answered: Counter[str] = Counter()
        self.unexpected: Counter[str] = Counter()

    def run(self, minutes: float) -> list[tuple[float, list[Taken]]]:
        """Go on for so long; what was seen of the processes, with the seconds since the start."""
        kinds: dict[str, Callable[[], int]] = {
            "listing": self._listing,
            "file": self._file,
            "not modified": self._not_modified,
            "cold": self._cold,
            "missing": self._missing,
            "refused": self._refused,
            "upload and revoke": self._upload_and_revoke,
            "wrong token": self._wrong_token,
            "stops reading": self._stop_reading,
            "leaves early": self._leave_early,
            "other index": self._python_page,
        }
        threads = [threading.Thread(target=self._again, args=kind, daemon=True) for kind in kinds.items()]
        for thread in threads:
            thread.start()
        seen = self._watch(minutes)
        self._over.set()
        for thread in threads:
            thread.join(60)
        return seen

    def _watch(self, minutes: float) -> list[tuple[float, list[Taken]]]:
        began, seen = time.monotonic(), []
        assert self._server.process is not None
        while (passed := time.monotonic() - began) < minutes * 60:
            seen.append((passed, look(self._server.process.pid)))
            time.sleep(EVERY)
        return seen

    def _again(self, kind: str, do: Callable[[], int]) -> None:
        while not self._over.wait(IN_TIME * random.uniform(0.1, 1.9)):
            try:
                status = do()
            except (OSError, AssertionError) as error:
                self.unexpected[f"{kind}: {type(error).__name__} {str(error)[:80]}"] += 1
                continue
            self.answered[kind] += 1
            if status >= 500:
                self.unexpected[f"{kind}: {status}"] += 1

    def _get(self, path: str, **headers: str) -> int:
        return ask("GET", self._server.url + path, self._token, headers=headers).status

    def _listing(self) -> int:
        return max(self._get(f"/main/npm/warm-{random.randrange(20)}") for _ in range(20))

    def _file(self) -> int:
        return max(self._get(f"/main/npm/warm-{number}/-/warm-{number}-1.0.0.tgz") for number in range(20))

    def _not_modified(self) -> int:
        first = ask("GET", f"{self._server.npm}/warm-1", self._token)
        return self._get("/main/npm/warm-1", **{"If-None-Match": first.headers.get("ETag", "")})

    def _cold(self) -> int:
        number = next(self._numbers)
        self._get(f"/main/npm/cold-{number % NAMES}")
        return self._get(f"/main/npm/cold-{number % NAMES}/-/cold-{number % NAMES}-1.0.0.tgz")

    def _missing(self) -> int:
        return self._get(f"/main/npm/none-{next(self._numbers)}")

    def _refused(self) -> int:
        return self._get("/main/npm/young/-/young-1.0.0.tgz")

    def _python_page(self) -> int:
        return self._get("/main/pypi/simple/warm/")

    def _wrong_token(self) -> int:
        return ask("GET", f"{self._server.npm}/warm-1", f"prq_wrong{next(self._numbers)}").status

    def _upload_and_revoke(self) -> int:
        number = next(self._numbers)
        name, version = f"ours-{number}", "1.0.0"
        status = put_npm(self._server.npm, self._token, name, version, packages.npm_tarball(name, version)).status
        assert status < 300, status
        body = json.dumps({"purl": f"pkg:npm/{name}@{version}", "reason": "soak"}).encode()
        headers = {"Content-Type": "application/json"}
        answer = ask("POST", f"{self._server.url}/api/v1/revoke", self._token, body=body, headers=headers)
        assert answer.status == 200, answer.text
        return self._get(f"/main/npm/{name}")

    def _stop_reading(self) -> int:
        """Ask for a long file, read a little, wait, leave."""
        with self._asking("/main/npm/large/-/large-1.0.0.tgz") as connection:
            got = connection.recv(1_000)
            self._over.wait(2)
        return int(got.split()[1])

    def _leave_early(self) -> int:
        with self._asking(f"/main/npm/cold-{next(self._numbers) % NAMES}"):
            return 200

    def _asking(self, path: str) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self._server.port), 30)
        host = f"127.0.0.1:{self._server.port}"
        head = [f"GET {path} HTTP/1.1", f"Host: {host}", f"Authorization: Bearer {self._token}", "", ""]
        connection.sendall("\r\n".join(head).encode())
        return connection


def main() -> int:
    """Start the server, load it, report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, PlainRegistry() as registry:
        _publish(registry)
        server = Server(Path(folder) / "server", settings=registry.settings, workers=options.workers).start()
        try:
            load = Load(server, server.token("soak", operations=("read", "publish", "revoke")))
            seen = load.run(options.minutes)
            requests = server.requests()
            failures = Counter(f"{one['status']} {one['path'][:40]}" for one in requests if one["status"] >= 500)
        finally:
            server.stop()
    figures = figures_of(seen) | {
        "requests": len(requests),
        "errors": sum(load.unexpected.values()),
        "5xx": sum(failures.values()),
    }
    figures["flat"] = int(is_flat(figures, options.minutes * 40))
    for name, number in figures.items():
        print(f"{name:36}{number:>12}")
    notes = [f"{kind}: {count}" for kind, count in (load.answered + load.unexpected + failures).items()]
    print("; ".join(notes), flush=True)
    if options.json:
        print(json.dumps({"bench": "soak", "figures": figures, "peers": {}, "notes": notes}))
    return 0 if figures["flat"] else 1


def figures_of(seen: list[tuple[float, list[Taken]]]) -> dict[str, float]:
    """Slopes by kind of process, over the last two thirds."""
    settled = [one for one in seen if one[0] >= seen[-1][0] / 3]
    kinds = sorted({process.kind for _, processes in settled for process in processes})
    figures: dict[str, float] = {}
    for kind in kinds:
        memory = [(at, sum(one.pss or one.rss for one in every if one.kind == kind) / MB) for at, every in settled]
        figures[f"memory_mb_per_hour_{kind}"] = round(_slope(memory) * 3_600, 1)
        figures[f"memory_mb_{kind}"] = round(memory[-1][1], 1)
    for name in ("descriptors", "threads"):
        points = [(at, float(sum(getattr(one, name) for one in every))) for at, every in settled]
        figures[f"{name}_slope"] = round(_slope(points) * 3_600, 1)
        figures[name] = points[-1][1]
    return figures


def is_flat(figures: dict[str, float], seconds: float) -> bool:
    """Whether nothing has grown in the time that was looked at; slopes are by the hour."""
    grown = {
        name: number * seconds / 3_600 for name, number in figures.items() if "slope" in name or "per_hour" in name
    }
    return all(
        number <= limit for kind, limit in FLAT.items() for name, number in grown.items() if name.startswith(kind)
    )


def _slope(points: list[tuple[float, float]]) -> float:
    """Of the straight line that fits best; 0 for a single point."""
    middle, height = (sum(one[axis] for one in points) / len(points) for axis in (0, 1))
    width = sum((at - middle) ** 2 for at, _ in points)
    return sum((at - middle) * (value - height) for at, value in points) / width if width else 0.0


def _publish(registry: PlainRegistry) -> None:
    for number in range(20):
        for version in range(30):
            registry.npm(f"warm-{number}", f"1.{version}.0", days=100)
    for number in range(NAMES):
        registry.npm(f"cold-{number}", "1.0.0", days=100)
    registry.npm("large", "1.0.0", days=100).content = bytes(LARGE)
    registry.npm("young", "1.0.0", days=0)
    registry.wheel("warm", "1.0.0", days=100)


if __name__ == "__main__":
    sys.exit(main())
