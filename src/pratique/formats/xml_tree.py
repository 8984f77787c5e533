"""Read XML that strangers wrote: elements, attributes and text, without entities of its own, so nothing expands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from xml.parsers import expat

import msgspec

from pratique.core.errors import Invalid, TooLarge

MAX_DEPTH = 100
MAX_ELEMENTS = 200_000


class Element(msgspec.Struct):
    """One element; names are without their namespace's prefix."""

    name: str
    attributes: dict[str, str]
    children: list[Element] = []
    text: str = ""

    def all_below(self) -> Iterator[Element]:
        """Itself and every element below it, in the order in which they stand."""
        waiting = [self]
        while waiting:
            one = waiting.pop()
            yield one
            waiting.extend(reversed(one.children))

    def child_text(self, name: str) -> str:
        """The text of the first child of that name, without white space around it; empty where there is none."""
        return next((one.text.strip() for one in self.children if one.name == name), "")


def read_xml(content: bytes, what: str) -> Element:
    """The outermost element.

    Args:
        content: the whole document.
        what: how to call it in sentences: `the pom.xml`.

    Raises:
        Invalid: it is no XML, or declares a document type.
        TooLarge: it has more elements, or nests them deeper, than are read.
    """
    outermost = Element("", {})
    path, count = [outermost], 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if count > MAX_ELEMENTS or len(path) > MAX_DEPTH:
            raise TooLarge(f"{what} has more than {MAX_ELEMENTS} elements, or nests them deeper than {MAX_DEPTH}")
        one = Element(_local(name), {_local(key): value for key, value in attributes.items()})
        path[-1].children.append(one)
        path.append(one)

    def refuse(*_declared: Any) -> None:
        raise Invalid(f"{what} declares a document type; none is read, as it could expand without end")

    def end(_name: str) -> None:
        path.pop()

    def text(some: str) -> None:
        path[-1].text += some

    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = text, refuse
    try:
        parser.Parse(content, True)  # noqa: FBT003 - expat's own
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Invalid(f"{what} is no XML: {str(error)[:200]}") from None
    return outermost.children[0]


def _local(name: str) -> str:
    return name.rpartition(":")[2]
