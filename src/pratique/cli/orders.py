"""What the supervisor tells a child process: one line of JSON."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

NOT_LIKE_THIS = 78
"""Exit code of a child that cannot work with these settings or this folder: starting it again would not help."""

NO_ROOM = 75
"""Exit code of a child that cannot work because the disk is full: it can once somebody has made room."""


class Role(StrEnum):
    """What a child process is for."""

    WEB = "web"
    JOBS = "jobs"


class Order(msgspec.Struct, frozen=True):
    """How to be one child.

    Attributes:
        role: what it does.
        process_id: its name among all processes that ever ran.
        root: the data folder.
        given: settings from the command line.
        pulse: descriptor to show on that it works, and again and again that it lives.
        life: descriptor that ends when the supervisor does, however that comes.
        certificate: descriptor of the TLS certificate to begin with, None to read it from its files.
    """

    role: Role
    process_id: str
    root: str
    given: dict[str, Any]
    pulse: int
    life: int
    certificate: int | None = None

    @property
    def folder(self) -> Path:
        """The data folder."""
        return Path(self.root)

    def line(self) -> bytes:
        """The order as it is sent; descriptors go beside it and have other numbers where they arrive."""
        return msgspec.json.encode(self) + b"\n"


def read_order(text: str) -> Order:
    """The order that a line holds."""
    return msgspec.json.decode(text, type=Order)
