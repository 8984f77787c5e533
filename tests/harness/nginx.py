"""nginx as a document configures it, on a free port of this machine."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.harness.server import free_port

_PATIENCE = 20.0


class Nginx:
    """Runs while the `with` lasts."""

    def __init__(self, folder: Path, document: Path, instead: Mapping[str, str]) -> None:
        """Prepare.

        Args:
            folder: for everything it writes.
            document: its one nginx block is the configuration.
            instead: text of the block -> what stands there in a test; all of it must be there.
        """
        self.port, self.folder = free_port(), folder
        (block,) = re.findall(r"^```nginx\n(.*?)^```", document.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        for text, other in {"listen 443 ssl": f"listen 127.0.0.1:{self.port} ssl", **instead}.items():
            assert text in block, f"{document.name} says no more {text!r}"
            block = block.replace(text, other)
        places = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = "\n".join(f"{name}_temp_path {folder / name};" for name in places)
        user = "user root;" if os.geteuid() == 0 else ""
        head = f"{user}\ndaemon off;\npid {folder / 'pid'};\nerror_log {folder / 'error.log'};\nworker_processes 1;"
        (folder / "nginx.conf").write_text(f"{head}\nevents {{}}\nhttp {{\naccess_log off;\n{temporary}\n{block}}}\n")
        self._process: subprocess.Popen[bytes] | None = None

    @staticmethod
    def is_here() -> bool:
        """Whether this machine has it."""
        return shutil.which("nginx") is not None

    def __enter__(self) -> Self:
        log = self.folder / "error.log"
        command = ["nginx", "-e", str(log), "-p", str(self.folder), "-c", str(self.folder / "nginx.conf")]
        with (self.folder / "terminal").open("wb") as terminal:
            self._process = subprocess.Popen(command, stdout=terminal, stderr=terminal)
        until = time.monotonic() + _PATIENCE
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            if self._process.poll() is not None or time.monotonic() > until:
                self.__exit__(None, None, None)
                raise AssertionError(f"nginx does not start:\n{(self.folder / 'terminal').read_text()}")
            time.sleep(0.05)

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None
