#!/usr/bin/env python3
"""The whole developer interface: `python3 dev.py up | test | bench | lint | lock`. Standard library only.

Everything it installs goes into `.venv` beside this file, from hashed locks; nothing else on the machine changes.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests import stock_clients, stock_postgresql, stock_seaweedfs

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
STAMP = VENV / ".installed"
LOWEST = (3, 11)
LINTERS = (
    ("ruff check", ("ruff", "check", ".")),
    ("ruff format", ("ruff", "format", "--check", ".")),
    ("mypy", ("mypy",)),
    ("import contracts", ("lint-imports", "--no-cache")),
)
OFFLINE = ("tests/arch", "tests/unit", "tests/protocol", "tests/stores", "tests/flows")
STOCK_CLIENTS = "tests/clients"
PYTHON_CLIENTS = ("pip-oldest", "poetry", "hatch")
PEERS_LOCK = ROOT / "locks" / "peers-npm"
MUTATION_CHECK = "tests/mutate_rules.py"
PARALLEL = ("-n", "3", "--dist", "loadfile")
"""One more than the cores of a small machine: tests wait for processes and disks a quarter of their time."""

UNSTEADY = 2
"""So many failures of a suite are looked at once more, each alone: a busy machine fails now and then, a fault twice."""


class Tally:
    """How many checks passed, failed and were skipped so far, and which failed, or passed only when run again."""

    def __init__(self) -> None:
        self.passed = self.skipped = 0
        self.failures: list[str] = []
        self.unsteady: list[str] = []

    def add(self, name: str, *, passed: bool) -> None:
        """Count one check."""
        if passed:
            self.passed += 1
        else:
            self.failures.append(name)

    def add_report(self, path: Path) -> None:
        """Count the test cases of a JUnit report that pytest wrote."""
        for case in ElementTree.parse(path).getroot().iter("testcase"):
            children = {child.tag for child in case}
            if "skipped" in children:
                self.skipped += 1
            else:
                name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name')}"
                self.add(name, passed=not children & {"failure", "error"})

    def take_back(self, name: str) -> None:
        """Count a failure that did not come again as passed, and remember it to be mended."""
        self.failures.remove(name)
        self.unsteady.append(name)
        self.passed += 1

    def close(self) -> int:
        """Print the failures and, as the last line, the summary; return the exit code."""
        for name in self.unsteady:
            print(f"UNSTEADY {name}: it failed, and passed when run again alone; find out why")
        for name in self.failures:
            print(f"FAILED {name}")
        print(f"{self.passed} passed, {len(self.failures)} failed, {self.skipped} skipped", flush=True)
        return 1 if self.failures else 0


def main(arguments: list[str]) -> int:
    """Run one command; returns its exit code."""
    parser = argparse.ArgumentParser(prog="dev.py", description=__doc__, allow_abbrev=False)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("up", help="start Pratique; what follows is passed on to `pratique up`", add_help=False)
    test = commands.add_parser("test", help="everything offline, or only the given paths", allow_abbrev=False)
    test.add_argument("--strict", action="store_true", help="also stock clients, live installs, a third of the mutants")
    test.add_argument("--all", action="store_true", help="as --strict, and the long runs, and all mutants")
    test.add_argument("paths", nargs="*", help="files or folders under tests/")
    bench = commands.add_parser("bench", help="run bench/NAME.py; what follows is passed on", add_help=False)
    bench.add_argument("name")
    commands.add_parser("lint", help="ruff, mypy and the import contracts")
    commands.add_parser("lock", help="write locks/ anew; what follows (--upgrade) is passed on to `uv pip compile`")
    known, rest = parser.parse_known_args(arguments)
    if rest and known.command not in ("up", "bench", "lock"):
        parser.error(f"unknown: {' '.join(rest)}")
    if known.command == "up":
        return up(rest)
    if known.command == "test":
        return run_tests(known.paths, strict=known.strict or known.all, long=known.all)
    if known.command == "bench":
        return run_bench(known.name, rest)
    if known.command == "lock":
        return lock(rest)
    return lint()


def up(rest: list[str]) -> int:
    """Start the server in the foreground with its own signal handling; it needs no tools for tests."""
    prepare("run")
    sys.stdout.flush()
    os.execv(BIN / "pratique", ["pratique", "up", *rest])


def lint() -> int:
    """Run every linter, also after one has failed."""
    prepare("test")
    tally = Tally()
    run_linters(tally)
    return tally.close()


def run_linters(tally: Tally) -> None:
    """Run each linter and count it as one check."""
    for name, (program, *options) in LINTERS:
        print(f"== {name}", flush=True)
        tally.add(name, passed=subprocess.call([BIN / program, *options], cwd=ROOT) == 0)


def run_tests(paths: list[str], *, strict: bool, long: bool) -> int:
    """Run the suites; with paths only those tests."""
    prepare("test")
    tally = Tally()
    tally.add("PostgreSQL", passed=stock_postgresql.prepare(PYTHON, install_locked))
    tally.add("SeaweedFS", passed=stock_seaweedfs.prepare(PYTHON, install_locked))
    marks = "" if long else "not long"
    if paths:
        if any(path.startswith(STOCK_CLIENTS) for path in paths):
            prepare_clients(tally)
        run_pytest(tally, paths, marks)
        return tally.close()
    with ExitStack() as together:
        for name, (program, *options) in LINTERS:
            together.enter_context(beside(tally, name, [BIN / program, *options]))
        run_pytest(tally, list(OFFLINE), f"{marks} and not live".removeprefix(" and "), PARALLEL)
    if strict:
        prepare_clients(tally)
        with beside(tally, "mutation check", [PYTHON, MUTATION_CHECK, *(() if long else ("--some",))]):
            run_pytest(tally, [STOCK_CLIENTS], marks, (*PARALLEL, "--no-loadscope-reorder"))
    return tally.close()


@contextmanager
def beside(tally: Tally, name: str, command: list[str | Path]) -> Iterator[None]:
    """Run a check while others run, in what they leave of the processors; it is told of and counted when it ended."""
    nice: list[str | Path] = ["nice", "-n", "5"] if shutil.which("nice") else []
    with tempfile.TemporaryFile() as output:
        check = subprocess.Popen([*nice, *command], cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        try:
            yield
            passed = check.wait() == 0
        finally:
            check.kill()
            check.wait()
        output.seek(0)
        print(f"== {name}", output.read().decode(errors="replace"), sep="\n", flush=True)
    tally.add(name, passed=passed)


def prepare_clients(tally: Tally) -> None:
    """Install the stock clients that are missing, and count each as one check: a missing one fails by its name."""
    print("== stock clients", flush=True)
    for name, there in stock_clients.prepare(PYTHON, install_locked):
        tally.add(f"stock client {name}", passed=there)


def install_locked(python: Path, lock: Path) -> None:
    """Install what a lock says into the environment of an interpreter. Raises CalledProcessError."""
    command = [*installer(python), "--require-hashes", "-r", lock]
    subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True)


def run_pytest(tally: Tally, paths: list[str], marks: str, options: tuple[str, ...] = ()) -> None:
    """Run pytest once and count its cases; a run that could not even start counts as one failure."""
    print(f"== pytest {' '.join(paths)}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        selection = ("-m", marks) if marks else ()
        command = [PYTHON, "-m", "pytest", "-q", "--tb=native", *options, *selection, *paths, f"--junitxml={report}"]
        code = subprocess.call(command, cwd=ROOT)
        before = len(tally.failures)
        if report.is_file():
            tally.add_report(report)
        failed = tally.failures[before:]
        if code != 0 and not failed:
            tally.add(f"pytest {' '.join(paths)} (exit code {code})", passed=False)
    if len(failed) <= UNSTEADY:
        for name in failed:
            run_again(tally, name)


def run_again(tally: Tally, name: str) -> None:
    """Run a test that failed once more, alone."""
    is_test = (ROOT / name.partition("::")[0]).is_file()
    if is_test and subprocess.call([PYTHON, "-m", "pytest", "-q", name], cwd=ROOT) == 0:
        tally.take_back(name)


def run_bench(name: str, rest: list[str]) -> int:
    """Run one benchmark in the foreground."""
    script = ROOT / "bench" / f"{name}.py"
    if not script.is_file():
        names = ", ".join(sorted(path.stem for path in (ROOT / "bench").glob("*.py"))) or "none yet"
        print(f"there is no benchmark {name!r}; there are: {names}", file=sys.stderr)
        return 2
    prepare("test")
    return subprocess.call([PYTHON, script, *rest], cwd=ROOT)


def lock(rest: list[str]) -> int:
    """Write the locks anew: hashed, for every platform, without the address of any index."""
    prepare("test")
    options = [
        "--quiet",
        "--universal",
        "--python-version",
        "3.11",
        "--generate-hashes",
        "--no-emit-index-url",
        "--no-annotate",
    ]
    command: list[str | Path] = [
        BIN / "uv",
        "pip",
        "compile",
        *options,
        "--custom-compile-command",
        "python3 dev.py lock",
        *rest,
    ]
    test, run = lock_file("test"), lock_file("run")
    subprocess.run([*command, "pyproject.toml", "--group", "test", "-o", test], cwd=ROOT, check=True)
    # The shorter lock is held to the versions of the longer one, so that what is tested is what runs.
    shorter: list[str | Path] = ["pyproject.toml", "--group", "install", "--constraint", test, "-o", run]
    subprocess.run([*command, *shorter], cwd=ROOT, check=True)
    apart = {f"client-{name}": lock_file(f"clients-{name}") for name in PYTHON_CLIENTS}
    apart["postgresql"] = lock_file("postgresql")
    apart["seaweedfs"] = lock_file("seaweedfs")
    apart["peer-devpi"] = lock_file("peers-devpi")
    apart["peer-guarddog"] = lock_file("peers-guarddog")
    for group, path in apart.items():
        subprocess.run([*command, "--group", group, "-o", path], cwd=ROOT, check=True)
    npm_locks = [lock_npm(folder, upgrade="--upgrade" in rest) for folder in (stock_clients.NPM_LOCK, PEERS_LOCK)]
    locks = [test, run, *apart.values(), *npm_locks]
    addressed = [path.name for path in locks if "://" in path.read_text(encoding="utf-8")]
    if addressed:
        print(f"{', '.join(addressed)} holds an address; locks must hold none", file=sys.stderr)
        return 1
    return 0


def lock_npm(folder: Path, *, upgrade: bool) -> Path:
    """Write the lock of a package.json: integrity of every file, the address of none."""
    path = folder / "package-lock.json"
    if upgrade:
        path.unlink(missing_ok=True)
    options = ["--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
    subprocess.run(["npm", "install", *options, "--omit-lockfile-registry-resolved"], cwd=folder, check=True)
    document = json.loads(path.read_text(encoding="utf-8"))
    for package in document["packages"].values():
        package.pop("funding", None)
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return path


def lock_file(name: str) -> Path:
    """Where a lock stands."""
    return ROOT / "locks" / f"{name}.txt"


def prepare(name: str) -> None:
    """Make `.venv` hold what a lock says and this project; does nothing when it already does."""
    if STAMP.is_file() and is_enough(STAMP.read_text(encoding="utf-8"), name):
        return
    began = time.monotonic()
    print(f"installing locks/{name}.txt into {VENV} ...", flush=True)
    if not runs_new_enough(PYTHON):
        shutil.rmtree(VENV, ignore_errors=True)
        run_quietly([find_python(), "-m", "venv", VENV])
    STAMP.unlink(missing_ok=True)
    install("--require-hashes", "-r", lock_file(name))
    install("--no-deps", "--no-build-isolation", "-e", ROOT)
    STAMP.write_text(fingerprint(name), encoding="utf-8")
    print(f"installed in {time.monotonic() - began:.0f} s", flush=True)


def is_enough(installed: str, name: str) -> bool:
    """Whether what was installed serves for a lock: the one for tests holds all of the one for running."""
    return installed in {fingerprint(name), fingerprint("test")}


def install(*arguments: str | Path) -> None:
    """Install into `.venv`."""
    run_quietly([*installer(PYTHON), *arguments])


def installer(python: Path) -> list[str | Path]:
    """The command that installs for an interpreter: the machine's uv, else the pip of `.venv`, else its uv."""
    uv = shutil.which("uv") or ("" if has_pip() else str(BIN / "uv"))
    if uv:
        return [uv, "pip", "install", "--quiet", "--python", python]
    return [PYTHON, "-m", "pip", "--python", python, "install", "--quiet", "--disable-pip-version-check"]


