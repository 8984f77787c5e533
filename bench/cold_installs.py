"""How long 32 machines that have nothing yet wait for their packages, when all of them install at once.

    python3 dev.py bench cold_installs [--json] [--installs N] [--rounds N]

`npm ci` of 20 packages and `pip install` of 20 others, each install in a home of its own with empty caches: through a
server that has everything already (ours, Verdaccio for npm, devpi for Python), and straight from the bench's upstream.
All of it runs on this machine, and clients take most of its time: so besides the seconds until the last install is
done, the CPU time that the server took for one install is told. Targets take turns; figures are medians of the rounds.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.processes import Program, cpu_seconds
from bench.serving import ours, packages, peers
from bench.serving.bars import Found
from tests.harness.process import stranger
from tests.harness.server import free_port

NPM = [f"tree-{number}" for number in range(20)]
PYTHON = [name for name in packages.PAGES if name.startswith("tool-")]
SEED = 1
PATIENCE = 600


@dataclass(frozen=True)
class Target:
    """Where to install from.

    Attributes:
        pids: processes of the server.
    """

    name: str
    url: str
    pids: Callable[[], Sequence[int]]


@dataclass(frozen=True)
class Took:
    """What all installs of one round took: seconds until the last was done, the server's CPU seconds."""

    seconds: float
    cpu: float


Command = Callable[[str, Path], list[str]]
"""(URL, an empty folder) to what installs into the folder."""


def npm_ci(url: str, folder: Path) -> list[str]:
    """`npm ci` of a lock without addresses: npm asks for each listing, then for the tarball."""
    package = {"name": "app", "version": "1.0.0", "dependencies": dict.fromkeys(NPM, "1.4.0")}
    locked = {f"node_modules/{name}": {"version": "1.4.0", "integrity": _integrity(name)} for name in NPM}
    lock = {"name": "app", "version": "1.0.0", "lockfileVersion": 3, "packages": {"": package, **locked}}
    (folder / "package.json").write_text(json.dumps(package))
    (folder / "package-lock.json").write_text(json.dumps(lock))
    quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel", "error"]
    return [shutil.which("npm") or "npm", "ci", "--registry", url, *quiet]


def _integrity(name: str) -> str:
    document = json.loads(packages.packument(name, "", SEED))
    integrity: str = document["versions"]["1.4.0"]["dist"]["integrity"]
    return integrity


def pip_install(url: str, folder: Path) -> list[str]:
    """`pip install` into an empty folder."""
    options = [
        "--isolated",
        "--no-cache-dir",
        "--disable-pip-version-check",
        "--quiet",
        "--target",
        str(folder / "into"),
    ]
    return [sys.executable, "-m", "pip", "install", *options, "--index-url", url, *PYTHON]


def main() -> int:
    """Install, and tell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="end with one line of JSON")
    parser.add_argument("--installs", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    found, folder = Found(), Path(tempfile.mkdtemp(prefix="bench-cold-"))
    try:
        with targets(folder, found) as (npm, python):
            for what, command, among in (("npm_ci", npm_ci, npm), ("pip_install", pip_install, python)):
                told = measure(folder / what, command, among, options.installs, options.rounds)
                tell(found, what, told, options.installs)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    print(f"\n{found.summary()}")
    if options.json:
        print(found.as_json("cold_installs"))
    return 0


@contextmanager
def targets(folder: Path, found: Found) -> Iterator[tuple[list[Target], list[Target]]]:
    """The upstream and all servers in front of it; those for npm, and those for pip."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        words = [sys.executable, "-m", "bench.serving.upstream", str(port), "0", str(SEED)]
        upstream = stack.enter_context(Program(words, port, None, output=folder / "upstream", cwd=peers.ROOT))
        server = ours.make_server(folder / "ours", url)
        server.start()
        stack.callback(server.stop)
        npm = [
            Target("direct", f"{url}/npm", lambda: upstream.pids),
            Target("ours", server.npm, lambda: ours.all_pids(server)),
        ]
        python = [
            Target("direct", f"{url}/pypi/simple/", lambda: upstream.pids),
            Target("ours", f"{server.pypi}/simple/", lambda: ours.all_pids(server)),
        ]
        installed = peers.place("verdaccio", found.notes)
        if installed is not None:
            one = stack.enter_context(peers.verdaccio(installed, folder / "verdaccio", url, None))
            npm.append(Target("verdaccio", f"http://127.0.0.1:{one.port}", lambda: one.pids))
        installed = peers.place("devpi", found.notes)
        if installed is not None:
            other = stack.enter_context(peers.devpi(installed, folder / "devpi", None))
            index = peers.mirror(other.port, url)
            python.append(Target("devpi", f"http://127.0.0.1:{other.port}{index}/+simple/", lambda: other.pids))
        yield npm, python


def measure(
    folder: Path, command: Command, among: Sequence[Target], installs: int, rounds: int
) -> dict[str, list[Took]]:
    """So many installs at once from each target in turn; one before that makes the servers warm."""
    for target in among:
        install(folder / "warm", command, target, 1)
    told: dict[str, list[Took]] = {target.name: [] for target in among}
    for _ in range(rounds):
        for target in among:
            told[target.name].append(install(folder / target.name, command, target, installs))
    return told


def install(folder: Path, command: Command, target: Target, installs: int) -> Took:
    """Install so often at once.

    Raises:
        RuntimeError: one failed; with what it printed.
    """
    places = [folder / str(number) for number in range(installs)]
    for place in places:
        place.mkdir(parents=True)
    words = [command(target.url, place) for place in places]
    before, began = cpu_seconds(target.pids()), time.monotonic()
    running = [
        subprocess.Popen(
            some,
            cwd=place,
            env=stranger(place / "home", PYTHONPATH="", PATH=os.environ["PATH"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        for some, place in zip(words, places, strict=True)
    ]
    said = [process.communicate(timeout=PATIENCE)[0] for process in running]
    took = Took(time.monotonic() - began, cpu_seconds(target.pids()) - before)
    for process, text in zip(running, said, strict=True):
        if process.returncode != 0:
            raise RuntimeError(f"installing from {target.name} failed: {text.decode(errors='replace')[-2000:]}")
    shutil.rmtree(folder)
    return took


def tell(found: Found, what: str, told: dict[str, list[Took]], installs: int) -> None:
    """Put the figures of all targets into words."""
    direct = told["direct"]
    found.put(f"{what}_direct_s", median(one.seconds for one in direct), 2)
    for name, rounds in told.items():
        if name == "direct":
            continue
        seconds = median(one.seconds for one in rounds)
        ratio = median(one.seconds / other.seconds for one, other in zip(rounds, direct, strict=True))
        cpu_ms = median(one.cpu for one in rounds) * 1_000 / installs
        prefix = what if name == "ours" else f"{name}_{what}"
        found.put(f"{prefix}_s", seconds, 2)
        found.put(f"{prefix}_ratio_direct", ratio, 2)
        found.put(f"{prefix}_server_cpu_ms", cpu_ms, 1)
        if name != "ours":
            found.peers.setdefault(name, {}).update(
                {f"{what}_s": round(seconds, 2), f"{what}_server_cpu_ms": round(cpu_ms, 1)}
            )


if __name__ == "__main__":
    sys.exit(main())
