"""What one file can be seen doing, in whatever language it is written."""

from __future__ import annotations

import re

from pratique.formats.file_kind import FileKind
from pratique.scan.findings import ExecutionPoint
from pratique.scan.reading import commands, unreadable, words
from pratique.scan.reading.comments import without_comments
from pratique.scan.reading.compiled import read_class, read_program
from pratique.scan.reading.contract import Ability, Deeds, Hidden
from pratique.scan.reading.flow import Flow, regions
from pratique.scan.reading.harm import may_harm, python_may_harm
from pratique.scan.reading.javascript import with_own_names
from pratique.scan.reading.languages import LANGUAGES
from pratique.scan.reading.lexical import MAX_TEXT, put_together, with_plain_strings
from pratique.scan.reading.marks import HIDING, MANGLED, NOT_DEEDS, ORDERS, RENAMING, groups_in, groups_of, marks_of
from pratique.scan.reading.python import read_python
from pratique.scan.seen import FileDeeds, SeenFile

_KEPT = "reading.deeds"
_HOST = re.compile(
    r"http(?<!\whttp)s?://(?:[\w.%-]{1,80}@)?((?:[a-z0-9_-]{1,63}\.){1,8}[a-z]{2,24}|\d{1,3}(?:\.\d{1,3}){3})(?=[:/'\"`\s?#)]|$)"
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
    domains = {found for _, found in zip(range(_MAX_DOMAINS), _HOST.findall(plain.lower()), strict=False)}
    return Read(FileDeeds(file.path, file.point, dict(deeds.found), frozenset(domains)), hidden, plain)


def _python(file: SeenFile, deeds: Deeds) -> tuple[tuple[Hidden, ...], str]:
    text, groups = file.text[:MAX_TEXT], groups_in(file)
    if file.kind is FileKind.PYTHON and not _reads_always(file) and not python_may_harm(text, groups):
        return (), ""
    hidden = read_python(_importing_lines(text) if file.kind is FileKind.PTH else text, deeds, groups)
    plain = without_comments(text, FileKind.PYTHON)
    if hidden is None:
        whole = put_together(plain, FileKind.PYTHON)
        Flow(LANGUAGES[FileKind.PYTHON], deeds, minified=False).read(whole, _of_deeds(marks_of(whole, FileKind.PYTHON)))
        return (), plain
    return hidden, plain


def _reads_always(file: SeenFile) -> bool:
    """Whether a file is read whatever its marks are: what runs at install or build, and what somebody packed."""
    return bool(file.layers) or file.point in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD)


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
    text, groups = file.text[:MAX_TEXT], groups_in(file)
    always, reveals = _reads_always(file), groups & {HIDING, MANGLED, RENAMING}
    if not groups or not (always or reveals or may_harm(text, groups)):
        return ""
    minified = len(text) > _MINIFIED * (text.count("\n") + 1)
    plain = with_plain_strings(without_comments(text, file.kind), file.kind)
    if len(plain) > _LARGE and file.point not in (ExecutionPoint.INSTALL, ExecutionPoint.BUILD):
        plain = around(plain, [place for place, name in marks_of(plain, file.kind) if name not in _ALL_OVER])
    if reveals:
        plain = put_together(plain, file.kind)
    if file.kind is FileKind.JAVASCRIPT:
        plain = with_own_names(plain, groups_of(plain, file.kind))
    found = marks_of(plain, file.kind)
    if not always and not may_harm(plain, frozenset(name for _, name in found)):
        return ""
    Flow(LANGUAGES[file.kind], deeds, minified=minified).read(plain, _of_deeds(found))
    return plain


def _of_deeds(marks: list[tuple[int, str]]) -> list[tuple[int, str]]:
    return [mark for mark in marks if mark[1] not in NOT_DEEDS]


_ALL_OVER = frozenset((HIDING, MANGLED, ORDERS, *unreadable.TABLE))
"""Marks that long honest texts are full of, and that alone say nothing of what is done there."""

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
