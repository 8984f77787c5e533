"""Code that stands in a command line: what `node -e` and `python -c` are given."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.seen import SeenFile

_INTERPRETERS = (
    (
        re.compile(
            r"\b(?:node|bun|deno)\s{1,9}(?:-{1,2}\w[\w=-]{0,30}\s{1,9}){0,3}?(?:-[ep]{1,2}|--eval|--print|eval)\s{1,9}"
        ),
        FileKind.JAVASCRIPT,
    ),
    (re.compile(r"\bpython[\d.]{0,5}\s{1,9}(?:-\w\s{1,9}){0,3}?-c\s{1,9}"), FileKind.PYTHON),
    (re.compile(r"\bruby\s{1,9}(?:-\w{1,9}\s{1,9}){0,3}?-e\s{1,9}"), FileKind.RUBY),
    (
        re.compile(r"\b(?:powershell|pwsh)(?:\.exe)?\s[^\"'\n]{0,200}?-c(?:ommand)?\s{1,9}", re.IGNORECASE),
        FileKind.POWERSHELL,
    ),
)
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.){1,20000})\"|'([^']{1,20000})'", re.DOTALL)


def inline_code(command: str, path: str, point: ExecutionPoint) -> Iterator[SeenFile]:
    """Each piece of code in a command, as a file.

    Args:
        command: as it stands there.
        path: of the file that holds it.
        point: when the command runs.
    """
    for pattern, kind in _INTERPRETERS:
        for found in pattern.finditer(command[:100_000]):
            quoted = _QUOTED.match(command, found.end())
            if quoted is None:
                continue
            code = (quoted[1] or quoted[2]).replace('\\"', '"').encode("utf-8", "replace")
            yield SeenFile(
                path, kind, code, len(code), hashlib.sha256(code).hexdigest(), point, layers=("command line",)
            )
