"""Networks of the bench's own: each node has a network namespace and a name, and one wire to everything else.

All of it lies in namespaces of the bench itself, so that nothing outside can be reached, met or left behind.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

CENTRE = "10.77.0.1"
"""Where PostgreSQL and the upstream listen; every node reaches it by its wire only."""

NETWORK = "10.77.0.0/16"
_INSIDE = "PRATIQUE_FAULTS_INSIDE"
_NEW_NETWORK, _NEW_NAME = 0x4000_0000, 0x0400_0000
_SPACES = ("--net", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc")


def enter() -> bool:
    """Run this program again inside namespaces of its own; whether that is so already.

    Returns only inside of them (True), or where this machine permits none (False).
    """
    if os.environ.get(_INSIDE):
        _run("ip", "link", "set", "lo", "up")
        _run("ip", "address", "add", f"{CENTRE}/32", "dev", "lo")
        Path("/proc/sys/net/ipv4/ip_forward").write_text("0")
        return True
    if os.geteuid() != 0 or not all(map(shutil.which, ("unshare", "ip", "nsenter"))):
        return False
    if subprocess.run(["unshare", *_SPACES, "true"], capture_output=True, check=False).returncode:
        return False
    os.environ[_INSIDE] = "yes"
    # The shell is the first process of the new namespace and buries the dead, which would seem to live otherwise.
    shell = ["sh", "-c", '"$@"; exit $?', "sh", sys.executable, *sys.argv]
    return os.execvp("unshare", ["unshare", *_SPACES, *shell])


class Wire:
    """The network namespace of one node. What listens on its 127.0.0.1 nobody else's 127.0.0.1 reaches."""

    def __init__(self, number: int) -> None:
        """Make it.

        Args:
            number: of the node, from 1.
        """
        self._link, self._inside, self._outside = f"back{number}", f"10.77.{number}.2", f"10.77.{number}.1"
        before = os.readlink("/proc/self/ns/net")
        self._holder = subprocess.Popen(["unshare", "--net", "--uts", "sleep", "infinity"])
        while os.readlink(f"/proc/{self._holder.pid}/ns/net") == before:
            time.sleep(0.01)
        pid = str(self._holder.pid)
        _run("ip", "link", "add", self._link, "type", "veth", "peer", "name", "back", "netns", pid)
        _run("ip", "address", "add", f"{self._outside}/24", "dev", self._link)
        _run("ip", "link", "set", self._link, "up")
        inside = ("nsenter", "--net", "--uts", "--target", pid)
        _run(*inside, "hostname", f"node-{number}")
        for words in (
            ("link", "set", "lo", "up"),
            ("address", "add", f"{self._inside}/24", "dev", "back"),
            ("link", "set", "back", "up"),
            ("route", "add", "default", "via", self._outside),
        ):
            _run(*inside, "ip", *words)
        self._spaces = [os.open(f"/proc/{pid}/ns/{kind}", os.O_RDONLY) for kind in ("net", "uts")]

    def cut(self) -> None:
        """Let nothing through, and tell neither side."""
        _run("ip", "link", "set", self._link, "down")

    def mend(self) -> None:
        """Let everything through again."""
        _run("ip", "link", "set", self._link, "up")

    def move_in(self) -> None:
        """Have the process that calls this belong to the namespace; for a child before it becomes a program."""
        for space, kind in zip(self._spaces, (_NEW_NETWORK, _NEW_NAME), strict=True):
            _enter(space, kind)

    def sockets(self) -> Callable[[Any], socket.socket]:
        """What makes sockets that talk to the node's own 127.0.0.1, for aiohttp's connector."""

        def make(address: Any) -> socket.socket:
            with self.inside():
                made = socket.socket(*address[:3])
            made.setblocking(False)  # noqa: FBT003 (the library's own name)
            return made

        return make

    @contextmanager
    def inside(self) -> Iterator[None]:
        """Let this thread make sockets there; they stay there."""
        home = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        try:
            _enter(self._spaces[0], _NEW_NETWORK)
            yield
        finally:
            _enter(home, _NEW_NETWORK)
            os.close(home)


def _enter(space: int, kind: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.setns(space, kind):
        raise OSError(ctypes.get_errno(), "a namespace cannot be entered")


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
