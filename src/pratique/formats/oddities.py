"""What can be wrong with an archive as a container: things on which extractors may disagree."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class OddityKind(StrEnum):
    """What can be wrong with an archive as a container."""

    ESCAPES = "escapes"
    LINK_OUT = "link-out"
    DEVICE = "device"
    DUPLICATE = "duplicate"
    CASE_CLASH = "case-clash"
    NAMES_DIFFER = "names-differ"
    HIDDEN_BYTES = "hidden-bytes"
    TWO_DIRECTORIES = "two-directories"
    BOMB = "bomb"
    TOO_DEEP = "too-deep"
    UNREADABLE = "unreadable"
    RECORD_DIFFERS = "record-differs"


class Oddity(msgspec.Struct, frozen=True):
    """One thing about the archive itself on which extractors may disagree.

    Attributes:
        kind: what.
        path: the member it is about; empty for the archive as a whole.
        note: what was found, in words; text of strangers in it is cleaned by whoever shows it.
    """

    kind: OddityKind
    path: str = ""
    note: str = ""
