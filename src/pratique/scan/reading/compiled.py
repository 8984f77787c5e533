"""Reads compiled code by the texts in it: what it names, it can do; nothing is disassembled, and no flow is seen."""

from __future__ import annotations

import re
from collections.abc import Container

from pratique.formats.file_kind import FileKind
from pratique.scan.reading import commands, words
from pratique.scan.reading.contract import Ability, Deeds
from pratique.scan.reading.languages import LANGUAGES
from pratique.scan.reading.marks import groups_of, marks_of
from pratique.scan.seen import SeenFile

MAX_TEXTS = 40_000
"""Texts that are taken from one class file."""

MAX_PROGRAM = 8 << 20
"""Bytes of a program that are looked through."""

_FIXED = {3: 4, 4: 4, 5: 8, 6: 8, 7: 2, 8: 2, 9: 4, 10: 4, 11: 4, 12: 4, 15: 3, 16: 2, 17: 4, 18: 4, 19: 2, 20: 2}
"""Bytes behind the tag of each constant that has a fixed length (JVM specification, section 4.4)."""

_FIELDS = (
    ("network", Ability.NETWORK),
    ("process", Ability.PROCESS),
    ("evaluates", Ability.EVALUATES),
    ("decodes", Ability.DECODES),
    ("system", Ability.READS_SYSTEM),
)
_SHORTEST_COMMAND = 8
_ADDRESS = re.compile(r"https?://[\w.-]{4,200}/[\w./-]{1,200}\.(?:jar|class|zip|bin|dat)\b")
_MARKS_PROGRAM = re.compile(r"\bchmod\b|\bsetExecutable\b|PosixFilePermission")
_AROUND, _AHEAD = 60, 400
_MOST_OF_A_GROUP = 20


def read_class(file: SeenFile, deeds: Deeds) -> str:
    """Take note of what the constants of a class file name; its texts, a line each."""
    texts = constants_of(file.content)
    whole = "\n".join(texts)
    for pattern, ability in _table(groups_of(whole, FileKind.JAVA), FileKind.JAVA):
        found = pattern.search(whole)
        if found is not None:
            deeds.add(ability, 0, found[0])
    for text in texts:
        if " " in text and len(text) > _SHORTEST_COMMAND:
            for ability in commands.abilities_of(text):
                deeds.add(ability, 0, text)
    if _may_run_what_it_fetches(deeds, whole):
        address = _ADDRESS.search(whole)
        if address is not None:
            deeds.add(Ability.RUNS_DOWNLOADED, 0, address[0])
    return whole


def _may_run_what_it_fetches(deeds: Deeds, whole: str) -> bool:
    """Whether a class loads code, or starts programs beside what deciphers or marks them, and connects to a host."""
    has = deeds.found.keys()
    starts = Ability.PROCESS in has and (Ability.DECODES in has or _MARKS_PROGRAM.search(whole) is not None)
    return Ability.NETWORK in has and (Ability.EVALUATES in has or starts)


def read_program(file: SeenFile, deeds: Deeds) -> str:
    """Take note of what the texts of a program name, narrow and wide ones; nothing of it is kept as text."""
    content = file.content[:MAX_PROGRAM]
    if file.kind is FileKind.PE:
        content += content.replace(b"\0", b"")
    counts: dict[str, int] = {}
    for place, group in marks_of(content, file.kind):
        counts[group] = counts.get(group, 0) + 1
        if counts[group] <= _MOST_OF_A_GROUP:
            around = content[max(place - _AROUND, 0) : place + _AHEAD].decode("latin-1")
            for pattern, ability in _table({group}, FileKind.CSHARP if file.kind is FileKind.PE else None):
                found = pattern.search(around)
                if found is not None:
                    deeds.add(ability, 0, found[0])
    return ""


def _table(groups: Container[str], kind: FileKind | None) -> list[tuple[re.Pattern[str], Ability]]:
    """The patterns of groups that have marks; those of a language only where there is one."""
    table = [(pattern, ability) for pattern, ability in words.TABLE if ability.value in groups]
    fields = [(field, ability) for field, ability in _FIELDS if field in groups] if kind is not None else []
    return table + [(getattr(LANGUAGES[kind], field), ability) for field, ability in fields if kind is not None]


def constants_of(content: bytes) -> list[str]:
    """The UTF-8 constants of a class file; as many as can be read of a broken one."""
    found: list[str] = []
    count = int.from_bytes(content[8:10], "big")
    place, index = 10, 1
    while index < count and place < len(content) and len(found) < MAX_TEXTS:
        tag = content[place]
        if tag == 1:
            length = int.from_bytes(content[place + 1 : place + 3], "big")
            found.append(content[place + 3 : place + 3 + length].decode("utf-8", "replace"))
            place += 3 + length
        elif tag in _FIXED:
            place += 1 + _FIXED[tag]
            index += tag in (5, 6)
        else:
            break
        index += 1
    return found
