"""Several servers on one database: what they must have in common, or they would undo each other's work.

A node is a server with a data folder of its own. The settings it starts with are laid down in the database, links are
written with its public URLs, and files are looked for in its folder of blobs; so that one with other settings is turned
away while others run. Whoever wants other settings stops all of them first.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from sqlalchemy import Connection

from pratique.core.clock import SECOND, Instant
from pratique.core.errors import Conflict
from pratique.store import processes
from pratique.store.dialects import server_time
from pratique.store.processes import Process

ALIVE_FOR = 10 * SECOND
"""A process that has not beaten for so long runs no more."""

MOST_APART = 5 * SECOND
"""Heartbeats and decisions compare the times of several machines."""

_FILES = {
    "secret": "give both the same file `secret` in their data folders",
    "signing_key": "give both the same file `signing-key.pem` in their data folders, or one by `signing_key`",
    "blobs": "give both one folder for files by `blobs`, which all machines see, or one bucket",
}
_LONGEST = 200


class Node(msgspec.Struct, frozen=True):
    """One server.

    Attributes:
        name: machine and data folder.
        common: setting or file -> its value, or a digest of it, in which all nodes of a database agree.
    """

    name: str
    common: Mapping[str, str]

    def process(self, plain: Process) -> Process:
        """A process of this node."""
        common = msgspec.json.encode(self.common, order="sorted").decode()
        return msgspec.structs.replace(plain, node=self.name, common=common)


def join(connection: Connection, process: Process) -> None:
    """Make a process known, in one transaction with the look at the others. Raises Conflict as `refuse_odd_one`."""
    refuse_odd_one(connection, process, process.started)
    processes.register(connection, process)


def refuse_odd_one(connection: Connection, mine: Process, now: Instant) -> None:
    """Refuse a node that differs from one that runs.

    Raises:
        Conflict: the sentence names the other one, what differs, and what to do.
    """
    ours = _common(mine)
    for other in processes.living(connection, Instant(now - ALIVE_FOR)):
        if other.node in (None, mine.node):
            continue
        for name, theirs in _common(other).items():
            if name in ours and ours[name] != theirs:
                raise Conflict(
                    f"another node ({other.node}) runs on this database with {_difference(name, theirs, ours[name])}, "
                    "or stop all others before this one starts"
                )


def refuse_wrong_clock(connection: Connection, now: Instant) -> None:
    """Refuse a machine whose clock is not the database's. Raises Conflict."""
    theirs = server_time(connection)
    apart = 0 if theirs is None else now - theirs
    if abs(apart) > MOST_APART:
        raise Conflict(
            f"the clock of this machine is {abs(apart) / SECOND:.0f} seconds {'ahead of' if apart > 0 else 'behind'} "
            "that of the database's machine; have both set by NTP, as nodes compare their times"
        )


def _common(process: Process) -> dict[str, str]:
    return msgspec.json.decode(process.common, type=dict[str, str])


def _difference(name: str, theirs: str, ours: str) -> str:
    if name in _FILES:
        what = "another place for files" if name == "blobs" else f"another {name.replace('_', ' ')}"
        return f"{what}: {_FILES[name]}"
    return f"other `{name}` ({_short(theirs)}; here {_short(ours)}): give both the same"


def _short(value: str) -> str:
    return value if len(value) <= _LONGEST else value[:_LONGEST] + "..."
