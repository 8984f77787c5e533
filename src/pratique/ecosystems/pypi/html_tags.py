"""The opening tags of an HTML page in one pass whose time grows with the page's length only.

The standard library's parser (3.11) takes time that grows with the square of an unfinished tag: 18 s for 20 kB of
`<a <a <a` and 47 s for 40 kB. An upstream's page is not trusted that far.
Source: HTML Living Standard, 13.2.5 "Tokenization", as far as opening tags and their attributes go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import msgspec

_TAG_NAME = re.compile(r"[A-Za-z][^\s/>]*")
_BETWEEN = re.compile(r"[\s/]*")
_ATTRIBUTE_NAME = re.compile(r"=?[^\s/>=]*")
_EQUALS = re.compile(r"\s*=\s*")
_UNQUOTED = re.compile(r"[^\s>]*")
_RAW_TEXT = {name: re.compile(f"</{name}", re.IGNORECASE) for name in ("script", "style", "textarea")}


class Tag(msgspec.Struct, frozen=True):
    """One opening tag.

    Attributes:
        name: lower case.
        attributes: lower-case name to value, character references resolved; the first of two counts.
        text: what stands between this tag and the next of any kind, as written.
    """

    name: str
    attributes: dict[str, str]
    text: str


def read_tags(page: str) -> Iterator[Tag]:
    """Yield every complete opening tag; comments, scripts, closing tags and declarations are skipped.

    Raises:
        ValueError: a character reference with more digits than any number needs.
    """
    position = page.find("<")
    while position >= 0:
        position, tag = _read_markup(page, position)
        following = page.find("<", position) if position >= 0 else -1
        if tag is not None and position >= 0:
            text = page[position : following if following >= 0 else len(page)]
            yield Tag(*tag, text)
            following = _behind_raw_text(page, tag[0], position, following)
        position = following


def _read_markup(page: str, start: int) -> tuple[int, tuple[str, dict[str, str]] | None]:
    """Where the markup at `start` ends (-1: never), and what tag it opened."""
    if page.startswith("<!--", start):
        return _behind(page, "-->", start + 4), None
    if page.startswith(("<!", "<?", "</"), start):
        return _behind(page, ">", start), None
    name = _TAG_NAME.match(page, start + 1)
    if name is None:
        return start + 1, None
    end, attributes = _read_attributes(page, name.end())
    return end, (name[0].lower(), attributes)


def _behind(page: str, end: str, start: int) -> int:
    found = page.find(end, start)
    return -1 if found < 0 else found + len(end)


def _read_attributes(page: str, start: int) -> tuple[int, dict[str, str]]:
    attributes: dict[str, str] = {}
    position = start
    while True:
        position = _end(_BETWEEN, page, position)
        if position >= len(page):
            return -1, attributes
        if page[position] == ">":
            return position + 1, attributes
        name_end = _end(_ATTRIBUTE_NAME, page, position)
        name = page[position:name_end].lower()
        position, value = _read_value(page, name_end)
        if position < 0:
            return -1, attributes
        attributes.setdefault(name, unescape(value))


def _read_value(page: str, start: int) -> tuple[int, str]:
    equals = _EQUALS.match(page, start)
    if equals is None:
        return start, ""
    position = equals.end()
    quote = page[position : position + 1]
    if quote in ('"', "'") and quote:
        end = page.find(quote, position + 1)
        return (-1, "") if end < 0 else (end + 1, page[position + 1 : end])
    end = _end(_UNQUOTED, page, position)
    return end, page[position:end]


def _end(pattern: re.Pattern[str], page: str, position: int) -> int:
    match = pattern.match(page, position)
    return match.end() if match else position


def _behind_raw_text(page: str, name: str, position: int, following: int) -> int:
    closing = _RAW_TEXT.get(name)
    if closing is None:
        return following
    match = closing.search(page, position)
    return match.start() if match else -1
