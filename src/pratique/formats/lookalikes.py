"""Text as a hurried reader sees it: letters of other scripts as the ASCII ones they look like, what is unseen gone.

Source: Unicode UTS 39 (confusables) for which letters are taken for which; the table holds those of living scripts
and of the signs that keyboards and pickers offer. Wide, mathematical and circled forms, and accents, fold by NFKD.
"""

from __future__ import annotations

import unicodedata

_LOOK = {
    "a": "\u0430\u03b1\u0251\u0561\u1d00",
    "b": "\u044c\u0184\u0185",
    "c": "\u0441\u03f2\u1d04\u2ca5",
    "d": "\u0501\u0111\u0257",
    "e": "\u0435\u0454\u03b5\u1d07",
    "f": "\u017f\u0192\u0584",
    "g": "\u0261\u0581\u0563",
    "h": "\u04bb\u0570\u0127",
    "i": "\u0456\u0457\u03b9\u0131\u026a\u0269",
    "j": "\u0458\u03f3\u0237",
    "k": "\u043a\u03ba\u1d0b",
    "l": "\u04cf\u01c0\u2223\u0142\u05d5",
    "m": "\u043c\u1d0d",
    "n": "\u043f\u0578\u057c\u03b7\u0438",
    "o": "\u043e\u03bf\u0585\u03c3\u1d0f\u00f8\u0660\u06f0\u0d20\u3007",
    "p": "\u0440\u03c1\u03f1",
    "q": "\u051b\u0566",
    "r": "\u0433\u0491\u1d26",
    "s": "\u0455\ua731\u01bd",
    "t": "\u0442\u03c4\u0167",
    "u": "\u057d\u03c5\u028b\u1d1c\u0446",
    "v": "\u0475\u03bd\u1d20",
    "w": "\u0461\u051d\u03c9\u1d21",
    "x": "\u0445\u03c7",
    "y": "\u0443\u03b3\u04af\u04b1\u0263",
    "z": "\u1d22\u0290",
    "A": "\u0410\u0391",
    "B": "\u0412\u0392",
    "C": "\u0421\u03f9",
    "D": "\u0500",
    "E": "\u0415\u0395",
    "H": "\u041d\u0397",
    "I": "\u0406\u0399\u04c0",
    "J": "\u0408",
    "K": "\u041a\u039a",
    "M": "\u041c\u039c",
    "N": "\u039d",
    "O": "\u041e\u039f\u0555",
    "P": "\u0420\u03a1",
    "S": "\u0405\u054f",
    "T": "\u0422\u03a4",
    "U": "\u054d",
    "X": "\u0425\u03a7",
    "Y": "\u0423\u03a5",
    "Z": "\u0396",
    "3": "\u0437\u0417",
    "-": "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u02d7\u2043\u30fc",
    ".": "\u2024\u0701\u3002",
    "/": "\u2215\u2044\u29f8",
}
_TABLE = {ord(seen): ascii_char for ascii_char, all_seen in _LOOK.items() for seen in all_seen}


def fold(text: str) -> str:
    """The text with every look-alike replaced, accents and unseen characters dropped.

    What looks like nothing in ASCII stays as it is. Case stays too.
    """
    if text.isascii() and text.isprintable():
        return text
    # One by one: to order thousands of marks takes time by the square of their number, and marks are dropped.
    parts = (unicodedata.normalize("NFKD", char) for char in text.translate(_TABLE))
    plain = "".join(parts).translate(_TABLE)
    return "".join(char for char in plain if unicodedata.category(char) not in _UNSEEN)


_UNSEEN = frozenset({"Mn", "Me", "Cf", "Cc", "Cs"})
"""Marks on other characters; format characters such as zero-width and right-to-left ones; control characters."""
