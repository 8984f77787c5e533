"""From where execution begins to what is loaded from there: files that run as early as the one that names them."""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Collection, Iterable, Iterator

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.points.contract import Expect, Read, earlier

MAX_FILES = 200
"""Files that are read to see what they load."""

MAX_BYTES = 8 << 20
"""Bytes of them together."""

MAX_FILE = 1 << 20
"""Bytes of one file that are looked at."""

_QUOTED = re.compile(r"""["'`]([\w@./\\+ -]{1,150})["'`]""")
_FROM = re.compile(r"^[ \t]{0,40}from[ \t]+(\.{0,8}[\w.]{0,150})[ \t]+import[ \t]+\(?([\w, \t]{1,300})", re.MULTILINE)
_IMPORT = re.compile(r"^[ \t]{0,40}import[ \t]+([\w.]{1,150})", re.MULTILINE)
_MODULE = re.compile(r"^[ \t]{0,40}(?:pub[ \t]+)?mod[ \t]+(\w{1,80});", re.MULTILINE)
_NAMED = r"""["'`]([\w@./\\+ -]{1,150})["'`]"""
_LOADS = {
    FileKind.JAVASCRIPT: re.compile(
        r"""\b(?:require(?:\.call)?|import|createRequire|fork|Worker)\b[^'"`\n]{0,80}""" + _NAMED
    ),
    FileKind.PYTHON: re.compile(
        r"""\b(?:run_path|exec|execfile|eval|compile|load_source|SourceFileLoader)\b[^'"\n]{0,120}""" + _NAMED
    ),
    FileKind.RUBY: re.compile(r"""\b(?:load|instance_eval|eval|require_relative)\b[^'"\n]{0,80}""" + _NAMED),
}
"""Calls that run a file as code of the same language, with its path."""

_LANGUAGES = {
    ".js": FileKind.JAVASCRIPT,
    ".cjs": FileKind.JAVASCRIPT,
    ".mjs": FileKind.JAVASCRIPT,
    ".ts": FileKind.JAVASCRIPT,
    ".py": FileKind.PYTHON,
    ".rb": FileKind.RUBY,
    ".rake": FileKind.RUBY,
}
_NO_CODE = (".json", ".node", ".wasm", ".css", ".scss", ".less", ".svg", ".png", ".html", ".map", ".d.ts")
_SUFFIXES = ("", ".js", ".cjs", ".mjs", ".ts", ".json", ".rb", ".py", "/index.js", "/__init__.py")
_READS = (
    ".js",
    ".cjs",
    ".mjs",
    ".ts",
    ".jsx",
    ".tsx",
    ".rb",
    ".py",
    ".rs",
    ".ps1",
    ".sh",
    ".bat",
    ".cmd",
    ".pth",
    ".rake",
)


def reached(
    begins: dict[str, ExecutionPoint],
    paths: Collection[str],
    read: Read,
    expect: Expect = lambda _paths: None,
    kinds: dict[str, FileKind] | None = None,
) -> dict[str, ExecutionPoint]:
    """All files that run, with the earliest point of each.

    A file that is named by one that runs unasked (imported, or its path stands there as a text) runs then too: a
    payload is often no code by its name. Following ends at the limits of this module.

    Args:
        begins: where execution begins.
        paths: of all files.
        read: the content of a file, None if it is not to be had.
        expect: is told which files are about to be read.
        kinds: as what files run whose names do not tell it; those that are found are added.
    """
    points, tails = dict(begins), tails_of(paths)
    kinds = {} if kinds is None else kinds
    waiting = deque(sorted((path for path in begins if points[path].is_unasked), key=lambda path: _rank(points[path])))
    files, left = 0, MAX_BYTES
    told = 0
    while waiting and files < MAX_FILES and left > 0:
        if told == 0:
            told = len(waiting)
            expect([path for path in waiting if path in kinds or _can_load(path)][: MAX_FILES - files])
        told -= 1
        path = waiting.popleft()
        content = read(path) if (path in kinds or _can_load(path)) and path in paths else None
        if content is None:
            continue
        files, left = files + 1, left - min(len(content), MAX_FILE)
        text = content[:MAX_FILE].decode("utf-8", "replace")
        kind = kinds.get(path) or _LANGUAGES.get(posixpath.splitext(path)[1])
        for found in run_as_code(path, kind, text, paths):
            kinds.setdefault(found, kind or FileKind.TEXT)
        for found in loaded(path, text, paths, tails):
            known = points.get(found, ExecutionPoint.NONE)
            if found != path and earlier(points[path], known) is not known:
                points[found] = points[path]
                waiting.append(found)
    return points


