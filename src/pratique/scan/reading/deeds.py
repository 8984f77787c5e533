"""What one file can be seen doing, in whatever language it is written."""

from __future__ import annotations

import re

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading import commands, words
from pratique.scan.reading.comments import without_comments
from pratique.scan.reading.compiled import read_class, read_program
from pratique.scan.reading.contract import Ability, Deeds
from pratique.scan.reading.flow import Flow, regions
from pratique.scan.reading.javascript import with_own_names
from pratique.scan.reading.languages import LANGUAGES
from pratique.scan.reading.lexical import MAX_TEXT, put_together
from pratique.scan.reading.marks import HIDING, MANGLED, groups_of, marks_of
from pratique.scan.reading.python import Hidden, read_python
from pratique.scan.reading.python_words import WORTH_PAIRS
from pratique.scan.seen import FileDeeds, SeenFile

_KEPT = "reading.deeds"
_HOST = re.compile(
    r"\bhttps?://(?:[\w.%-]{1,80}@)?((?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})(?=[:/'\"`\s?#)]|$)",
    re.IGNORECASE,
)
_MAX_DOMAINS = 2_000
_MINIFIED = 400
"""Characters in the average line from which on short names mean nothing."""


class Read:
    """What reading one file gave.

    Attributes:
        deeds: what it does.
        hidden: texts that it puts together at run time.
        plain: the text without comments and with its strings put together; empty for compiled code.
    """

    def __init__(self, deeds: FileDeeds, hidden: tuple[Hidden, ...], plain: str) -> None:
        self.deeds, self.hidden, self.plain = deeds, hidden, plain


def read_of(file: SeenFile) -> Read:
    """Read a file once; all that ask later get the same answer."""
    if _KEPT not in file.kept:
        file.kept[_KEPT] = _read(file)
    found: Read = file.kept[_KEPT]
    return found


def deeds_of(file: SeenFile) -> FileDeeds:
    """What a file does; nothing for prose and data, and for what nothing runs."""
    return read_of(file).deeds


def _read(file: SeenFile) -> Read:
    deeds, plain = Deeds(file.point), ""
    hidden: tuple[Hidden, ...] = ()
    if file.point is ExecutionPoint.NONE:
        return Read(FileDeeds(file.path, file.point, {}, frozenset()), (), "")
    if file.kind.is_native:
        plain = read_class(file, deeds) if file.kind is FileKind.CLASS else read_program(file, deeds)
    elif file.kind in (FileKind.PYTHON, FileKind.PTH):
        hidden, plain = _python(file, deeds)
    elif file.kind in (FileKind.SHELL, FileKind.BATCH):
        plain = _shell(file, deeds)
    elif file.kind in LANGUAGES:
        plain = _lexical(file, deeds)
    else:
        return Read(FileDeeds(file.path, file.point, {}, frozenset()), (), "")
    domains = {found.lower() for _, found in zip(range(_MAX_DOMAINS), _HOST.findall(plain), strict=False)}
    return Read(FileDeeds(file.path, file.point, dict(deeds.found), frozenset(domains)), hidden, plain)


def _python(file: SeenFile, deeds: Deeds) -> tuple[tuple[Hidden, ...], str]:
    text = file.text[:MAX_TEXT]
    groups = groups_of(text, FileKind.PYTHON)
    always = bool(file.layers) or file.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)
    if file.kind is FileKind.PYTHON and not always and not _is_worth_parsing(text, groups):
        return (), ""
    hidden = read_python(_importing_lines(text) if file.kind is FileKind.PTH else text, deeds, groups)
    plain = without_comments(text, FileKind.PYTHON)
    if hidden is None:
        whole = put_together(plain, FileKind.PYTHON)
        found = [mark for mark in marks_of(whole, FileKind.PYTHON) if mark[1] not in (HIDING, MANGLED)]
        Flow(LANGUAGES[FileKind.PYTHON], deeds, minified=False).read(whole, found)
        return (), plain
    return hidden, plain


def _is_worth_parsing(text: str, groups: set[str]) -> bool:
    """Whether a module that runs at import or later may do any harm, from its marks."""
    if "calls" not in groups:
        return False
    if "runs" in groups and _BLOB.search(text) is not None:
        return True
    return bool(groups & _WORD_GROUPS) or any(one in groups and other in groups for one, other in WORTH_PAIRS)


_BLOB = re.compile(r"[A-Za-z0-9+/=_-]{60}|(?:\\x[0-9a-f]{2}){20}")
"""What may be a layer, whatever unpacks it."""

_WORD_GROUPS = frozenset(ability.value for _, ability in words.TABLE)


def _importing_lines(text: str) -> str:
    """The lines of a `.pth` file that Python runs; the rest are blank, so that numbers stay true."""
    return "\n".join(line if line.startswith(("import ", "import\t")) else "" for line in text.splitlines())


def _shell(file: SeenFile, deeds: Deeds) -> str:
    plain = put_together(without_comments(file.text[:MAX_TEXT], file.kind), file.kind)
    for number, line in enumerate(plain.splitlines(), 1):
        if line.strip():
            deeds.add(Ability.PROCESS, number, line.strip())
            for ability in words.abilities_in(line[: commands.MAX_COMMAND]):
                deeds.add(ability, number, line.strip())
    for ability in commands.abilities_of(plain):
        deeds.add(ability, 1, plain.strip()[:200])
    return plain


def _lexical(file: SeenFile, deeds: Deeds) -> str:
    text = file.text[:MAX_TEXT]
    raw = marks_of(text, file.kind)
    if not raw:
        return ""
    minified = len(text) > _MINIFIED * (text.count("\n") + 1)
    if len(text) > _LARGE and file.point not in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD):
        text = around(text, [place for place, name in raw if name != HIDING])
    plain = without_comments(text, file.kind)
    if any(name in (HIDING, MANGLED) for _, name in raw):
        plain = put_together(plain, file.kind)
    if file.kind is FileKind.JAVASCRIPT:
        plain = with_own_names(plain)
    found = [mark for mark in marks_of(plain, file.kind) if mark[1] not in (HIDING, MANGLED)]
    Flow(LANGUAGES[file.kind], deeds, minified=minified).read(plain, found)
    return plain


_LARGE = 200_000
"""Characters of a file that is not read at install or build from which on only what lies around its marks is read."""


def around(text: str, places: list[int]) -> str:
    """A text with nothing but line ends where no mark is near, so that its lines keep their numbers."""
    parts, end = [], 0
    for begin, stop in regions(places, len(text)):
        parts.append("\n" * text.count("\n", end, begin))
        parts.append(text[begin:stop])
        end = stop
    return "".join(parts)
