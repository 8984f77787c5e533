"""Whether an artefact is what its own list of contents says: RECORD of a wheel."""

from __future__ import annotations

import base64
import csv
import io
from collections.abc import Iterator, Mapping

from pratique.formats.oddities import Oddity, OddityKind

_UNLISTED = ("RECORD", "RECORD.jws", "RECORD.p7s")
"""What a wheel's RECORD says nothing of, or no digest."""

MAX_DIFFERENCES = 20
"""Of one artefact that are told."""


def differences(record: str, content: bytes, digests: Mapping[str, str]) -> Iterator[Oddity]:
    """How a wheel differs from its RECORD.

    Args:
        record: path of RECORD.
        content: of it.
        digests: sha256 of every file by its path, hexadecimal.
    """
    folder = record.removesuffix("RECORD")
    listed: set[str] = set()
    for row in _rows(content):
        path, stated = row[0], row[1]
        listed.add(path)
        if path not in digests:
            yield Oddity(OddityKind.RECORD_DIFFERS, path, "RECORD lists it, and it is not there")
        elif stated.startswith("sha256=") and stated.removeprefix("sha256=") != _encoded(digests[path]):
            yield Oddity(OddityKind.RECORD_DIFFERS, path, "it has another digest than RECORD says")
    for path in digests:
        if path not in listed and "!" not in path and path not in (folder + name for name in _UNLISTED):
            yield Oddity(OddityKind.RECORD_DIFFERS, path, "RECORD does not list it")


def _rows(content: bytes) -> Iterator[list[str]]:
    try:
        for row in csv.reader(io.StringIO(content.decode("utf-8", "replace"), newline="")):
            if len(row) > 1:
                yield row
    except csv.Error:
        return


def _encoded(digest: str) -> str:
    return base64.urlsafe_b64encode(bytes.fromhex(digest)).decode().rstrip("=")
