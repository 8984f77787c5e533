"""Mutation check: change the rules in every small way, and see that a test turns red each time.

    python tests/mutate_rules.py [--some] [FILE ...]

Every file of `src/pratique/rules` (or those named) is changed in one place at a time; the tests under
`tests/unit/rules` run on the changed module in a process of its own. A change that no test notices is a
survivor and fails the check, unless it is listed in `tests/mutation/equivalent.py` as changing nothing
that could be noticed. A listed change that is noticed, or no longer exists, fails it too. With `--some` every
third change is tried, always the same ones of the same code.
"""

from __future__ import annotations

import ast
import gc
import importlib.abc
import importlib.util
import os
import pkgutil
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]

from tests.mutation.equivalent import EQUIVALENT  # noqa: E402 - the path comes first
from tests.mutation.mutants import Mutant, mutants_of  # noqa: E402

RULES = ROOT / "src" / "pratique" / "rules"
TESTS = Path("tests/unit/rules")
SLOW = TESTS / "test_properties.py"
"""Looks for what nobody thought of; what a rule says is pinned by the tests beside it."""

SOME = "--some"
SECONDS = 30
PLUGINS = ("hypothesis", "pytest_asyncio", "pytest_timeout")
OPTIONS = ["-x", "-q", "--tb=no", "--assert=plain", "-p", "no:cacheprovider", f"--timeout={SECONDS}"]
OPTIONS += [word for name in PLUGINS[1:] for word in ("-p", f"{name}.plugin" if name == "pytest_asyncio" else name)]
KILLED = {pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.INTERRUPTED}
SURVIVED = pytest.ExitCode.OK
PRELOADED = ("pratique.core", "pratique.formats", "pratique.ecosystems")
"""Rooms below the rules: none of their modules knows one, so that what is changed is never loaded too early."""


class Changed(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Gives one module another content."""

    def __init__(self, module: str, tree: ast.Module) -> None:
        self.module, self.tree = module, tree

    def find_spec(self, fullname, path=None, target=None):
        return importlib.util.spec_from_loader(fullname, self) if fullname == self.module else None

    def exec_module(self, module):
        exec(compile(self.tree, f"<mutant of {self.module}>", "exec"), module.__dict__)


def main(words: list[str]) -> int:
    names = [word for word in words if word != SOME]
    files = [path for path in sorted(RULES.glob("*.py")) if not names or path.name in names]
    mutants = [mutant for path in files for mutant in mutants_of(path, ROOT) if SOME not in words or is_drawn(mutant)]
    started = time.monotonic()
    preload()
    if test_in_child(None) != SURVIVED:
        say("the tests fail before anything is changed")
        return 1
    survivors = run_all(mutants)
    say(f"{len(mutants)} mutants of {len(files)} files in {time.monotonic() - started:.0f} s")
    return report(mutants, survivors, whole=not words)


def is_drawn(mutant: Mutant) -> bool:
    return zlib.crc32(mutant.key.encode()) % 3 == 0


def preload() -> None:
    """Load once what every child needs, and let no collector walk over it: a child lives for a quarter of a second."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for room in PRELOADED:
        for found in pkgutil.walk_packages(importlib.import_module(room).__path__, f"{room}."):
            importlib.import_module(found.name)
    for name in (*PLUGINS, "structlog"):
        importlib.import_module(name)
    assert not any(name.startswith("pratique.rules") for name in sys.modules)
    gc.disable()
    gc.freeze()


def report(mutants: list[Mutant], survivors: list[Mutant], *, whole: bool) -> int:
    unexpected = [mutant for mutant in survivors if mutant.key not in EQUIVALENT]
    alive = {mutant.key for mutant in survivors}
    stale = [key for key in EQUIVALENT if whole and key not in alive]
    for mutant in unexpected:
        say(f"SURVIVED {mutant.file}:{mutant.line}  {mutant.key}")
    for key in stale:
        say(f"LISTED AS EQUIVALENT, BUT NOTICED OR GONE  {key}")
    noticed, listed = len(mutants) - len(survivors), len(survivors) - len(unexpected)
    say(f"{noticed} noticed, {listed} listed as equivalent, {len(unexpected)} survived")
    return 1 if unexpected or stale else 0


def run_all(mutants: list[Mutant]) -> list[Mutant]:
    """Run as many at a time as there are processors; the survivors, in order."""
    waiting, running, survivors = list(reversed(mutants)), {}, []
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 1):
            mutant = waiting.pop()
            running[start_child(mutant)] = mutant
        pid, status = os.wait()
        mutant = running.pop(pid)
        code = os.waitstatus_to_exitcode(status)
        if code == SURVIVED:
            survivors.append(mutant)
        elif code not in KILLED:
            raise SystemExit(f"{mutant.file}:{mutant.line} {mutant.key}: the tests ended with {code}")
    return sorted(survivors, key=lambda mutant: (mutant.file, mutant.line))


def test_in_child(mutant: Mutant | None) -> int:
    _, status = os.waitpid(start_child(mutant), 0)
    return os.waitstatus_to_exitcode(status)


def start_child(mutant: Mutant | None) -> int:
    """Fork; the child has libraries and rooms below loaded, and loads rules and tests itself."""
    pid = os.fork()
    if pid:
        return pid
    code = pytest.ExitCode.INTERNAL_ERROR
    try:
        code = run_tests(mutant)
    finally:
        os._exit(code)


def run_tests(mutant: Mutant | None) -> int:
    os.chdir(ROOT)
    quiet = os.open(os.devnull, os.O_WRONLY)
    os.dup2(quiet, 1)
    os.dup2(quiet, 2)
    if mutant is not None:
        sys.meta_path.insert(0, Changed(f"pratique.rules.{Path(mutant.file).stem}", mutant.tree()))
    code = SURVIVED
    for files in test_files(mutant):
        code = pytest.main([*OPTIONS, *map(str, files)])
        if code != SURVIVED:
            break
    return code


def test_files(mutant: Mutant | None) -> Iterator[list[Path]]:
    """Those of the changed module alone, as they are the likeliest to notice; then the others, if they did not."""
    own = TESTS / f"test_{Path(mutant.file).stem}.py" if mutant else None
    if own is not None and (ROOT / own).exists():
        yield [own]
    every = sorted(path.relative_to(ROOT) for path in (ROOT / TESTS).glob("test_*.py"))
    yield [path for path in every if path not in (own, SLOW)]


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
