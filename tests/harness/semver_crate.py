"""The semver crate, which orders versions inside cargo, as Debian packages it; compiled once and asked by lines."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.harness.clients import program
from tests.harness.process import Result, run

PACKAGE = "librust-semver-dev"
REGISTRY = Path("/usr/share/cargo/registry")
QUESTIONS = Path(__file__).with_name("semver_says.rs")


class SemverCrate:
    """A small program around the crate, built in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        library = [_source() / "src" / "lib.rs", "--crate-type", "rlib", "--crate-name", "semver"]
        self._compile(*library, "--edition", "2018", "--cap-lints", "allow")
        self._compile(QUESTIONS, "--edition", "2021", "--extern", "semver=libsemver.rlib", "-o", "says")

    def says(self, questions: Iterable[Sequence[str]]) -> list[str]:
        """One answer to each question, such as `("order", "1.0.0", "1.0.1")`."""
        asked = "".join("\t".join(question) + "\n" for question in questions)
        answers = run([self._folder / "says"], self._folder, os.environ, answer=asked).must()
        return answers.stdout.splitlines()

    def _compile(self, *arguments: str | Path) -> None:
        run([program("rustc"), *arguments], self._folder, os.environ).must()


def _source() -> Path:
    """Where the crate's source lies, installed if it is missing; a machine without it fails by name."""
    found = _installed()
    if found is None:
        shown = _install().shown.strip()
        found = _installed()
        assert found is not None, (
            f"Debian's {PACKAGE} holds the semver crate with which versions are compared here; it is not installed "
            f"below {REGISTRY}, and apt-get could not install it: {shown[-500:] or 'it said nothing'}"
        )
    return found


def _installed() -> Path | None:
    return next((path for path in sorted(REGISTRY.glob("semver-1.*")) if (path / "src" / "lib.rs").is_file()), None)


def _install() -> Result:
    """Ask apt, with fresh lists only where the present ones do not do."""
    apt = program("apt-get")
    install = [apt, "install", "--yes", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=60", PACKAGE]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    first = run(install, Path("/"), environment)
    if not first.failed:
        return first
    run([apt, "update", "--quiet"], Path("/"), environment)
    return run(install, Path("/"), environment)
