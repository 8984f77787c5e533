"""Programs run as a stranger would run them: own home, own cache, none of this machine's configuration."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Result:
    """What a program printed and how it ended.

    Attributes:
        shown: everything a person sees in the terminal, standard output first.
    """

    code: int
    stdout: str
    stderr: str

    @property
    def failed(self) -> bool:
        return self.code != 0

    @property
    def shown(self) -> str:
        return self.stdout + self.stderr

    def must(self) -> Result:
        """Itself, if the program succeeded; else an assertion that shows what it printed."""
        assert not self.failed, f"exit code {self.code}\n{self.shown}"
        return self


def stranger(home: Path, **variables: str) -> dict[str, str]:
    """An environment with a home of its own and nothing of ours but the path to the programs."""
    home.mkdir(parents=True, exist_ok=True)
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "XDG_CONFIG_DIRS": str(home / "etc"),
        "XDG_CACHE_HOME": str(home / ".cache"),
        "XDG_DATA_HOME": str(home / ".local" / "share"),
        "TMPDIR": str(_made(home / "tmp")),
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "NO_PROXY": "127.0.0.1,localhost",
        **variables,
    }


def run(
    command: Sequence[str | Path], cwd: Path, environment: Mapping[str, str], *, answer: str = "", seconds: float = 120
) -> Result:
    """Run a program to its end; one that takes too long counts as failed and shows what it printed so far."""
    try:
        done = subprocess.run(
            list(map(str, command)),
            cwd=cwd,
            env=dict(environment),
            input=answer,
            text=True,
            encoding="utf-8",
            errors="replace",
            capture_output=True,
            timeout=seconds,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        return Result(-1, _text(late.stdout), f"{_text(late.stderr)}\nstill running after {seconds} s")
    return Result(done.returncode, done.stdout, done.stderr)


def _text(output: bytes | str | None) -> str:
    return output.decode("utf-8", "replace") if isinstance(output, bytes) else output or ""


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
