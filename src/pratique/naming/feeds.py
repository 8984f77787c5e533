"""Read lists of names that models are known to invent: a name a line, or JSON."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from pratique.core.errors import Invalid, InvalidName, TooLarge
from pratique.naming.spelling import SPELLINGS

MAX_BYTES = 16 << 20
MAX_NAMES = 100_000
_LINE = re.compile(r"(?:pkg:)?(?P<ecosystem>[a-z]+)[:/](?P<name>.+)")


def read_feed(content: bytes, ecosystem: str | None = None) -> frozenset[tuple[str, str]]:
    """Every name of a list with its ecosystem, canonical; all of it or nothing.

    Args:
        content: the whole list.
        ecosystem: whose names they are, where the list itself does not say.

    Raises:
        Invalid: it is no such list, or holds what is no name; the sentence says where.
        TooLarge: it has more bytes or names than are read.
    """
    if len(content) > MAX_BYTES:
        raise TooLarge(f"the list has more than {MAX_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Invalid("the list is no UTF-8 text") from None
    found: set[tuple[str, str]] = set()
    for place, whose, name in _in_json(text) if text.lstrip()[:1] in ("{", "[") else _in_lines(text, ecosystem):
        if whose not in SPELLINGS:
            raise Invalid(f"{place} of the list names the ecosystem {whose[:20]!a}; there are {', '.join(SPELLINGS)}")
        try:
            found.add((whose, SPELLINGS[whose].canonical(name)))
        except InvalidName as error:
            raise Invalid(f"{place} of the list holds no name of {whose}: {str(error)[:200]}") from None
        if len(found) > MAX_NAMES:
            raise TooLarge(f"the list has more than {MAX_NAMES} names")
    if not found:
        raise Invalid("the list is empty; take it out of the settings instead")
    return frozenset(found)


def _in_lines(text: str, ecosystem: str | None) -> Iterator[tuple[str, str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        said = line.partition("#")[0].strip()
        if not said:
            continue
        if ecosystem is not None:
            yield f"line {number}", ecosystem, said
            continue
        parts = _LINE.fullmatch(said)
        if parts is None:
            raise Invalid(
                f"line {number} of the list is {said[:80]!a}; write `npm:name`, or `pypi=` before the list's address "
                "in the settings if all its names are of PyPI"
            )
        yield f"line {number}", parts["ecosystem"], parts["name"].replace("%40", "@")


def _in_json(text: str) -> Iterator[tuple[str, str, str]]:
    try:
        lists = msgspec.json.decode(text, type=dict[str, list[str]])
    except (msgspec.DecodeError, RecursionError) as error:
        raise Invalid(f"the list is not JSON of ecosystems and their names: {str(error)[:200]}") from None
    for ecosystem, names in lists.items():
        for number, name in enumerate(names):
            yield f"{ecosystem[:20]}[{number}]", ecosystem, name
