"""What is known before any artefact is looked at: files of popular projects, families and files that were found bad.

The lists come with the package and are small: a line for each, `NAME DIGEST...`. Originals are digests of code files
of popular projects, as `bench/scanning/originals.py` writes them; families are fingerprints (`fingerprints`), bad files
whole digests.
"""

from __future__ import annotations

import functools
import lzma
from collections.abc import Iterator
from importlib import resources

import msgspec


class Known(msgspec.Struct, frozen=True):
    """The three lists, each by digest: `Artefact.originals`, `Artefact.families`, `Artefact.bad`."""

    originals: dict[str, str]
    families: dict[str, str]
    bad: dict[str, str]


@functools.cache
def known() -> Known:
    """The lists that come with the package; read once, before the scanner gives up its paths."""
    return Known(
        originals=dict(_read(lzma.decompress(_content("originals.xz")))),
        families=dict(_read(_content("families.txt"))),
        bad=dict(_read(_content("bad.txt"))),
    )


def _content(name: str) -> bytes:
    return resources.files("pratique.scan").joinpath("data", name).read_bytes()


def _read(content: bytes) -> Iterator[tuple[str, str]]:
    for line in content.decode().splitlines():
        name, *digests = line.split()
        if not name.startswith("#"):
            yield from ((digest, name) for digest in digests)