def has_pip() -> bool:
    """Whether `.venv` can install by pip; one that uv made cannot."""
    return subprocess.run([PYTHON, "-m", "pip", "--version"], capture_output=True, check=False).returncode == 0


def run_quietly(command: list[str | Path]) -> None:
    """Run a command and show its output only if it fails."""
    done = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{done.stdout}{done.stderr}\n`{' '.join(map(str, command))}` failed; mend that and start again")


def find_python() -> str:
    """A Python that is new enough, the one running this first.

    On exit: a sentence, if the machine has none.
    """
    names = [sys.executable, *(f"python3.{minor}" for minor in range(11, 20)), "python3", "python"]
    homes = [Path.home() / ".pyenv" / "versions", Path.home() / ".local" / "share" / "uv" / "python"]
    names += [str(path) for home in homes for path in sorted(home.glob("*/bin/python3"))]
    for name in names:
        path = shutil.which(name)
        if path and runs_new_enough(Path(path)):
            return path
    sys.exit(
        f"Pratique needs Python {LOWEST[0]}.{LOWEST[1]} or later, and none was found: install one, then run this again"
    )


def runs_new_enough(python: Path) -> bool:
    """Whether this interpreter starts, has venv, and is new enough."""
    question = f"import sys, venv, ensurepip; sys.exit(sys.version_info < {LOWEST})"
    try:
        return subprocess.run([python, "-c", question], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def fingerprint(name: str) -> str:
    """Changes with a lock and the project file, and when this checkout is moved, as the install names its path."""
    parts = [lock_file(name).read_bytes(), (ROOT / "pyproject.toml").read_bytes(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
