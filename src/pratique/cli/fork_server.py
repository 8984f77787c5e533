"""The process that has loaded the whole program and splits off the server's children. Spoken to by `cli.forks` only."""

from __future__ import annotations

import gc
import importlib
import os
import socket
import sys
from typing import NoReturn

import msgspec

from pratique.cli.child import be
from pratique.cli.orders import Role, read_order
from pratique.cli.process_name import name_process
from pratique.processes.forking import serve_forks

LOADED = {Role.WEB: ("pratique.cli.web_process",), Role.JOBS: ("pratique.cli.job_process", "dbos")}
"""What children of a role need. That of web processes is loaded ahead, as clients wait for them; of others, when the
first of them is asked for. What several children have loaded is in memory once, as they share it."""

_STDIN = 0


def main() -> None:
    """`python -m pratique.cli.fork_server DESCRIPTOR`."""
    serve(socket.socket(fileno=int(sys.argv[1])))


def serve(link: socket.socket) -> NoReturn:
    """Split off a child for every order that comes over the link (`processes.forking.serve_forks`)."""
    name_process("pratique forks")
    os.setsid()  # Ctrl-C reaches the whole foreground group; only the supervisor decides what it means
    _load(Role.WEB)
    serve_forks(link, _become, _load_for)


def _load(role: Role) -> None:
    """What is loaded stays, so children's collectors need not look at it: each would get a copy of its own by that."""
    for name in LOADED[role]:
        importlib.import_module(name)
    gc.freeze()


def _load_for(order: str) -> None:
    _load(read_order(order).role)


def _become(order: str, descriptors: list[int]) -> NoReturn:
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, _STDIN)
    os.close(nothing)
    pulse, life, *certificate = descriptors
    be(msgspec.structs.replace(read_order(order), pulse=pulse, life=life, certificate=next(iter(certificate), None)))


if __name__ == "__main__":
    main()
