"""What publishers say of a release (`npm deprecate`): others' text, which clients print in a terminal."""

from __future__ import annotations

import unicodedata
from typing import Any

from pratique.core.errors import Invalid

MAX_MESSAGE = 1_000
"""Characters; every listing of the package carries every message."""


def read_message(text: str) -> str:
    """The message in one line, without what would steer a terminal or turn its letters around; empty for none.

    Raises:
        Invalid: it is longer than anybody reads.
    """
    visible = "".join(" " if char.isspace() else char for char in text if char.isspace() or _is_shown(char))
    message = " ".join(visible.split())
    if len(message) > MAX_MESSAGE:
        raise Invalid(f"the message has {len(message):,} characters, at most {MAX_MESSAGE:,} are kept; say it shorter")
    return message


def sent_message(value: Any) -> str:
    """The message in a document; left out, null and false all mean none. Raises Invalid for what is no text."""
    if value is None or value is False:
        return ""
    if not isinstance(value, str):
        raise Invalid("`deprecated` must be a text; an empty one takes the message back")
    return value


def _is_shown(char: str) -> bool:
    """Neither a control character nor an invisible one (general categories C*)."""
    return not unicodedata.category(char).startswith("C")