def _rank(point: ExecutionPoint) -> int:
    return tuple(ExecutionPoint).index(point)


def _can_load(path: str) -> bool:
    name = path.rpartition("/")[2]
    return "." not in name or name.endswith(_READS)


def loaded(path: str, text: str, paths: Collection[str], tails: Collection[str]) -> Iterator[str]:
    """The files of the package that a file names.

    Args:
        path: of the file.
        text: of it.
        paths: of all files.
        tails: with what a word has to end to be the path of any of them (`tails_of`).
    """
    folder = posixpath.dirname(path)
    for word in dict.fromkeys(_QUOTED.findall(text)):
        plain = word.replace("\\", "/")
        if plain.rpartition("/")[2] in tails:
            yield from _resolved(plain, folder, paths)
    if path.endswith(".py"):
        for dotted, names in _FROM.findall(text):
            yield from _imported(dotted, names.replace(",", " ").split(), folder, paths)
        for dotted in _IMPORT.findall(text):
            yield from _imported(dotted, [], folder, paths)
    elif path.endswith(".rs"):
        for name in _MODULE.findall(text):
            yield from (
                one
                for one in (f"{folder}/{name}.rs".lstrip("/"), f"{folder}/{name}/mod.rs".lstrip("/"))
                if one in paths
            )


def run_as_code(path: str, kind: FileKind | None, text: str, paths: Collection[str]) -> Iterator[str]:
    """Files that code loads as code whatever they are called: `require("./x.dat")`, `exec(open("x.txt").read())`.

    Args:
        path: of the code.
        kind: of it.
        text: of it.
        paths: of all files.
    """
    pattern = None if kind is None else _LOADS.get(kind)
    if pattern is None:
        return
    for word in dict.fromkeys(pattern.findall(text)):
        for found in _resolved(word.replace("\\", "/"), posixpath.dirname(path), paths):
            if not found.endswith(_NO_CODE):
                yield found


def tails_of(paths: Iterable[str]) -> set[str]:
    """The last parts of all words that `loaded` would take for one of these paths."""
    tails = {"", ".", ".."}
    for path in paths:
        for suffix in _SUFFIXES:
            if path.endswith(suffix):
                tails.add(path[: len(path) - len(suffix)].rpartition("/")[2])
    return tails


def _resolved(word: str, folder: str, paths: Collection[str]) -> Iterator[str]:
    if "." not in word and "/" not in word:
        return
    for base in (folder, "", "lib"):
        plain = posixpath.normpath(posixpath.join(base, word))
        for suffix in _SUFFIXES:
            if plain + suffix in paths:
                yield plain + suffix
                return


def _imported(dotted: str, names: list[str], folder: str, paths: Collection[str]) -> Iterator[str]:
    dots = len(dotted) - len(dotted.lstrip("."))
    base = folder
    for _ in range(dots - 1):
        base = posixpath.dirname(base)
    stem = dotted.lstrip(".").replace(".", "/")
    roots = [base] if dots else [folder, "", "src"]
    for root in roots:
        whole = posixpath.normpath(posixpath.join(root, stem)).removeprefix("./").removeprefix(".")
        for one in (whole, *(f"{whole}/{name}".lstrip("/") for name in names[:50])):
            for candidate in (f"{one}.py", f"{one}/__init__.py"):
                if candidate in paths:
                    yield candidate
