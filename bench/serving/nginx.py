"""nginx with the same bytes as files: the measure of what one core can give away."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from bench.processes import Program
from tests.harness.server import free_port

_WRITTEN = 1_700_000_000
"""All files have this time, so that their ETag is known."""

_CONFIGURATION = """
daemon off; worker_processes 1; user root; pid {folder}/nginx.pid; error_log stderr error;
events {{ worker_connections 1024; }}
http {{
  access_log off; default_type application/json; keepalive_requests 100000000; tcp_nodelay on;
  client_body_temp_path {folder}/t1; proxy_temp_path {folder}/t2; fastcgi_temp_path {folder}/t3;
  uwsgi_temp_path {folder}/t4; scgi_temp_path {folder}/t5;
  server {{ listen 127.0.0.1:{sendfile}; root {folder}/www; sendfile on; }}
  server {{ listen 127.0.0.1:{buffers}; root {folder}/www; sendfile off; output_buffers 2 1m; }}
}}
"""


class Nginx:
    """One worker on the servers' core.

    Attributes:
        sendfile: port where files go by sendfile.
        buffers: port where they are read a megabyte at a time.
    """

    def __init__(self, folder: Path, core: int) -> None:
        self._folder, self._core = folder, core
        self._www = folder / "www"
        self._www.mkdir(parents=True)
        folder.chmod(0o755)
        self.sendfile, self.buffers = free_port(), free_port()

    def put(self, files: Mapping[str, bytes]) -> None:
        """Make files of what is to be served below `/`."""
        for name, content in files.items():
            path = self._www / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            os.utime(path, (_WRITTEN, _WRITTEN))

    def etag(self, name: str) -> str:
        """What nginx names a file by."""
        return f'"{_WRITTEN:x}-{(self._www / name).stat().st_size:x}"'

    def start(self) -> Program:
        """The program, to be entered."""
        written = self._folder / "nginx.conf"
        text = _CONFIGURATION.format(folder=self._folder, sendfile=self.sendfile, buffers=self.buffers)
        written.write_text(text)
        command = [str(shutil.which("nginx")), "-p", self._folder, "-c", written, "-e", self._folder / "errors"]
        return Program(command, self.sendfile, self._core, output=self._folder / "output")
