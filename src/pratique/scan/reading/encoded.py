"""Runs of encoded characters in a text, found in one go: words that are too short are stepped over whole."""

from __future__ import annotations

import re
from collections.abc import Iterator

_LETTERS = "[A-Za-z0-9+/_-]"
_RUN = re.compile(rf"(?:{_LETTERS}{{1,47}}+(?!{_LETTERS})|[^A-Za-z0-9+/_-]++)*+({_LETTERS}{{48,}}={{0,2}})")
_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2}){20}")
_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]{16}")
_NUMBERS = re.compile(r"[0-9][0-9a-fA-Fx]{0,3}\s{0,4},\s{0,4}(?:[0-9][0-9a-fA-Fx]{0,3}\s{0,4},\s{0,4}){21}[0-9]")


def base64_runs(text: str) -> Iterator[tuple[int, str]]:
    """Place and content of each run of at least 48 characters of base64, in order."""
    found = _RUN.match(text)
    while found is not None:
        yield found.start(1), found[1]
        found = _RUN.match(text, found.end())


def may_hold_numbers(text: str) -> bool:
    """Whether at least 23 numbers stand in a row, with commas."""
    return _NUMBERS.search(text) is not None


def may_hold_layer(text: str) -> bool:
    """Whether a text has a part that may be a layer, whatever unpacks it."""
    return (
        next(base64_runs(text), None) is not None
        or ("\\x" in text and _ESCAPES.search(text) is not None)
        or (not text.isascii() and _SELECTORS.search(text) is not None)
        or may_hold_numbers(text)
    )
