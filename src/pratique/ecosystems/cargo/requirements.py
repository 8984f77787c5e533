"""Version requirements in the form that an index carries."""

from __future__ import annotations

import re

_BARE = re.compile(r"\d+(\.\d+){0,2}([-+].*)?\Z")


def normal_requirement(text: str) -> str:
    """A requirement as cargo writes it after reading: `1.2` becomes `^1.2`, blanks only after commas.

    Source: The Cargo Book, "Specifying Dependencies": a bare version is a caret requirement.
    """
    return ", ".join(_comparator(part) for part in text.split(",")) if text.strip() else text.strip()


def _comparator(text: str) -> str:
    plain = "".join(text.split())
    return f"^{plain}" if _BARE.match(plain) else plain
