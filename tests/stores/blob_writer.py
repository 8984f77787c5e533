"""Processes that write blobs and do not end well: `blob_writer.py slow|many|limited ROOT`."""

from __future__ import annotations

import itertools
import resource
import sys
from pathlib import Path

from pratique.store.blobs_file import FileBlobs


def say(*words: object) -> None:
    """Tell the test, at once."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def slow(blobs: FileBlobs) -> None:
    """Write one blob for ever."""
    draft = blobs.draft()
    for _ in itertools.count():
        draft.write(b"x" * 65_536)
        say("wrote")


def many(blobs: FileBlobs) -> None:
    """Store one blob after the other."""
    for number in itertools.count():
        draft = blobs.draft()
        draft.write(b"%d " % number * 20_000)
        say(draft.keep().sha256)
        draft.discard()


def limited(blobs: FileBlobs) -> None:
    """Write more than the system lets this process write."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
    draft = blobs.draft()
    try:
        for _ in range(100):
            draft.write(b"x" * 65_536)
    except OSError as error:
        say("refused", error.errno)


if __name__ == "__main__":
    {"slow": slow, "many": many, "limited": limited}[sys.argv[1]](FileBlobs(Path(sys.argv[2])))
