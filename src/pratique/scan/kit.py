"""Everything that looks at files, in one value: the engine is handed it, and so are tests that bring their own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from pratique.scan.detectors.contract import Detector
from pratique.scan.seen import FileDeeds, SeenFile


class Kit(NamedTuple):
    """What an engine looks with.

    Attributes:
        detectors: all of them.
        peel: the layers of a file, each of which is looked at as well.
        deeds_of: what the code of a file is seen doing, None if nothing.
    """

    detectors: tuple[Detector, ...]
    peel: Callable[[SeenFile], Iterable[SeenFile]]
    deeds_of: Callable[[SeenFile], FileDeeds | None]
