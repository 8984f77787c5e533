"""How far a client has got with what it is sent."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import sys

_TCP_INFO = socket.TCP_INFO if sys.platform == "linux" else None
"""Elsewhere it says something else under this name."""

_ACKNOWLEDGED = struct.Struct("@Q")
_AT = 120
"""Where `tcpi_bytes_acked` stands in the kernel's `struct tcp_info` (Linux since 4.1: include/uapi/linux/tcp.h)."""


def bytes_taken(transport: asyncio.WriteTransport) -> int:
    """Bytes that have arrived, from any beginning: only the difference of two looks at one connection means something.

    What leaves our own buffer says little: the kernel holds megabytes between us and the client, and takes more only
    when a third of them is gone. Where it does not tell what the client has acknowledged, that little has to do.
    """
    connection = transport.get_extra_info("socket")
    if _TCP_INFO is not None and connection is not None:
        with contextlib.suppress(OSError):  # closed, or no TCP
            said = connection.getsockopt(socket.IPPROTO_TCP, _TCP_INFO, _AT + _ACKNOWLEDGED.size)
            if len(said) == _AT + _ACKNOWLEDGED.size:
                return int(_ACKNOWLEDGED.unpack_from(said, _AT)[0])
    return -transport.get_write_buffer_size()
