"""The main of a render process: `python -m pratique.cli.render_child`. Started by a web process only.

It reads tasks from its standard input and ends with it. It reads the database and writes nothing. `app` is not loaded
here: all the parts of a server would double the time until the first answer.
"""

from __future__ import annotations

import gc
import importlib
import os
import resource
import sys
from contextlib import suppress

import msgspec

from pratique.cli.memory import give_back_large_pieces
from pratique.cli.process_name import name_process
from pratique.core.ecosystem import Ecosystem
from pratique.core.errors import BadUpstream, PratiqueError
from pratique.processes.frames import Ended, read_frame, write_frame
from pratique.services.installing.render_process import RenderAnswer, RenderFailure, RenderOrder, RenderSetup
from pratique.services.installing.render_task import RenderWork
from pratique.store.database import Database

_NICENESS = 5
"""Whoever asks for small listings comes first."""

_MAX_MEMORY = 3 << 30
"""Bytes of address space: the largest document that is taken needs a third of it."""

_RARELY = (50_000, 50, 100)
"""When to look for circles of garbage: a large document is hundreds of thousands of objects, none of them in one."""


def main() -> None:
    """Answer until nobody asks any more."""
    name_process("pratique rend")
    give_back_large_pieces()
    given, taken = 0, _own_output()
    os.nice(_NICENESS)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (_MAX_MEMORY, _MAX_MEMORY))
    gc.freeze()
    gc.set_threshold(*_RARELY)
    with suppress(Ended):
        setup = msgspec.msgpack.decode(read_frame(given), type=RenderSetup)
        work = RenderWork(Database.open(setup.database, setup.limits), _ecosystem)
        orders = msgspec.msgpack.Decoder(RenderOrder)
        while True:
            write_frame(taken, msgspec.msgpack.encode(_answer(work, orders.decode(read_frame(given)))))
    os._exit(0)


def _ecosystem(name: str) -> Ecosystem:
    """The object in `ecosystems` that is called as its folder; loaded when it is first asked for."""
    found: Ecosystem = getattr(importlib.import_module(f"pratique.ecosystems.{name}"), name.upper())
    return found


def _own_output() -> int:
    """A descriptor for answers; what anything else prints goes to standard error."""
    taken = os.dup(sys.stdout.fileno())
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return taken


def _answer(work: RenderWork, order: RenderOrder) -> RenderAnswer | RenderFailure:
    try:
        return RenderAnswer(order.number, work(order.task))
    except PratiqueError as error:
        return RenderFailure(order.number, str(error), isinstance(error, BadUpstream))


if __name__ == "__main__":
    main()
