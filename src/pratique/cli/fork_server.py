"""The process that has loaded the whole program and splits off children, so that none has to load it again.

It has one thread and opens nothing, which is what makes forking it safe. Started and spoken to by `cli.forks` only.
"""

from __future__ import annotations

import gc
import importlib
import os
import selectors
import signal
import socket
import sys
from contextlib import suppress
from typing import NoReturn

import msgspec

from pratique.cli.child import be
from pratique.cli.orders import MAX_ORDER, Order, Role, read_order
from pratique.cli.process_name import name_process

LOADED = {Role.WEB: ("pratique.cli.web_process",), Role.JOBS: ("pratique.cli.job_process", "dbos")}
"""What children of a role need. That of web processes is loaded ahead, as clients wait for them; of others, when the
first of them is asked for. What several children have loaded is in memory once, as they share it."""

_STDIN = 0


def main() -> None:
    """`python -m pratique.cli.fork_server DESCRIPTOR`."""
    serve(socket.socket(fileno=int(sys.argv[1])))


def serve(link: socket.socket) -> NoReturn:
    """Split off a child for every order, and tell how each ended, until the supervisor lets go of the link.

    An order is one line with descriptors beside it. It is answered by `started PID`; `ended PID STATUS` follows when
    that process has ended, with the status that `wait` gives.
    """
    name_process("pratique forks")
    os.setsid()  # Ctrl-C reaches the whole foreground group; only the supervisor decides what it means
    _load(Role.WEB)
    awake, wake = os.pipe()
    for end in (awake, wake):
        os.set_blocking(end, False)
    signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
    signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    with suppress(ConnectionError), selectors.DefaultSelector() as either:
        either.register(link, selectors.EVENT_READ)
        either.register(awake, selectors.EVENT_READ)
        while True:
            ready = {key.fd for key, _events in either.select()}
            if awake in ready:
                os.read(awake, 4_096)
                _tell_ended(link)
            if link.fileno() in ready:
                order, descriptors = _receive(link)
                _load(order.role)
                pid = os.fork()
                if pid == 0:
                    either.close()
                    _become(order, descriptors, link, awake, wake)
                link.sendall(b"started %d\n" % pid)
                for descriptor in descriptors:
                    os.close(descriptor)
    os._exit(0)


def _load(role: Role) -> None:
    """What is loaded stays, so children's collectors need not look at it: each would get a copy of its own by that."""
    for name in LOADED[role]:
        importlib.import_module(name)
    gc.freeze()


def _receive(link: socket.socket) -> tuple[Order, list[int]]:
    """One order and its descriptors. Raises ConnectionError when the supervisor is gone."""
    text, descriptors, _flags, _address = socket.recv_fds(link, MAX_ORDER, 8)
    while text and not text.endswith(b"\n"):
        more = link.recv(MAX_ORDER)
        text = text + more if more else b""
    if not text:
        raise ConnectionAbortedError
    return read_order(text.decode()), descriptors


def _become(order: Order, descriptors: list[int], link: socket.socket, *others: int) -> NoReturn:
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    link.close()
    for descriptor in others:
        os.close(descriptor)
    os.setsid()
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    pulse, life, *certificate = descriptors
    be(msgspec.structs.replace(order, pulse=pulse, life=life, certificate=next(iter(certificate), None)))


def _tell_ended(link: socket.socket) -> None:
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return
        link.sendall(b"ended %d %d\n" % (pid, status))


if __name__ == "__main__":
    main()
