"""Names of packages that the files of a project hold, as values."""

from __future__ import annotations

import msgspec

MAX_MENTIONS = 40_000
"""In one file."""


class Mention(msgspec.Struct, frozen=True):
    """One name.

    Attributes:
        name: canonical.
        private: what says that it is no public package's, as a clause (`comes from git`); empty where nothing does.
    """

    name: str
    private: str = ""
