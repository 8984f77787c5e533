"""No path, no port and no process outside: a Landlock domain without a single exception.

Source: landlock(7); `linux/landlock.h`.
"""

from __future__ import annotations

import ctypes
import os
import struct

_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_ASK_VERSION = 1
_FILES = {1: 13, 2: 14, 3: 15, 5: 16}
"""From which version of the interface on how many kinds of access to files there are, as bits from the lowest."""

_NET_SINCE, _SCOPES_SINCE = 4, 6
_NET, _SCOPES = 0b11, 0b11
"""TCP bind and connect; abstract sockets and signals outside the domain."""


def forbid_paths() -> int:
    """Forbid this process and its children every path, and what else the kernel's version can forbid; that version.

    Needs no_new_privs.

    Raises:
        OSError: the kernel has no Landlock.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version: int = libc.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)
    if version < 1:
        raise OSError(ctypes.get_errno(), "no Landlock")
    files = (1 << max(bits for since, bits in _FILES.items() if since <= version)) - 1
    attributes = struct.pack("<Q", files)
    if version >= _NET_SINCE:
        attributes += struct.pack("<Q", _NET)
    if version >= _SCOPES_SINCE:
        attributes += struct.pack("<Q", _SCOPES)
    ruleset = libc.syscall(_CREATE_RULESET, attributes, len(attributes), 0)
    if ruleset < 0:
        raise OSError(ctypes.get_errno(), "no Landlock ruleset")
    try:
        if libc.syscall(_RESTRICT_SELF, ruleset, 0):
            raise OSError(ctypes.get_errno(), "no Landlock domain")
    finally:
        os.close(ruleset)
    return version
