"""What names carry while a text is read: where their last value came from, and for how long that is believed."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterator

from pratique.scan.reading.contract import Tag

REMEMBERED = 250
"""Statements for which a name carries what it was given."""

STRING = re.compile(r"""'((?:[^'\\\n]|\\.){2,4000})'|"((?:[^"\\\n]|\\.){2,4000})"|`((?:[^`\\]|\\.){2,8000})`""")
_NAME = re.compile(r"(?<![\w$'\".])(?:(?:this|self|@)\.?)?([A-Za-z_$@][\w$]{0,80})")
_DECLARED = re.compile(r"\b(?:let|const|var|my|local)\s{1,9}([A-Za-z_$][\w$]{0,80})")
_MOST_READ = 4_000
_SHORT = 2
_NO_NAMES = frozenset(keyword.kwlist) | frozenset(
    [
        "const",
        "let",
        "var",
        "new",
        "function",
        "this",
        "typeof",
        "instanceof",
        "of",
        "null",
        "undefined",
        "true",
        "false",
        "switch",
        "case",
        "throw",
        "catch",
        "void",
        "delete",
        "do",
        "end",
        "then",
        "unless",
        "begin",
        "rescue",
        "fn",
        "mut",
        "use",
        "pub",
        "string",
        "self",
        "super",
        "static",
        "public",
        "private",
        "int",
        "byte",
        "extends",
        "export",
        "default",
        "require",
    ]
)
_PARTS_OF_WRITING = frozenset(
    [
        "fs",
        "os",
        "path",
        "File",
        "IO",
        "Files",
        "std",
        "Buffer",
        "open",
        "write",
        "writeFile",
        "writeFileSync",
        "Path",
        "createWriteStream",
        "Set",
        "Out",
        "Content",
        "FileUtils",
        "System",
        "unwrap",
        "data",
        "Environment",
        "tmpdir",
    ]
)
"""Names in a statement that writes a file which say how, not where to."""


def names_in(text: str) -> Iterator[str]:
    """The names of values in a text; members of others and words of languages are none."""
    for name in _NAME.findall(text[:_MOST_READ]):
        if name not in _NO_NAMES:
            yield name


def texts_in(text: str) -> list[str]:
    """The literal texts in a text."""
    return [one or other or third for one, other, third in STRING.findall(text[:_MOST_READ])]


class Carried:
    """Names, and texts that stand for files, each with what it carries.

    A name is forgotten when the braces end in which it was declared, so that one function says nothing of another.
    """

    def __init__(self, *, minified: bool) -> None:
        self._minified = minified
        self._known: dict[str, tuple[frozenset[Tag], int, int]] = {}
        self._declared: dict[str, int] = {}
        self._opened: dict[str, tuple[str, ...]] = {}
        self._depth = self._count = 0
        self._last = -REMEMBERED - 1

    @property
    def anything(self) -> bool:
        """Whether any name carries something that is still believed."""
        return bool(self._known) and self._count - self._last <= REMEMBERED

    def next(self) -> None:
        """Another statement begins."""
        self._count += 1

    def of(self, text: str) -> frozenset[Tag]:
        """What the names and texts in a text carry together."""
        if not self.anything:
            return frozenset()
        tags: set[Tag] = set()
        for key in (*names_in(text), *("'" + literal for literal in texts_in(text))):
            known = self._known.get(key)
            if known is not None and self._count - known[1] <= REMEMBERED:
                tags |= known[0]
        return frozenset(tags)

    def give(self, name: str, tags: frozenset[Tag], *, added: bool = False, inner: bool = False) -> None:
        """Let a name carry something.

        Args:
            name: of the value.
            tags: what it carries from now on; nothing forgets it.
            added: to what it carries already.
            inner: it is the parameter of a function whose braces are about to open.
        """
        if (self._minified and len(name) <= _SHORT) or name in _NO_NAMES:
            return
        known = self._known.get(name)
        if added and known is not None:
            tags = tags | known[0]
        if not tags:
            self._known.pop(name, None)
            return
        depth = self._depth + 1 if inner else self._declared.get(name, known[2] if known is not None else 0)
        self._known[name] = (tags, self._count, depth)
        self._last = self._count

    def give_written(self, statement: str, tags: frozenset[Tag]) -> None:
        """Let what names a file in a statement that writes carry what is written."""
        for name in names_in(statement[:1000]):
            if len(name) > _SHORT and name not in _PARTS_OF_WRITING:
                self.give(name, tags, added=True)
                for literal in self._opened.get(name, ()):
                    self.give("'" + literal, tags, added=True)
        for literal in texts_in(statement[:1000]):
            if "/" in literal or "." in literal or "\\" in literal:
                self.give("'" + literal, tags, added=True)

    def opens(self, names: str, statement: str) -> None:
        """Note that names stand for files from now on, whose paths are texts of the statement."""
        for name in names_in(names):
            self._opened[name] = tuple(texts_in(statement[:1000]))

    def end(self, statement: str) -> None:
        """The statement is over: note what it declares, and forget what its braces close."""
        for name in _DECLARED.findall(statement):
            self._declared[name] = self._depth
            known = self._known.get(name)
            if known is not None:
                self._known[name] = (known[0], known[1], self._depth)
        bare = STRING.sub("", statement) if "'" in statement or '"' in statement or "`" in statement else statement
        self._depth = max(self._depth + bare.count("{") - bare.count("}"), 0)
        if self._known and "}" in bare:
            self._known = {name: known for name, known in self._known.items() if known[2] <= self._depth}
