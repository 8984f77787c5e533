"""Lists of tables in a TOML file (`[[index]]`), by the lines that they take."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pratique.cli.configure.toml_keys import check_toml

_TABLE = re.compile(r"\s*\[")


def tables_where(lines: Sequence[str], name: str, wanted: Callable[[Mapping[str, Any]], bool]) -> set[int]:
    """Lines of every `[[name]]` whose entries are wanted. Raises Invalid if one of them is no TOML by itself."""
    found: set[int] = set()
    starts = [number for number, line in enumerate(lines) if line.strip().replace(" ", "").startswith(f"[[{name}]]")]
    for start in starts:
        end = next((n for n in range(start + 1, len(lines)) if _TABLE.match(lines[n])), len(lines))
        if wanted(check_toml("".join(lines[start + 1 : end]))):
            found |= set(range(start, end))
    return found
