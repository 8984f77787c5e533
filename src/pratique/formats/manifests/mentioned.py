"""From names as they are written to mentions: each once, in its order, without what is no name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from pratique.core.errors import InvalidName, TooLarge
from pratique.core.mentions import MAX_MENTIONS, Mention


def mentioned(said: Iterable[tuple[str, str]], canonical: Callable[[str], str], what: str) -> tuple[Mention, ...]:
    """Mentions of names with what says that they are private.

    Args:
        said: names as they are written, each with that clause or nothing.
        canonical: the ecosystem's.
        what: how to call the file in sentences.

    Raises:
        TooLarge: there are more than are read.
    """
    found = tuple(dict.fromkeys(_mentions(said, canonical)))
    if len(found) > MAX_MENTIONS:
        raise TooLarge(f"{what} names {len(found)} packages; at most {MAX_MENTIONS} are read")
    return found


def _mentions(said: Iterable[tuple[str, str]], canonical: Callable[[str], str]) -> Iterator[Mention]:
    for name, private in said:
        try:
            yield Mention(canonical(name), private)
        except InvalidName:
            continue  # a variable, a path, an address


def as_text(content: bytes) -> str:
    """A file that people write, whatever its bytes: what is no UTF-8 stands in no name."""
    return content.decode("utf-8-sig", errors="replace")
