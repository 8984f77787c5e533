"""Settings about names of projects."""

from __future__ import annotations

import msgspec

from pratique.settings.quantities import Duration

HOUR = 3_600.0


class NamesSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Names that models invent, and how many new ones an account may take.

    Attributes:
        hallucinated: URLs or paths of lists of names that models are known to invent, `npm:name` or a package URL on
            each line, or JSON: ecosystem to names. `pypi=URL`: a list of bare names of PyPI.
        at: time of day at which they are read, UTC, as a time after midnight.
        new_a_day: projects that one account may found within 24 hours, administrators as many as they like; 0: no
            limit.
    """

    hallucinated: tuple[str, ...] = ()
    at: Duration = Duration(4 * HOUR)
    new_a_day: int = 100
