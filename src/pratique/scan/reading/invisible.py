"""Whether a file may hold characters that nobody sees, by its bytes: what holds none is not looked through."""

from __future__ import annotations

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_UNSEEN = "\u200b\u200c\u200d\u2060\ufeff\u3164\uffa0\u115f\u1160"
_TURNS = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_LEADS = (b"\xef\xb8", b"\xf3\xa0", *(char.encode() for char in _UNSEEN + _TURNS))
"""How they are written in UTF-8; the first two begin all variation selectors and tags."""


def may_hide(content: bytes) -> bool:
    """Whether variation selectors, tags, blanks without width or turns of direction may stand in a text."""
    if content.isascii():
        return False
    return content.startswith(_UTF_16) or any(lead in content for lead in _LEADS)
