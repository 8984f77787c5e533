"""When the disk refuses: a sentence for whoever waits, and nothing half-kept."""

from __future__ import annotations

import errno

from pratique.core.errors import Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def refused_by_disk(error: OSError) -> Unavailable:
    """The failure to tell a client when bytes cannot be written or read."""
    if error.errno in _FULL:
        sentence = "the server's disk is full, so the file cannot be stored; ask its operator to make room"
    else:
        why = error.strerror or type(error).__name__
        sentence = f"the server cannot write the file ({why}); ask its operator"
    return Unavailable(sentence, retry_after=60)
