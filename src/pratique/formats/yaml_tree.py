"""Read YAML that strangers wrote: mappings, lists and texts, nothing else.

Every scalar stays the text that stands there (a version `1.10` is no number), and what makes YAML dangerous or
ambiguous is refused: directives, anchors and aliases, tags, keys that are said twice, deep nesting. Source: YAML 1.2.2.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from pratique.core.errors import Invalid, TooLarge

MAX_DEPTH = 32
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's where it is there: ten times as fast."""

_DIRECTIVE = re.compile("(?:^|[\r\x85\u2028\u2029])\ufeff*%", re.MULTILINE)
"""What may be one, after anything that YAML 1.1 takes for the end of a line: libyaml holds each `%TAG` against all
before it within one call, in which no other thread of the process comes to its turn."""


def read_yaml(content: bytes, what: str, max_bytes: int, max_parts: int) -> list[Any]:
    """The documents of a file.

    Args:
        content: the whole file.
        what: how sentences call it.
        max_bytes: the longest that is read.
        max_parts: keys, values and lists together.

    Raises:
        Invalid: it is no YAML, or more than data.
        TooLarge: it is over a limit.
    """
    if len(content) > max_bytes:
        raise TooLarge(f"{what} has {len(content)} bytes; at most {max_bytes} are read")
    try:
        text = content.decode()
        if (found := _DIRECTIVE.search(text)) is not None:
            line = len(text[: found.end()].splitlines())
            raise Invalid(f"{what} has a directive in line {line}; no client writes those")
        return _Reader(text, what, max_parts).documents()
    except UnicodeDecodeError:
        raise Invalid(f"{what} is no UTF-8 text") from None
    except yaml.YAMLError as error:
        raise Invalid(f"{what} is no readable YAML: {' '.join(str(error).split())[:200]!a}") from None
    except (ValueError, RecursionError):
        raise Invalid(f"{what} is no readable YAML") from None


class _Reader:
    """Builds values from the parser's events, so that nothing is ever resolved or constructed."""

    def __init__(self, text: str, what: str, max_parts: int) -> None:
        self._events: Iterator[Any] = yaml.parse(text, Loader=_LOADER)
        self._what, self._left, self._max = what, max_parts, max_parts

    def documents(self) -> list[Any]:
        found: list[Any] = []
        for event in self._events:
            if isinstance(event, yaml.DocumentStartEvent):
                found.append(self._value(self._next(), MAX_DEPTH))
        return found

    def _next(self) -> Any:
        event = next(self._events)
        self._left -= 1
        if self._left < 0:
            raise TooLarge(f"{self._what} has more than {self._max} values; no more are read")
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise Invalid(f"{self._what} has an anchor or alias {self._place(event)}; no client writes those")
        if getattr(event, "tag", None) not in (None, "!"):
            raise Invalid(f"{self._what} has a tag {self._place(event)}; no client writes those")
        return event

    def _value(self, event: Any, depth: int) -> Any:
        if depth == 0:
            raise Invalid(f"{self._what} is nested too deeply {self._place(event)}")
        if isinstance(event, yaml.ScalarEvent):
            return event.value
        if isinstance(event, yaml.SequenceStartEvent):
            listed: list[Any] = []
            while not isinstance(one := self._next(), yaml.SequenceEndEvent):
                listed.append(self._value(one, depth - 1))
            return listed
        return self._mapping(depth)

    def _mapping(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while not isinstance(key := self._next(), yaml.MappingEndEvent):
            if not isinstance(key, yaml.ScalarEvent):
                raise Invalid(f"{self._what} has a key that is no text {self._place(key)}")
            if key.value in found:
                raise Invalid(f"{self._what} says {key.value[:80]!a} twice {self._place(key)}")
            found[key.value] = self._value(self._next(), depth - 1)
        return found

    @staticmethod
    def _place(event: Any) -> str:
        return f"in line {event.start_mark.line + 1}"
