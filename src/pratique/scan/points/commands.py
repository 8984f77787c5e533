"""Which files of a package a command line runs, and by what: what runs a file decides what it is, not its name."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Collection, Iterator

from pratique.formats.file_kind import FileKind

_INTERPRETERS = {
    **dict.fromkeys(("node", "nodejs", "bun", "deno", "tsx", "ts-node", "electron"), FileKind.JAVASCRIPT),
    **dict.fromkeys(("sh", "bash", "dash", "zsh", "ksh", "ash", "source", "."), FileKind.SHELL),
    **dict.fromkeys(("python", "python2", "python3", "py", "pypy", "pypy3"), FileKind.PYTHON),
    **dict.fromkeys(("pwsh", "powershell"), FileKind.POWERSHELL),
    "ruby": FileKind.RUBY,
}
_MOST = 20_000
"""Characters of a command that are read."""

_NESTED = 4
_TOKEN = re.compile(r"""[;&|()<>\n]+|(?:"[^"]*"|'[^']*'|[^\s;&|()<>"'])+""")
_SEPARATORS = frozenset(";&|()<>\n")
_TAILS = ("", ".js", ".cjs", ".mjs", ".json", ".node", "/index.js", "/index.cjs", "/index.mjs")
_CHANGES_FOLDER = frozenset(("cd", "pushd", "chdir"))


def run_by(
    command: str, paths: Collection[str], folder: str = "", depth: int = _NESTED
) -> Iterator[tuple[str, FileKind | None]]:
    """The package's files that a command line names, each with what it is run as; None: as what it looks like.

    Quotes, `cd`, `..`, patterns, folders with an index, and suffixes that node adds are followed; what stands in quotes
    is read as a command too (`sh -c "..."`).

    Args:
        command: as it stands in a manifest.
        paths: of all files.
        folder: where the command runs, without a slash at its end.
        depth: commands in commands that are read.
    """
    runner, changes = None, False
    for token in _TOKEN.findall(command[:_MOST]):
        if token[0] in _SEPARATORS:
            runner, changes = None, False
            continue
        word = token.replace('"', "").replace("'", "").replace("\\", "/")
        if changes:
            folder, changes = posixpath.normpath(posixpath.join(folder, word)), False
            continue
        changes = word in _CHANGES_FOLDER
        runner = _INTERPRETERS.get(word.rpartition("/")[2].removesuffix(".exe").lower(), runner)
        for plain in dict.fromkeys((word, word.rpartition("=")[2])):
            yield from ((path, runner) for path in _meant(plain, folder, paths))
        if token[0] in "\"'" and depth and re.search(r"\s", token):
            yield from run_by(token[1:-1], paths, folder, depth - 1)


def _meant(word: str, folder: str, paths: Collection[str]) -> Iterator[str]:
    """The files that one word of a command means."""
    if not word or word.startswith("-") or len(word) > 300:
        return
    plain = posixpath.normpath(posixpath.join(folder, word)).removeprefix("/")
    if any(one in plain for one in "*?["):
        yield from fnmatch.filter(paths, plain)
        return
    for tail in _TAILS:
        if (path := ("" if plain == "." else plain) + tail).removeprefix("/") in paths:
            yield path.removeprefix("/")
            return
