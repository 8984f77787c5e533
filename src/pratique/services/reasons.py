"""Why somebody decided something: short enough to be kept with every decision that it explains."""

from __future__ import annotations

from pratique.core.errors import Invalid
from pratique.core.sentences import one_line

MAX_REASON = 1_000
"""Characters. A reason is stored again with each decision that rests on it."""


def read_reason(text: str) -> str:
    """A reason as it is kept, on one line; it may be empty. It is shown in terminals, pages and logs.

    Raises:
        Invalid: it is longer than anybody reads.
    """
    reason = one_line(text)
    if len(reason) > MAX_REASON:
        raise Invalid(
            f"the reason has {len(reason):,} characters, and at most {MAX_REASON:,} are kept with every decision: "
            "say it shorter, and link to the rest"
        )
    return reason
