"""Read XML that strangers wrote, as far as manifests need it: no entity is ever expanded, nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from xml.parsers import expat

import msgspec

MAX_ELEMENTS = 20_000


class Element(msgspec.Struct):
    """One element: its name without namespace, attributes, text, line and children."""

    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = []

    def all(self) -> Iterator[Element]:
        """This element and everything below it, in the order of the document."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children))

    def first(self, *names: str) -> str:
        """The text of the element that these names lead to, empty if there is none."""
        here = self
        for name in names:
            found = next((one for one in here.children if one.name == name), None)
            if found is None:
                return ""
            here = found
        return here.text.strip()


class _Refused(Exception):
    """The document has entities, or more elements than are read."""


def read_xml(content: bytes) -> Element | None:
    """The root element of a document; None if it is none, declares entities or holds more than `MAX_ELEMENTS`."""
    root = Element("", {}, 0, children=[])
    stack, count = [root], 0
    parser = expat.ParserCreate()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS:
            raise _Refused
        one = Element(name.rpartition(":")[2], attributes, parser.CurrentLineNumber, children=[])
        stack[-1].children.append(one)
        stack.append(one)

    def end(_name: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        stack[-1].text += text

    def refuse(*_: object) -> None:
        raise _Refused

    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.EntityDeclHandler = characters, refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat takes it by position
    except (expat.ExpatError, _Refused, ValueError, LookupError):
        return None
    return root.children[0] if root.children else None
