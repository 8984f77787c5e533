"""How code looks that was made unreadable on purpose."""

from __future__ import annotations

import re

MANGLED = re.compile(r"\b_0x[0-9a-f]{3,8}\b")
CONFUSABLE = re.compile(r"\b(?=[Il1O0o_]{0,40}[IOlo_][Il1O0o_]{0,40})[IlOo_][Il1Oo0_]{7,40}\b|\b_{5,40}\d{0,4}\b")
PACKED = re.compile(
    r"__pyarmor__|\bpyarmor_runtime\b|sourcedefender|eval\(function\(p,a,c,k,e,[dr]\)|\[\]\[\(!\[\]\+\[\]\)|(?:\(!\[\]\+\[\]\)\[\+){1,3}"
)
ESCAPES = re.compile(r"(?:\\x[0-9a-f]{2}){10,}", re.IGNORECASE)
PADDED = re.compile(r"(?<=[^ \t\n])[ \t]{150,}(?=\S[^\n]{10})")

TABLE = {
    "packed": PACKED,
    "mangled-names": MANGLED,
    "padded": PADDED,
    "confusable": CONFUSABLE,
    "escapes": ESCAPES,
}
"""Each by the name of the marks it has in a text (`marks.groups_of`)."""
