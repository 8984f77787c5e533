"""Read TOML that strangers wrote.

The parser of the standard library spends the square of a key's parts in time and memory, so that half a megabyte
of `a.a.a...` would take all of a machine; nobody needs keys as long as that, and they are refused before. So are
numbers, of which each digit takes it a hundred bytes.
Source: TOML 1.0.0, "Keys" and "String"; measured.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from pratique.core.errors import Invalid, TooLarge

MAX_PARTS = 16
"""Parts of one key; `target.'cfg(unix)'.dependencies.x.version` has five."""

MAX_WORD = 1_000
"""Characters of what stands without quotes: one part of a key, a number, a date. No string is."""

_TOKEN = re.compile(
    r'''
    (?P<bare> [A-Za-z0-9_-]++ )
  | (?P<quoted> """(?:[^"\\]++|\\.|"(?!""))*+"""["]{0,2}  | "(?!"")(?:[^"\\\n]++|\\.)*+"
            | \'\'\'(?:[^']++|'(?!\'\'))*+\'\'\'[']{0,2}      | '(?!\'\')[^'\n]*+' )
  | (?P<dot> [ \t]*+\.[ \t]*+ )
  | (?P<open> ["'] )
  | \#[^\n]*+
  | [ \t]++
  | .
    ''',
    re.VERBOSE | re.DOTALL,
)


def read_toml(content: bytes, what: str, max_bytes: int, max_parts: int = MAX_PARTS) -> dict[str, Any]:
    """The document as a mapping.

    Args:
        content: the whole file.
        what: how sentences call it.
        max_bytes: the longest that is read.
        max_parts: of one key.

    Raises:
        Invalid: it is no TOML, or no parser should be given it.
        TooLarge: it is over `max_bytes`.
    """
    if len(content) > max_bytes:
        raise TooLarge(f"{what} has {len(content)} bytes; at most {max_bytes} are read")
    try:
        text = content.decode()
        _check_keys(text, what, max_parts)
        return tomllib.loads(text)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise Invalid(f"{what} is no readable TOML: {' '.join(str(error).split())[:200]}") from None
    except RecursionError:
        raise Invalid(f"{what} is no readable TOML: its values are nested too deeply") from None
    except ValueError:
        raise Invalid(f"{what} is no readable TOML: it holds a number that is too long") from None


def _check_keys(text: str, what: str, max_parts: int) -> None:
    """Refuse long words, keys of many parts, and strings without an end, behind which nobody can tell what is a key."""
    dots = 0
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "dot":
            dots += 1
            if dots >= max_parts:
                line = _line(text, token)
                raise Invalid(f"{what} has a key of more than {max_parts} parts in line {line}; shorten it")
        elif token.lastgroup == "bare":
            if token.end() - token.start() > MAX_WORD:
                raise Invalid(
                    f"{what} has a key, or a number that is too long, in line {_line(text, token)}: "
                    f"what stands without quotes may have at most {MAX_WORD} characters"
                )
        elif token.lastgroup == "open":
            raise Invalid(f"{what} is no readable TOML: the string in line {_line(text, token)} has no end")
        elif token.lastgroup is None:
            dots = 0


def _line(text: str, token: re.Match[str]) -> int:
    return text.count("\n", 0, token.start()) + 1
