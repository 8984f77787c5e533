"""Lengths of time as people write them: `30m`, `8h`, `14 days`."""

from __future__ import annotations

import re

from pratique.core.clock import DAY, HOUR, MINUTE
from pratique.core.errors import Invalid

_FORM = re.compile(r"(\d{1,5})\s*(m|min|minutes?|h|hours?|d|days?)\Z", re.ASCII)
_UNITS = {"m": MINUTE, "h": HOUR, "d": DAY}


def read_duration(text: str) -> int:
    """Milliseconds of a duration.

    Raises:
        Invalid: the text is no duration; the sentence shows some.
    """
    match = _FORM.match(text.strip().lower())
    if match is None or int(match[1]) == 0:
        raise Invalid(f'"{text[:32]}" is no duration; write one like `30m`, `8h` or `14d`')
    return int(match[1]) * _UNITS[match[2][0]]
