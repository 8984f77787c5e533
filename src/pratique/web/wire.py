"""Heads of answers as they go over the wire, made once for an answer that is given again and again."""

from __future__ import annotations

import time
from collections.abc import Mapping
from email.utils import formatdate
from http import HTTPStatus

import msgspec

SERVER = "pratique"
"""What answers call themselves: versions would help nobody but who looks for holes."""

HSTS = "max-age=31536000"
"""Browsers come by https only, for a year. Neighbours below the same domain decide for themselves."""


class WireHeads(msgspec.Struct, frozen=True):
    """Status line and headers, all but the date and the empty line.

    Attributes:
        whole: for who gets the document.
        unchanged: for who has it.
    """

    whole: bytes
    unchanged: bytes

    @property
    def size(self) -> int:
        """Bytes of both."""
        return len(self.whole) + len(self.unchanged)


def head(status: HTTPStatus, headers: Mapping[str, str]) -> bytes:
    """Status line and headers, without the date.

    Args:
        headers: of values that hold no line break, which is so for everything that we write ourselves.
    """
    lines = [f"HTTP/1.1 {status.value} {status.phrase}", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join([*lines, f"Server: {SERVER}"]) + "\r\n").encode("utf-8", "surrogateescape")


class Dates:
    """The Date header with the line that ends a head, written anew each second."""

    def __init__(self) -> None:
        self._second, self._line = -1, b""

    def line(self) -> bytes:
        """As of now (RFC 9110, 6.6.1)."""
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._line = f"Date: {formatdate(second, usegmt=True)}\r\n\r\n".encode()
        return self._line
